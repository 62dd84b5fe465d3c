"""Reservations that end by time, by the station's word, or by what its connector shows."""

from __future__ import annotations

from datetime import datetime

from django.db.transaction import atomic

from chargers.domain.context import StationContext
from chargers.domain.messages import ReservationStatusUpdate
from chargers.domain.results import Acknowledged
from chargers.domain.vocabulary import ConnectorStatus, ReservationUpdateStatus
from chargers.models import Evse, Reservation, ReservationStatus
from chargers.services.reservations.states import move
from common.tenancy import system_scope

_PER_SWEEP = 500
# 1.6 section 3.5: out of order or out of service ends a reservation.
_DROPPED_BY = {
    ConnectorStatus.FAULTED: "the connector is faulted",
    ConnectorStatus.UNAVAILABLE: "the connector is out of service",
}
_OPEN = ReservationStatus.open()


@atomic
def expire_reservations(*, now: datetime) -> int:
    """End what nobody came for. Returns how many. Not every version tells us (2.x H04 does)."""
    with system_scope("sweep: reservations of every operator"):
        overdue = Reservation.objects.filter(status__in=_OPEN, expires_at__lte=now)
        rows = list(overdue.select_related("evse").order_by("expires_at")[:_PER_SWEEP])
        for row in rows:
            move(row, ReservationStatus.EXPIRED, now=now)
        return len(rows)


@atomic
def record_reservation_update(
    message: ReservationStatusUpdate, *, station: StationContext, received_at: datetime
) -> Acknowledged:
    """ReservationStatusUpdate (H04). A number that is not this station's has no effect."""
    row = (
        Reservation.objects.filter(
            station_id=station.station_id, number=message.reservation_id, status__in=_OPEN
        )
        .select_related("evse")
        .first()
    )
    if row is not None:
        expired = message.status == ReservationUpdateStatus.EXPIRED
        status = ReservationStatus.EXPIRED if expired else ReservationStatus.CANCELLED
        note = "" if expired else "removed by the station"
        move(row, status, now=received_at, note=note)
    return Acknowledged()


def follow_connector(evse: Evse, *, old: str, new: str, now: datetime) -> None:
    """A confirmed reservation ends when its connector is free again, faulted or out of service.

    Costs nothing where nothing is reserved. A connector that becomes occupied waits for the
    start, which tells whose it is.
    """
    if evse.reserved_until is None:
        return
    note = _DROPPED_BY.get(ConnectorStatus(new), "")
    if new == ConnectorStatus.AVAILABLE and old == ConnectorStatus.RESERVED:
        note = "the station shows it free"
    if not note:
        return
    row = (
        Reservation.objects.filter(evse=evse, status=ReservationStatus.ACCEPTED)
        .select_related("evse")
        .first()
    )
    if row is not None:
        overdue = row.expires_at <= now
        status = ReservationStatus.EXPIRED if overdue else ReservationStatus.CANCELLED
        move(row, status, now=now, note="" if overdue else note)
