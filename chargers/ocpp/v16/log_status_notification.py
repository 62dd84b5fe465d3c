"""LogStatusNotification of the security whitepaper, and 1.6 section 4.4 (diagnostics)."""

from __future__ import annotations

from chargers.domain.messages import LogStatusNotification
from chargers.ocpp import answers
from chargers.ocpp.fields import Payload, integer, require_identifier
from chargers.ocpp.notes import Notes

encode_result = answers.nothing


def decode(payload: Payload, notes: Notes) -> LogStatusNotification:
    return LogStatusNotification(
        status=require_identifier(payload, "status", notes)[:50],
        request_id=integer(payload, "requestId", notes),
    )
