from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from pytest_django import Settings

from common.clock import utc_now
from events.models import OutboxEvent
from events.tasks import dispatch, prune

pytestmark = pytest.mark.django_db


def _event(days_old: int, *, dispatched: bool) -> OutboxEvent:
    at = utc_now() - timedelta(days=days_old)
    return OutboxEvent.objects.create(
        operator_id=uuid4(),
        kind="tests.unheard",
        subject_type="x",
        subject_id=uuid4(),
        occurred_at=at,
        dispatched_at=at if dispatched else None,
    )


def test_the_task_has_the_name_that_the_waker_sends() -> None:
    assert dispatch.name == "events.dispatch"


def test_dispatch() -> None:
    event = _event(0, dispatched=False)
    dispatch()
    event.refresh_from_db()
    assert event.dispatched_at is not None


def test_prune_keeps_what_timelines_show(settings: Settings) -> None:
    settings.EVENTS_RETENTION_DAYS = 400
    kept = _event(399, dispatched=True)
    _event(401, dispatched=True)
    prune()
    assert list(OutboxEvent.objects.all()) == [kept]
