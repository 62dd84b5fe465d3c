"""F05."""

from __future__ import annotations

from chargers.domain.commands import Outcome, UnlockConnector
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: UnlockConnector) -> Payload:
    return {"evseId": command.evse, "connectorId": command.connector}


def decode_outcome(_command: UnlockConnector, payload: Payload) -> Outcome:
    return by_status(payload)
