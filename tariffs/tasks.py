"""Celery tasks of tariffs (schedule: `csms.celery`)."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from common.clock import utc_now
from common.tenancy import system_scope
from tariffs.services.offers import forget_unused
from tariffs.services.stopping import stop_at_limits


@shared_task(name="tariffs.stop_at_limits")
def stop_at_limits_task(**_kwargs: Any) -> int:
    """Every few seconds."""
    return stop_at_limits(now=utc_now())


@shared_task(name="tariffs.forget_offers")
def forget_offers_task(**_kwargs: Any) -> int:
    """Every quarter of an hour; a bounded number of rows a call."""
    with system_scope("retention: offers of every operator"):
        return forget_unused(now=utc_now())
