"""K16, K17: how the vehicle means to charge."""

from __future__ import annotations

from chargers.domain.messages import Message, NotifyEVChargingSchedule
from chargers.domain.results import Result
from chargers.ocpp.fields import INT32, Payload, integer, require_place
from chargers.ocpp.notes import Notes
from chargers.ocpp.schedules import read_schedule
from chargers.ocpp.times import read_time


def decode(payload: Payload, notes: Notes) -> NotifyEVChargingSchedule:
    return NotifyEVChargingSchedule(
        evse=require_place(payload, "evseId", notes),
        time_base=read_time(payload.get("timeBase"), notes, "timeBase"),
        schedule=read_schedule(payload.get("chargingSchedule", {}), notes),
        selected_id=integer(payload, "selectedChargingScheduleId", notes, limit=INT32),
    )


def encode_result(_message: Message | None, _result: Result) -> Payload:
    """Noted. The limits that the station knows hold whatever the vehicle plans."""
    return {"status": "Accepted"}
