"""The dispatcher: hands what happened to everybody who listens, at least once.

An event is claimed and marked in one transaction; each handler runs in its own savepoint, so a
handler that raises takes back its own work only and is tried again later (`FailedDelivery`).
A crash before the commit leaves the event undispatched, and every handler runs once more: that is
why handlers are idempotent. Ordinary Python errors never stop the loop.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from common.tenancy import system_scope
from events.event import Event
from events.models import FailedDelivery, OutboxEvent
from events.subscribers import Handler, handler_name, handlers_of, heard_kinds

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
_FIRST_PAUSE = timedelta(seconds=10)
_PAUSE_FACTOR = 4
_ERROR_LENGTH = 2000


def pause_after(attempts: int) -> timedelta:
    """10 s, 40 s, 160 s, … after the first, second, third failed attempt."""
    factor: int = _PAUSE_FACTOR ** (attempts - 1)
    return _FIRST_PAUSE * factor


def dispatch_pending(*, now: datetime, limit: int = 200) -> int:
    """Dispatch up to `limit` waiting events that somebody listens to, oldest first.

    Those that nobody listens to are marked at once, however many. Each other event has a
    transaction of its own, so one slow or poisonous event delays no other's commit; two
    dispatchers share the work (PostgreSQL: locked rows are skipped).

    Returns:
        How many events are done, those that nobody listens to among them.
    """
    settled, done = _settle_unheard(now), 0
    while done < limit and _dispatch_next(now):
        done += 1
    return settled + done


def _settle_unheard(now: datetime) -> int:
    """Mark what nobody listens to, all at once: most events only make a timeline."""
    unheard = OutboxEvent.objects.filter(dispatched_at=None).exclude(kind__in=heard_kinds())
    return unheard.update(dispatched_at=now)


@transaction.atomic
def _dispatch_next(now: datetime) -> bool:
    row = _claimable(OutboxEvent.objects.filter(dispatched_at=None).order_by("id")).first()
    if row is None:
        return False
    event_class, handlers = handlers_of(row.kind)
    if event_class is not None:
        for handler in handlers:
            error = _run(handler, event_class, row, now)
            if error is not None:
                _note_failure(row, handler_name(handler), error, now)
    row.dispatched_at = now
    row.save(update_fields=["dispatched_at"])
    return True


def _claimable(rows: QuerySet[OutboxEvent]) -> QuerySet[OutboxEvent]:
    """Lock what we take. SQLite has one writer at a time, which does the same."""
    if connection.features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True)
    return rows


def _run(
    handler: Handler, event_class: type[Event], row: OutboxEvent, now: datetime
) -> Exception | None:
    try:
        with transaction.atomic(), system_scope(f"subscriber {handler_name(handler)}"):
            handler(_event_of(event_class, row), now)
    except Exception as error:
        logger.exception("%s failed on %s", handler_name(handler), row)
        return error
    return None


def _event_of(event_class: type[Event], row: OutboxEvent) -> Event:
    return event_class.from_stored(
        operator_id=row.operator_id,
        subject_id=row.subject_id,
        parent_id=row.parent_id,
        payload=row.payload,
    )


def _note_failure(row: OutboxEvent, subscriber: str, error: Exception, now: datetime) -> None:
    FailedDelivery.objects.update_or_create(
        event=row,
        subscriber=subscriber,
        defaults={
            "attempts": 1,
            "next_attempt_at": now + pause_after(1),
            "error": _text(error),
            "dead_at": None,
        },
        create_defaults={
            "attempts": 1,
            "next_attempt_at": now + pause_after(1),
            "error": _text(error),
            "first_failed_at": now,
        },
    )


def _text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:_ERROR_LENGTH].replace("\x00", "")


def retry_due(*, now: datetime, limit: int = 100) -> int:
    """Try failed deliveries again whose pause is over; returns how many were tried."""
    done = 0
    while done < limit and _retry_next(now):
        done += 1
    return done


@transaction.atomic
def _retry_next(now: datetime) -> bool:
    due = FailedDelivery.objects.filter(dead_at=None, next_attempt_at__lte=now)
    rows = due.select_related("event").order_by("next_attempt_at", "id")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    failure = rows.first()
    if failure is None:
        return False
    error = _try_again(failure, now)
    if error is None:
        failure.delete()
    else:
        _put_off(failure, error, now)
    return True


def _try_again(failure: FailedDelivery, now: datetime) -> Exception | None:
    event_class, handlers = handlers_of(failure.event.kind)
    for handler in handlers:
        if event_class is not None and handler_name(handler) == failure.subscriber:
            return _run(handler, event_class, failure.event, now)
    return None  # nobody listens under this name any more


def _put_off(failure: FailedDelivery, error: Exception, now: datetime) -> None:
    failure.attempts += 1
    failure.error = _text(error)
    if failure.attempts >= MAX_ATTEMPTS:
        failure.dead_at, failure.next_attempt_at = now, None
        logger.error("%s is dead after %d attempts", failure, failure.attempts)
    else:
        failure.next_attempt_at = now + pause_after(failure.attempts)
    failure.save()


@transaction.atomic
def retry_dead(*, ids: Iterable[int], now: datetime) -> int:
    """Give dead (or waiting) deliveries a fresh set of attempts, due at once."""
    return FailedDelivery.objects.filter(pk__in=list(ids)).update(
        attempts=0, dead_at=None, next_attempt_at=now
    )


def prune_dispatched(*, before: datetime, limit: int = 5000) -> int:
    """Delete dispatched events older than `before`, except those with a failed delivery."""
    old = OutboxEvent.objects.filter(
        dispatched_at__isnull=False, occurred_at__lt=before, failures=None
    )
    ids = list(old.order_by("occurred_at").values_list("pk", flat=True)[:limit])
    OutboxEvent.objects.filter(pk__in=ids).delete()
    return len(ids)
