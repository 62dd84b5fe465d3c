"""NotifyWebPaymentStarted of OCPP 2.1."""

from __future__ import annotations

from chargers.domain.messages import NotifyWebPaymentStarted
from chargers.ocpp import answers
from chargers.ocpp.fields import INT32, Payload, integer, require_place
from chargers.ocpp.notes import Notes

encode_result = answers.nothing


def decode(payload: Payload, notes: Notes) -> NotifyWebPaymentStarted:
    return NotifyWebPaymentStarted(
        evse=require_place(payload, "evseId", notes),
        timeout_seconds=integer(payload, "timeout", notes, limit=INT32) or 0,
    )
