"""K28."""

from __future__ import annotations

from chargers.domain.commands import Outcome, UpdateDynamicSchedule
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status
from chargers.ocpp.schedules import written_rate


def encode(command: UpdateDynamicSchedule) -> Payload:
    return {
        "chargingProfileId": command.profile_id,
        "scheduleUpdate": {"limit": written_rate(command.limit)},
    }


def decode_outcome(_command: UpdateDynamicSchedule, payload: Payload) -> Outcome:
    return by_status(payload)
