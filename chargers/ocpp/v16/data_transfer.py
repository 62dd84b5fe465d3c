"""1.6 section 4.3 and 5.5 from the station; `data` may be any JSON, whatever the schema says."""

from __future__ import annotations

from chargers.domain.messages import DataTransfer
from chargers.ocpp import answers
from chargers.ocpp.fields import Payload, require_identifier, text
from chargers.ocpp.notes import Notes

encode_result = answers.data_transfer


def decode(payload: Payload, notes: Notes) -> DataTransfer:
    return DataTransfer(
        vendor_id=require_identifier(payload, "vendorId", notes),
        message_id=text(payload, "messageId"),
        data=payload.get("data"),
    )
