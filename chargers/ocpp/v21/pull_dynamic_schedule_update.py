"""K28: a station asks for the present limit of a dynamic profile."""

from __future__ import annotations

from chargers.domain.messages import Message, PullDynamicScheduleUpdate
from chargers.domain.results import DynamicScheduleResult, Result
from chargers.ocpp.fields import Payload, require_integer
from chargers.ocpp.notes import Notes
from chargers.ocpp.schedules import written_rate


def decode(payload: Payload, notes: Notes) -> PullDynamicScheduleUpdate:
    number = require_integer(payload, "chargingProfileId", notes)
    return PullDynamicScheduleUpdate(profile_id=number)


def encode_result(_message: Message | None, result: Result) -> Payload:
    limit = result.limit if isinstance(result, DynamicScheduleResult) else None
    if limit is None:
        return {"status": "Rejected"}
    return {"status": "Accepted", "scheduleUpdate": {"limit": written_rate(limit)}}
