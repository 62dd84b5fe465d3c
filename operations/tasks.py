"""Celery tasks of operations (schedule: `csms.celery`)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery import shared_task

from accounts.models import Operator
from common.clock import utc_now
from operations.services import sampling

_RECENT = timedelta(hours=3)
_LATE = timedelta(days=8)


@shared_task(name="operations.sample_networks")
def sample_networks(**_: Any) -> None:
    now = utc_now()
    for operator in Operator.objects.filter(is_active=True):
        sampling.take_sample(operator=operator, now=now)


@shared_task(name="operations.roll_up_recent")
def roll_up_recent(**_: Any) -> None:
    now = utc_now()
    for operator in Operator.objects.filter(is_active=True):
        sampling.roll_up(operator=operator, since=now - _RECENT, now=now)


@shared_task(name="operations.nightly")
def nightly(**_: Any) -> None:
    now = utc_now()
    for operator in Operator.objects.filter(is_active=True):
        sampling.roll_up(operator=operator, since=now - _LATE, now=now)
        sampling.thin_samples(operator=operator, now=now)
