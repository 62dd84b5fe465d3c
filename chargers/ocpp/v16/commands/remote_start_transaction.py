"""1.6 section 5.11. The remoteStartId of 2.x has no place here; a profile may come along."""

from __future__ import annotations

from chargers.domain.commands import Outcome, RequestStartTransaction
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status
from chargers.ocpp.v16.charging_profile import encode_profile


def encode(command: RequestStartTransaction) -> Payload:
    payload: Payload = {"idTag": command.id_token_uid}
    if command.evse:
        payload["connectorId"] = command.evse
    if command.profile is not None:
        payload["chargingProfile"] = encode_profile(command.profile)
    return payload


def decode_outcome(_command: RequestStartTransaction, payload: Payload) -> Outcome:
    return by_status(payload)
