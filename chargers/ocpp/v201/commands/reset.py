"""B11, B12."""

from __future__ import annotations

from chargers.domain.commands import Outcome, Reset
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: Reset) -> Payload:
    payload: Payload = {"type": str(command.type)}
    if command.evse:
        payload["evseId"] = command.evse
    return payload


def decode_outcome(_command: Reset, payload: Payload) -> Outcome:
    return by_status(payload)
