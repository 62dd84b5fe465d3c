"""What tariffs show of sessions on pages of lower apps (slots filled in `csms.wiring.PANELS`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.policy import Permission
from chargers.models import TransactionState
from common.slots import Panel
from tariffs.models import RunningPrice
from tariffs.running_lines import running_lines
from tariffs.selectors.terms import terms_of

# The element that the live stream of a session's page replaces.
LIVE_ID = "session-price"


def running_cost(ids: Sequence[UUID], now: datetime) -> dict[UUID, Panel]:  # noqa: ARG001 -- the fillers' shape
    """What each running session has cost so far, line by line, and since when. One query."""
    parts = ("transaction__pinned_tariff__version__tariff", "transaction__pinned_tariff__group")
    rows = RunningPrice.objects.filter(pk__in=ids, transaction__state=TransactionState.ACTIVE)
    return {
        row.pk: Panel(
            template="tariffs/sessions/running.html",
            context={**_context(row), "live_id": LIVE_ID},
            permission=Permission.TARIFFS_VIEW,
        )
        for row in rows.select_related(*parts).defer("checkpoint")
    }


def _context(cost: RunningPrice) -> dict[str, Any]:
    pin = cost.transaction.pinned_tariff
    return {
        "pin": pin,
        "cost": cost,
        "lines": running_lines(cost.lines, terms_of(pin.version)) if pin.version else [],
        "tax_minor": cost.gross_minor - cost.net_minor,
        "is_net": _sum(cost) != cost.gross_minor,
    }


def _sum(cost: RunningPrice) -> int:
    return sum(line["amount_minor"] for line in cost.lines)


def costs_of_sessions(ids: Sequence[UUID], now: datetime) -> dict[UUID, Panel]:  # noqa: ARG001 -- the fillers' shape
    """What each running session has cost so far, for lists. One query."""
    rows = RunningPrice.objects.filter(pk__in=ids, transaction__state=TransactionState.ACTIVE)
    return {
        row.pk: Panel(template="tariffs/sessions/cost.html", context={"cost": row})
        for row in rows.defer("lines", "checkpoint")
    }
