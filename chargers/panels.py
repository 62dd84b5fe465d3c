"""What chargers show on pages of lower apps (slots filled in `csms.wiring.PANELS`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from accounts.policy import Permission
from chargers.selectors.transactions import (
    TransactionFilters,
    transactions,
    transactions_with_parts,
)
from chargers.views.sessions import session_rows
from common.slots import Panel

_LATEST = 8


def sessions_of_drivers(ids: Sequence[UUID], now: datetime) -> dict[UUID, Panel]:  # noqa: ARG001 -- the fillers' shape
    """The latest sessions of each driver, for the driver page. One query a driver."""
    return {driver_id: _latest_sessions(driver_id) for driver_id in ids}


def _latest_sessions(driver_id: UUID) -> Panel:
    rows = transactions_with_parts(transactions(TransactionFilters(driver_id=driver_id)))
    return Panel(
        template="chargers/panels/driver_sessions.html",
        context={"rows": session_rows(rows[:_LATEST])},
        permission=Permission.TRANSACTIONS_VIEW,
    )
