"""K21: priority asked for or given up at the station."""

from __future__ import annotations

from chargers.domain.messages import NotifyPriorityCharging
from chargers.ocpp import answers
from chargers.ocpp.fields import Payload, require_identifier
from chargers.ocpp.notes import Notes

encode_result = answers.nothing


def decode(payload: Payload, notes: Notes) -> NotifyPriorityCharging:
    return NotifyPriorityCharging(
        transaction_ref=require_identifier(payload, "transactionId", notes),
        is_active=bool(payload.get("activated", False)),
    )
