"""NotifyDERStartStop of OCPP 2.1 (block R)."""

from __future__ import annotations

from chargers.domain.messages import NotifyDerStartStop
from chargers.ocpp import answers
from chargers.ocpp.fields import Payload, require_identifier
from chargers.ocpp.notes import Notes
from chargers.ocpp.times import read_time

encode_result = answers.nothing

_SUPERSEDED = 24


def decode(payload: Payload, notes: Notes) -> NotifyDerStartStop:
    superseded = payload.get("supersededIds")
    ids = superseded if isinstance(superseded, list) else []
    return NotifyDerStartStop(
        control_id=require_identifier(payload, "controlId", notes)[:36],
        started=bool(payload.get("started", False)),
        device_at=read_time(payload.get("timestamp"), notes, "timestamp"),
        superseded=tuple(str(item)[:36] for item in ids[:_SUPERSEDED]),
    )
