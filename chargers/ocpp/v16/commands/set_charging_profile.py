"""1.6 section 5.16."""

from __future__ import annotations

from chargers.domain.commands import Outcome, SetChargingProfile
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status
from chargers.ocpp.v16.charging_profile import encode_profile


def encode(command: SetChargingProfile) -> Payload:
    return {
        "connectorId": command.evse,
        "csChargingProfiles": encode_profile(command.profile),
    }


def decode_outcome(_command: SetChargingProfile, payload: Payload) -> Outcome:
    return by_status(payload)
