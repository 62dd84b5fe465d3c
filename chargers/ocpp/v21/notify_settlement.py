"""NotifySettlement of OCPP 2.1: what a payment terminal took."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from chargers.domain.messages import Message, NotifySettlement
from chargers.domain.results import SettlementResult
from chargers.ocpp.absent import given
from chargers.ocpp.fields import Payload, identifier, require_identifier, text
from chargers.ocpp.notes import Notes
from chargers.ocpp.times import read_time

LARGEST = Decimal(10**11)
_KEPT = ("statusInfo", "receiptId", "receiptUrl", "vatNumber", "vatCompany")


def decode(payload: Payload, notes: Notes) -> NotifySettlement:
    return NotifySettlement(
        psp_ref=require_identifier(payload, "pspRef", notes)[:255],
        status=text(payload, "status", 20),
        amount=_amount(payload.get("settlementAmount"), notes),
        settled_at=read_time(payload.get("settlementTime"), notes, "settlementTime"),
        transaction_ref=identifier(payload, "transactionId"),
        details={name: payload[name] for name in _KEPT if name in payload},
    )


def encode_result(_message: Message | None, result: SettlementResult) -> Payload:
    return given(receiptUrl=result.receipt_url, receiptId=result.receipt_id)


def _amount(value: Any, notes: Notes) -> Decimal | None:
    """A number of money; what no column can hold is unreadable."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    amount = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not amount.is_finite() or abs(amount) >= LARGEST:
        notes.add("settlementAmount", "not a usable number")
        return None
    return amount.quantize(Decimal("0.0001"))
