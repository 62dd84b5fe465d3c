"""1.6 section 5.11. The remoteStartId of 2.x has no place here."""

from __future__ import annotations

from chargers.domain.commands import Outcome, RequestStartTransaction
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: RequestStartTransaction) -> Payload:
    payload: Payload = {"idTag": command.id_token_uid}
    if command.evse:
        payload["connectorId"] = command.evse
    return payload


def decode_outcome(_command: RequestStartTransaction, payload: Payload) -> Outcome:
    return by_status(payload)
