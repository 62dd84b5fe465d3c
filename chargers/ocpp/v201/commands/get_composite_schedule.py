"""K08. Detail of the outcome: see `chargers.ocpp.schedules.composite_detail`."""

from __future__ import annotations

from chargers.domain.commands import GetCompositeSchedule, Outcome
from chargers.ocpp.fields import Payload
from chargers.ocpp.notes import Notes
from chargers.ocpp.outcomes import by_status
from chargers.ocpp.schedules import composite_detail, read_schedule


def encode(command: GetCompositeSchedule) -> Payload:
    payload: Payload = {"evseId": command.evse, "duration": command.duration_seconds}
    if command.unit is not None:
        payload["chargingRateUnit"] = str(command.unit)
    return payload


def decode_outcome(command: GetCompositeSchedule, payload: Payload) -> Outcome:
    schedule = read_schedule(payload.get("schedule", {}), Notes(), start="scheduleStart")
    if schedule is None:
        return by_status(payload)
    return by_status(payload, composite_detail(command.evse, schedule, command.duration_seconds))
