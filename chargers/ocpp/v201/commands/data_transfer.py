"""P01."""

from __future__ import annotations

from chargers.domain.commands import DataTransfer, Outcome
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: DataTransfer) -> Payload:
    payload: Payload = {"vendorId": command.vendor_id}
    if command.message_id:
        payload["messageId"] = command.message_id
    if command.data:
        payload["data"] = command.data
    return payload


def decode_outcome(_command: DataTransfer, payload: Payload) -> Outcome:
    detail = {"data": payload["data"]} if "data" in payload else {}
    return by_status(payload, detail)
