"""N07: what a monitor or the station's own wiring has noticed."""

from __future__ import annotations

from chargers.domain.messages import NoticedEvent, NotifyEvent
from chargers.ocpp import answers
from chargers.ocpp.fields import INT32, Payload, identifier, integer, text
from chargers.ocpp.notes import Notes
from chargers.ocpp.secrets import masked
from chargers.ocpp.times import read_time
from chargers.ocpp.v201.variables import named_variable

LEAST_SEVERE = 9

encode_result = answers.nothing


def decode(payload: Payload, notes: Notes) -> NotifyEvent:
    """One faulty entry costs that entry, never the rest."""
    found = [_event(entry, notes) for entry in payload.get("eventData", ())]
    return NotifyEvent(
        device_at=read_time(payload.get("generatedAt"), notes, "generatedAt"),
        seq_no=integer(payload, "seqNo", notes, limit=INT32) or 0,
        is_last=not payload.get("tbc", False),
        events=tuple(event for event in found if event is not None),
    )


def _event(entry: Payload, notes: Notes) -> NoticedEvent | None:
    named = named_variable(entry, notes)
    number = integer(entry, "eventId", notes)
    if named is None or number is None:
        notes.add("eventData", "entry without name or id")
        return None
    severity = integer(entry, "severity", notes)  # from 2.1 on
    return NoticedEvent(
        event_id=number,
        device_at=read_time(entry.get("timestamp"), notes, "timestamp"),
        trigger=text(entry, "trigger", 20),
        notification_type=text(entry, "eventNotificationType", 30),
        variable=named,
        actual_value=masked(named.variable, text(entry, "actualValue", 2500)),
        cause=integer(entry, "cause", notes),
        severity=None if severity is None else min(max(severity, 0), LEAST_SEVERE),
        monitor_id=integer(entry, "variableMonitoringId", notes),
        tech_code=text(entry, "techCode", 50),
        tech_info=text(entry, "techInfo", 500),
        cleared=bool(entry.get("cleared", False)),
        transaction_ref=identifier(entry, "transactionId")[:64],
    )
