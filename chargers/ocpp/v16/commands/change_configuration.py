"""1.6 section 5.3."""

from __future__ import annotations

from chargers.domain.commands import Outcome, SetVariable
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: SetVariable) -> Payload:
    return {"key": command.name, "value": command.value}


def decode_outcome(_command: SetVariable, payload: Payload) -> Outcome:
    return by_status(payload)
