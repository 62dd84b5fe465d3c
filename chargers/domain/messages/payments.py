"""OCPP 2.1: payments at the station itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifySettlement:
    """What a payment terminal took, or could not take.

    Attributes:
        amount: in the currency of the station; None when unreadable.
        details: receipt, VAT number and company as sent.
    """

    psp_ref: str
    status: str
    amount: Decimal | None
    settled_at: datetime | None
    transaction_ref: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class VatNumberValidation:
    """A driver typed the VAT number of a company: is it one?"""

    vat_number: str
    evse: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyWebPaymentStarted:
    """Somebody scanned the QR code of an EVSE and pays."""

    evse: int
    timeout_seconds: int
