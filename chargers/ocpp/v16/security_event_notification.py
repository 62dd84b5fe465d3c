"""SecurityEventNotification of the security whitepaper."""

from __future__ import annotations

from chargers.domain.messages import SecurityEventNotification
from chargers.ocpp import answers
from chargers.ocpp.fields import Payload, require_identifier, text
from chargers.ocpp.notes import Notes
from chargers.ocpp.times import read_time

encode_result = answers.nothing


def decode(payload: Payload, notes: Notes) -> SecurityEventNotification:
    return SecurityEventNotification(
        event_type=require_identifier(payload, "type", notes)[:50],
        device_at=read_time(payload.get("timestamp"), notes, "timestamp"),
        tech_info=text(payload, "techInfo"),
    )
