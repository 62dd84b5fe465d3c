"""H02."""

from __future__ import annotations

from chargers.domain.commands import CancelReservation, Outcome
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: CancelReservation) -> Payload:
    return {"reservationId": command.reservation_id}


def decode_outcome(_command: CancelReservation, payload: Payload) -> Outcome:
    return by_status(payload)
