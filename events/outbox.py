"""Publishing: one row in the caller's database transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.db import transaction

from events import waker
from events.event import Event
from events.models import OutboxEvent

_gathered: ContextVar[list[OutboxEvent] | None] = ContextVar("gathered_events", default=None)


def publish(*events: Event, now: datetime) -> None:
    """Store what happened; subscribers run after the surrounding transaction has committed.

    Args:
        events: facts of the state change that the caller is about to commit.
        now: when it happened (aware UTC).

    Must be called inside `transaction.atomic`, so that fact and effect live or die together.
    """
    rows = [_row(event, now) for event in events]
    gathered = _gathered.get()
    if gathered is not None:
        gathered.extend(rows)
        return
    _store(rows)


@contextmanager
def gathered_events() -> Iterator[None]:
    """Store all that is published inside by one statement at the end (group commit).

    Must be entered inside the transaction that is to carry the rows.
    """
    rows: list[OutboxEvent] = []
    token = _gathered.set(rows)
    try:
        yield
    finally:
        _gathered.reset(token)
    if rows:
        _store(rows)


@contextmanager
def forgotten_on_error() -> Iterator[None]:
    """Drop what was gathered inside when it raises: its savepoint is rolled back, too."""
    rows = _gathered.get()
    before = len(rows) if rows is not None else 0
    try:
        yield
    except BaseException:
        if rows is not None:
            del rows[before:]
        raise


def _store(rows: list[OutboxEvent]) -> None:
    OutboxEvent.objects.bulk_create(rows)
    _wake_once_after_commit()


def _row(event: Event, now: datetime) -> OutboxEvent:
    return OutboxEvent(
        operator_id=event.operator_id,
        kind=event.kind,
        subject_type=event.subject_type,
        subject_id=event.subject_id,
        parent_id=event.parent_id,
        payload=event.payload(),
        occurred_at=now,
    )


def _wake_once_after_commit() -> None:
    connection = transaction.get_connection()
    already = any(entry[1] is waker.notify for entry in connection.run_on_commit)
    if not already:
        transaction.on_commit(waker.notify, robust=True)
