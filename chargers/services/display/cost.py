"""The bill of a session in the answer to its end (I03)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from chargers import ports
from chargers.models import Transaction
from common.money import major_units


def final_cost(row: Transaction, *, now: datetime) -> Decimal | None:
    """What the session costs, taxes included; None where nobody sells anything."""
    quote = ports.running_cost_quoter()
    if quote is ports.no_running_cost:
        return None
    cost = quote(transaction_id=row.pk, now=now)
    return None if cost is None else major_units(cost.amount_minor, cost.currency)
