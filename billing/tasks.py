"""Periodic work (Celery beat): sessions whose record no event has made."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery import shared_task

from billing.services.sweeping import sweep_ended, sweep_provisional
from common.clock import utc_now

# Events make nearly all records; what they miss was mostly missed just now.
_JUST_NOW = timedelta(hours=2)
_RECENT = timedelta(days=3)
_LONG_AGO = timedelta(days=35)


@shared_task(name="billing.make_cdrs")
def make_cdrs_task(**_kwargs: Any) -> int:
    """Every few seconds; a bounded number of sessions a call."""
    return sweep_ended(now=utc_now(), back=_JUST_NOW)


@shared_task(name="billing.catch_up")
def catch_up_task(**_kwargs: Any) -> int:
    """Every few minutes: what ended within days, and what is not waited for any more."""
    now = utc_now()
    return sweep_ended(now=now, back=_RECENT) + sweep_provisional(now=now)


@shared_task(name="billing.nightly")
def nightly_task(**_kwargs: Any) -> int:
    """Every night: what was reported long after it ended."""
    return sweep_ended(now=utc_now(), back=_LONG_AGO, chunks=500)
