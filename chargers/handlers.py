"""What chargers themselves do when something has happened (subscribed in `csms.wiring`)."""

from __future__ import annotations

from datetime import datetime

from chargers import live
from chargers.events import CommandFinished, StationDisconnected, TransactionEnded

Shown = CommandFinished | StationDisconnected | TransactionEnded


def refresh_live_pages(event: Shown, now: datetime) -> None:  # noqa: ARG001 -- the handlers' shape
    """Show what a worker's sweep changed; sockets announce their own changes faster.

    Harmless when repeated: it names ids only.
    """
    live.touch(operator_id=event.operator_id, station_ids=[event.parent_id or event.subject_id])
