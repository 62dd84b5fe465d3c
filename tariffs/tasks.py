"""Celery tasks of tariffs (schedule: `csms.celery`)."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from common.clock import utc_now
from tariffs.services.stopping import stop_at_limits


@shared_task(name="tariffs.stop_at_limits")
def stop_at_limits_task(**_kwargs: Any) -> int:
    """Every few seconds."""
    return stop_at_limits(now=utc_now())
