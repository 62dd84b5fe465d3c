"""K01."""

from __future__ import annotations

from chargers.domain.commands import Outcome, SetChargingProfile
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status
from chargers.ocpp.v201.charging_profile import encode_profile


def encode(command: SetChargingProfile) -> Payload:
    return {"evseId": command.evse, "chargingProfile": encode_profile(command.profile)}


def decode_outcome(_command: SetChargingProfile, payload: Payload) -> Outcome:
    return by_status(payload)
