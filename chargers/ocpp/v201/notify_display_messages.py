"""O03, O04."""

from __future__ import annotations

from chargers.domain.messages import NotifyDisplayMessages, ShownMessage
from chargers.ocpp import answers
from chargers.ocpp.fields import Payload, identifier, integer, require_integer, text
from chargers.ocpp.notes import Notes
from chargers.ocpp.times import read_time

MAX_CONTENT = 1024

encode_result = answers.nothing


def decode(payload: Payload, notes: Notes) -> NotifyDisplayMessages:
    """One faulty message costs that message, never the report (Q20)."""
    messages = [_message(entry, notes) for entry in payload.get("messageInfo", ())]
    return NotifyDisplayMessages(
        request_id=require_integer(payload, "requestId", notes),
        is_last=not payload.get("tbc", False),
        messages=tuple(message for message in messages if message is not None),
    )


def _message(entry: Payload, notes: Notes) -> ShownMessage | None:
    number = integer(entry, "id", notes)
    if number is None:
        notes.add("messageInfo", "message without id")
        return None
    content: Payload = entry.get("message", {})
    return ShownMessage(
        number=number,
        content=text(content, "content", MAX_CONTENT),
        priority=text(entry, "priority", 20),
        format=text(content, "format", 10),
        language=text(content, "language", 8),
        state=text(entry, "state", 20),
        transaction_ref=identifier(entry, "transactionId"),
        starts_at=read_time(entry.get("startDateTime"), notes, "startDateTime"),
        ends_at=read_time(entry.get("endDateTime"), notes, "endDateTime"),
    )
