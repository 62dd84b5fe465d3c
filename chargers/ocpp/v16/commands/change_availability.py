"""1.6 section 5.2."""

from __future__ import annotations

from chargers.domain.commands import ChangeAvailability, Outcome
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: ChangeAvailability) -> Payload:
    return {
        "connectorId": command.evse or 0,
        "type": "Operative" if command.operative else "Inoperative",
    }


def decode_outcome(_command: ChangeAvailability, payload: Payload) -> Outcome:
    return by_status(payload)
