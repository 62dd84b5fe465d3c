"""1.6 section 5.18."""

from __future__ import annotations

from chargers.domain.commands import Outcome, UnlockConnector
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: UnlockConnector) -> Payload:
    return {"connectorId": command.evse}


def decode_outcome(_command: UnlockConnector, payload: Payload) -> Outcome:
    return by_status(payload)
