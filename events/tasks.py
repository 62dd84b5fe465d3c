"""Celery tasks of the outbox; the sweep finds what a lost wake-up left behind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery import shared_task
from django.conf import settings

from common.clock import utc_now
from events.dispatch import dispatch_pending, prune_dispatched, retry_due
from events.waker import DISPATCH_TASK, notify

_BATCH = 500


@shared_task(name=DISPATCH_TASK)
def dispatch(**_: Any) -> None:
    """Hand out what waits and retry what is due."""
    now = utc_now()
    done = dispatch_pending(now=now, limit=_BATCH)
    retry_due(now=now)
    if done == _BATCH:
        notify()


@shared_task(name="events.prune")
def prune(**_: Any) -> None:
    """Forget events that no timeline shows any more."""
    prune_dispatched(before=utc_now() - timedelta(days=settings.EVENTS_RETENTION_DAYS))
