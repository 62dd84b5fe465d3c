"""K10."""

from __future__ import annotations

from chargers.domain.commands import ClearChargingProfile, Outcome
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: ClearChargingProfile) -> Payload:
    """By id alone, or by criteria; without either, all that we may clear."""
    if command.profile_id is not None:
        return {"chargingProfileId": command.profile_id}
    criteria: Payload = {}
    if command.evse is not None:
        criteria["evseId"] = command.evse
    if command.purpose is not None:
        criteria["chargingProfilePurpose"] = str(command.purpose)
    if command.stack_level is not None:
        criteria["stackLevel"] = command.stack_level
    return {"chargingProfileCriteria": criteria}


def decode_outcome(_command: ClearChargingProfile, payload: Payload) -> Outcome:
    return by_status(payload)
