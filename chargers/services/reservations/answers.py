"""What stations answer to ReserveNow and CancelReservation."""

from __future__ import annotations

from datetime import datetime

from chargers.models import CommandStatus, Reservation, ReservationStatus, StationCommand
from chargers.services.reservations.states import move

_REFUSALS = {
    "occupied": ReservationStatus.OCCUPIED,
    "faulted": ReservationStatus.FAULTED,
    "unavailable": ReservationStatus.UNAVAILABLE,
}


def reserve_answered(command: StationCommand, now: datetime) -> None:
    """Confirmed, or refused in the station's own words. Silence counts as a refusal."""
    row = (
        Reservation.objects.filter(command=command, status=ReservationStatus.PENDING)
        .select_related("evse")
        .first()
    )
    if row is None:
        return
    if command.status == CommandStatus.ACCEPTED:
        move(row, ReservationStatus.ACCEPTED, now=now)
        return
    status = _REFUSALS.get(command.raw_status.casefold(), ReservationStatus.REJECTED)
    move(row, status, now=now, note=_word(command))


def cancel_answered(command: StationCommand, now: datetime) -> None:
    """A station that refuses to cancel knows no such reservation, so that the place is free."""
    if command.status not in (CommandStatus.ACCEPTED, CommandStatus.REJECTED):
        return
    row = (
        Reservation.objects.filter(
            station_id=command.station_id,
            number=command.arguments["reservation_id"],
            status__in=ReservationStatus.open(),
        )
        .select_related("evse")
        .first()
    )
    if row is not None:
        move(row, ReservationStatus.CANCELLED, now=now)


def _word(command: StationCommand) -> str:
    return command.raw_status or CommandStatus(command.status).label
