"""1.6 section 5.5."""

from __future__ import annotations

from chargers.domain.commands import ClearChargingProfile, Outcome
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status
from chargers.ocpp.v16.charging_profile import encode_purpose


def encode(command: ClearChargingProfile) -> Payload:
    if command.profile_id is not None:
        return {"id": command.profile_id}
    payload: Payload = {}
    if command.evse is not None:
        payload["connectorId"] = command.evse
    if command.purpose is not None:
        payload["chargingProfilePurpose"] = encode_purpose(command.purpose)
    if command.stack_level is not None:
        payload["stackLevel"] = command.stack_level
    return payload


def decode_outcome(_command: ClearChargingProfile, payload: Payload) -> Outcome:
    return by_status(payload)
