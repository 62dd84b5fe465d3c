"""H04: a reservation has expired, or the station has dropped it."""

from __future__ import annotations

from chargers.domain.messages import ReservationStatusUpdate
from chargers.domain.vocabulary import ReservationUpdateStatus
from chargers.ocpp import answers
from chargers.ocpp.fields import Payload, require_integer, word
from chargers.ocpp.notes import Notes

encode_result = answers.nothing


def decode(payload: Payload, notes: Notes) -> ReservationStatusUpdate | None:
    """None for a word of the station's own invention (Q19)."""
    number = require_integer(payload, "reservationId", notes)
    status = word(ReservationUpdateStatus, payload.get("reservationUpdateStatus"))
    if status is None:
        return None
    return ReservationStatusUpdate(reservation_id=number, status=status)
