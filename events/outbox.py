"""Publishing: one row in the caller's database transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from events import waker
from events.event import Event
from events.models import OutboxEvent


def publish(*events: Event, now: datetime) -> list[OutboxEvent]:
    """Store what happened; subscribers run after the surrounding transaction has committed.

    Args:
        events: facts of the state change that the caller is about to commit.
        now: when it happened (aware UTC).

    Must be called inside `transaction.atomic`, so that fact and effect live or die together.
    """
    rows = OutboxEvent.objects.bulk_create(_rows(events, now))
    _wake_once_after_commit()
    return rows


def _rows(events: Iterable[Event], now: datetime) -> list[OutboxEvent]:
    return [
        OutboxEvent(
            operator_id=event.operator_id,
            kind=event.kind,
            subject_type=event.subject_type,
            subject_id=event.subject_id,
            parent_id=event.parent_id,
            payload=event.payload(),
            occurred_at=now,
        )
        for event in events
    ]


def _wake_once_after_commit() -> None:
    connection = transaction.get_connection()
    already = any(entry[1] is waker.notify for entry in connection.run_on_commit)
    if not already:
        transaction.on_commit(waker.notify, robust=True)
