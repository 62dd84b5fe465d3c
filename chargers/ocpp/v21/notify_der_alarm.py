"""NotifyDERAlarm of OCPP 2.1 (block R)."""

from __future__ import annotations

from chargers.domain.messages import NotifyDerAlarm
from chargers.ocpp import answers
from chargers.ocpp.fields import Payload, text
from chargers.ocpp.notes import Notes
from chargers.ocpp.times import read_time

encode_result = answers.nothing


def decode(payload: Payload, notes: Notes) -> NotifyDerAlarm:
    return NotifyDerAlarm(
        control_type=text(payload, "controlType", 40),
        device_at=read_time(payload.get("timestamp"), notes, "timestamp"),
        fault=text(payload, "gridEventFault", 40),
        ended=bool(payload.get("alarmEnded", False)),
        info=text(payload, "extraInfo", 200),
    )
