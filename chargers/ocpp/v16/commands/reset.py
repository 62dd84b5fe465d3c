"""1.6 section 5.14: Hard ends transactions at once, Soft stops them first. Whole station only."""

from __future__ import annotations

from chargers.domain.commands import Outcome, Reset
from chargers.domain.vocabulary import ResetType
from chargers.ocpp.errors import NotSupportedError
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: Reset) -> Payload:
    if command.evse:
        raise NotSupportedError("1.6 can only reset the whole station")
    return {"type": "Hard" if command.type == ResetType.IMMEDIATE else "Soft"}


def decode_outcome(_command: Reset, payload: Payload) -> Outcome:
    return by_status(payload)
