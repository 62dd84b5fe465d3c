"""What billing shows on pages of lower apps (slots filled in `csms.wiring.PANELS`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from accounts.policy import Permission
from billing.models import Cdr
from billing.views.rows import CdrRow
from common.slots import Panel


def record_of_session(ids: Sequence[UUID], now: datetime) -> dict[UUID, Panel]:  # noqa: ARG001 -- the fillers' shape
    """The record of each session that has one, for the session page. One query."""
    rows = Cdr.objects.filter(transaction_id__in=ids, is_latest=True)
    return {
        cdr.transaction_id: Panel(
            template="billing/panels/session.html",
            context={"row": CdrRow(cdr)},
            permission=Permission.BILLING_VIEW,
        )
        for cdr in rows.defer("terms", "charging", "spot_prices", "lines", "taxes")
    }
