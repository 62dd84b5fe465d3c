"""K09: the profiles come by ReportChargingProfiles."""

from __future__ import annotations

from chargers.domain.commands import GetChargingProfiles, Outcome
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: GetChargingProfiles) -> Payload:
    """An id stands alone among the criteria (K09.FR.03)."""
    payload: Payload = {"requestId": command.request_id, "chargingProfile": _criteria(command)}
    if command.evse is not None:
        payload["evseId"] = command.evse
    return payload


def _criteria(command: GetChargingProfiles) -> Payload:
    if command.profile_ids:
        return {"chargingProfileId": list(command.profile_ids)}
    criteria: Payload = {}
    if command.purpose is not None:
        criteria["chargingProfilePurpose"] = str(command.purpose)
    if command.stack_level is not None:
        criteria["stackLevel"] = command.stack_level
    if command.sources:
        criteria["chargingLimitSource"] = list(command.sources)
    return criteria


def decode_outcome(_command: GetChargingProfiles, payload: Payload) -> Outcome:
    return by_status(payload)
