"""Where a reservation stands, and what the EVSE's row says of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chargers import live
from chargers.events import ReservationChanged
from chargers.models import Evse, Reservation, ReservationStatus, Transaction
from events.outbox import publish


def open_reservations(station_id: UUID) -> list[Reservation]:
    """What a station keeps or was asked to keep, oldest first, with the EVSE."""
    rows = Reservation.objects.filter(station_id=station_id, status__in=ReservationStatus.open())
    return list(rows.select_related("evse").order_by("number"))


def move(
    row: Reservation,
    status: ReservationStatus,
    *,
    now: datetime,
    note: str = "",
    transaction: Transaction | None = None,
) -> None:
    """Store a new status, keep the flags of the EVSEs true, and publish. The same twice is once."""
    if row.status == status:
        return
    row.status = status
    row.note = note[:100]
    row.ended_at = None if row.is_open else now
    fields = ["status", "note", "ended_at"]
    if transaction is not None:
        row.transaction = transaction
        fields.append("transaction")
    row.save(update_fields=fields)
    flag_evses(row.station_id)
    tell(row, now=now)


def tell(row: Reservation, *, now: datetime) -> None:
    """Publish where a reservation stands."""
    live.touch(operator_id=row.operator_id, station_ids=[row.station_id])
    publish(
        ReservationChanged(
            operator_id=row.operator_id,
            subject_id=row.pk,
            parent_id=row.station_id,
            number=row.number,
            status=row.status,
            evse=row.evse.number if row.evse else None,
            note=row.note,
        ),
        now=now,
    )


def flag_evses(station_id: UUID) -> None:
    """Write on every EVSE of a station until when a reservation concerns it.

    A reservation of any EVSE concerns them all. A start looks at this flag only, so that nothing
    is asked for where nothing is reserved.
    """
    kept = [(row.evse_id, row.expires_at) for row in open_reservations(station_id)]
    for evse in Evse.objects.filter(station_id=station_id):
        until = max((at for place, at in kept if place in (None, evse.pk)), default=None)
        if evse.reserved_until != until:
            Evse.objects.filter(pk=evse.pk).update(reserved_until=until)
