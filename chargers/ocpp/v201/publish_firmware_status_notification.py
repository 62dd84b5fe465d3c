"""L03."""

from __future__ import annotations

from chargers.domain.messages import PublishFirmwareStatusNotification
from chargers.ocpp import answers
from chargers.ocpp.fields import Payload, integer, require_identifier
from chargers.ocpp.notes import Notes

encode_result = answers.nothing


def decode(payload: Payload, notes: Notes) -> PublishFirmwareStatusNotification:
    return PublishFirmwareStatusNotification(
        status=require_identifier(payload, "status", notes)[:50],
        request_id=integer(payload, "requestId", notes),
        locations=tuple(payload.get("location", ())),
    )
