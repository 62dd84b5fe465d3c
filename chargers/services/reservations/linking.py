"""Which session used which reservation."""

from __future__ import annotations

from datetime import datetime

from chargers.domain.messages import TransactionEvent
from chargers.domain.review import Finding, Oddity
from chargers.models import Evse, Reservation, ReservationStatus, Transaction
from chargers.services.reservations.states import move, open_reservations
from chargers.services.transactions.flags import flag

_ENDED_UNUSED = (ReservationStatus.EXPIRED, ReservationStatus.CANCELLED)


def link_reservation(
    row: Transaction, message: TransactionEvent, *, evse: Evse | None, now: datetime
) -> None:
    """Mark the reservation that a session uses, or note that the place was somebody else's.

    The station's own number of it decides, always together with the station; else the same token
    (or its group) at a reserved EVSE while the reservation holds. A stranger at a reserved EVSE
    is noted on the row (unsaved: FLAG_FIELDS), never refused. No query where nothing is reserved.

    Args:
        row: the session, with its token set.
        evse: where it runs, None when the station did not say.
    """
    if message.reservation_id is None and (evse is None or evse.reserved_until is None):
        return
    if message.reservation_id is not None and _use_named(row, message.reservation_id, now):
        return
    if evse is None:
        return
    held = [
        found
        for found in open_reservations(row.station_id)
        if found.evse_id in (None, evse.pk) and found.expires_at > row.started_at
    ]
    own = [found for found in held if _is_for(found, row)]
    if own:
        # the one of this very EVSE before one of any
        own.sort(key=lambda found: found.evse_id is None)
        move(own[0], ReservationStatus.USED, now=now, transaction=row)
        return
    for found in held:
        if found.evse_id == evse.pk:
            flag(row, [Finding(Oddity.RESERVED_FOR_OTHER, f"reservation {found.number}")], now=now)


def _use_named(row: Transaction, number: int, now: datetime) -> bool:
    """Whether the station has such a reservation. One that ended meanwhile was used in time."""
    found = (
        Reservation.objects.filter(station_id=row.station_id, number=number)
        .select_related("evse")
        .first()
    )
    if found is None:
        return False
    in_time = found.status in _ENDED_UNUSED and row.started_at < found.expires_at
    if found.is_open or in_time:
        move(found, ReservationStatus.USED, now=now, transaction=row)
    return True


def _is_for(reservation: Reservation, row: Transaction) -> bool:
    if reservation.id_token_id is not None and reservation.id_token_id == row.id_token_id:
        return True
    if reservation.id_token_uid.upper() == row.id_token_uid.upper():
        return True
    return reservation.driver_id is not None and reservation.driver_id == row.driver_id
