"""What billing does when a session ends, or changes after its end (`csms.wiring.SUBSCRIBERS`)."""

from __future__ import annotations

from datetime import datetime

from billing.services.cdrs import make_cdrs
from chargers.events import ReadingsCameLate, TransactionEnded


def session_ended(event: TransactionEnded | ReadingsCameLate, now: datetime) -> None:
    """Subscriber; may run twice. One that cannot be priced is put off, the sweep tries it again."""
    make_cdrs(transaction_ids=[event.subject_id], now=now, wait=True)
