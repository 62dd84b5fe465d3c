"""Celery tasks of tariffs (schedule: `csms.celery`)."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from common.clock import utc_now
from common.tenancy import system_scope
from tariffs.services.offers import forget_unused
from tariffs.services.pinning import pin_missed
from tariffs.services.running import price_running
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


@shared_task(name="tariffs.price_running")
def price_running_task(**_kwargs: Any) -> int:
    """Every ten seconds; no running price is older than thirty."""
    return price_running(now=utc_now())


@shared_task(name="tariffs.pin_missed")
def pin_missed_task(**_kwargs: Any) -> int:
    """Every half minute; a bounded number of sessions an operator and call."""
    return pin_missed(now=utc_now())
