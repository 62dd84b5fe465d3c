"""Addresses of the price simulator, filled in for what a page shows."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse

from chargers.models import Transaction
from tariffs.forms.simulator import GUEST, NOBODY, WALL_CLOCK
from tariffs.selectors.resolution import customer_of_transaction


def simulator_url(**inputs: Any) -> str:
    """The simulator with some of its inputs: `evse`, `who`, `start`, `energy_kwh` and so on."""
    return f"{reverse('tariffs:simulator')}?{urlencode(inputs)}"


def simulator_url_of(transaction: Transaction, *, now: datetime) -> str:
    """The same session as a question; "" where its plug is not known. Its location is loaded."""
    if transaction.evse_id is None:
        return ""
    zone = ZoneInfo(transaction.location.time_zone)
    lasted = (transaction.ended_at or now) - transaction.started_at
    return simulator_url(
        evse=transaction.evse_id,
        who=_who(transaction),
        start=transaction.started_at.astimezone(zone).strftime(WALL_CLOCK),
        energy_kwh=format(Decimal(transaction.energy_wh) / 1000, "f"),
        charging_minutes=max(1, -(-int(lasted.total_seconds()) // 60)),
    )


def _who(transaction: Transaction) -> str:
    if transaction.driver_id is not None:
        return f"driver:{transaction.driver_id}"
    return GUEST if customer_of_transaction(transaction).is_ad_hoc else NOBODY
