"""N09, N10."""

from __future__ import annotations

from chargers.domain.messages import NotifyCustomerInformation
from chargers.ocpp import answers
from chargers.ocpp.fields import INT32, Payload, identifier, integer, require_integer
from chargers.ocpp.notes import Notes

encode_result = answers.nothing


def decode(payload: Payload, notes: Notes) -> NotifyCustomerInformation:
    return NotifyCustomerInformation(
        request_id=require_integer(payload, "requestId", notes),
        seq_no=integer(payload, "seqNo", notes, limit=INT32) or 0,
        is_last=not payload.get("tbc", False),
        data=identifier(payload, "data"),
    )
