"""1.6 section 5.7. Detail of the outcome: see `chargers.ocpp.schedules.composite_detail`."""

from __future__ import annotations

from dataclasses import replace

from chargers.domain.commands import GetCompositeSchedule, Outcome
from chargers.ocpp.fields import Payload
from chargers.ocpp.notes import Notes
from chargers.ocpp.outcomes import by_status
from chargers.ocpp.schedules import composite_detail, read_schedule
from chargers.ocpp.times import read_time


def encode(command: GetCompositeSchedule) -> Payload:
    payload: Payload = {"connectorId": command.evse, "duration": command.duration_seconds}
    if command.unit is not None:
        payload["chargingRateUnit"] = str(command.unit)
    return payload


def decode_outcome(command: GetCompositeSchedule, payload: Payload) -> Outcome:
    """A station may leave out the schedule, or say its start in one of two places."""
    notes = Notes()
    schedule = read_schedule(payload.get("chargingSchedule", {}), notes)
    if schedule is None:
        return by_status(payload)
    start = read_time(payload.get("scheduleStart"), notes, "scheduleStart") or schedule.start_at
    placed = replace(schedule, start_at=start)
    return by_status(payload, composite_detail(command.evse, placed, command.duration_seconds))
