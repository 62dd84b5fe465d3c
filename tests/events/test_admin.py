from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import Settings

from events.models import FailedDelivery, OutboxEvent
from tests.accounts.factories import make_user

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def dead() -> FailedDelivery:
    event = OutboxEvent.objects.create(
        operator_id=uuid4(),
        kind="tests.kettle_boiled",
        subject_type="kettle",
        subject_id=uuid4(),
        occurred_at=NOW,
        dispatched_at=NOW,
    )
    return FailedDelivery.objects.create(
        event=event,
        subscriber="tea.handlers.pour",
        attempts=8,
        error="ValueError: no tea",
        first_failed_at=NOW,
        dead_at=NOW,
    )


@pytest.fixture
def staff(settings: Settings) -> Client:
    settings.EVENTS_WAKE_WORKERS = False
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def test_the_dead_letters_show_their_error(staff: Client, dead: FailedDelivery) -> None:
    page = staff.get("/admin/events/faileddelivery/")
    assert page.status_code == 200
    assert "tea.handlers.pour" in page.content.decode()
    assert "ValueError: no tea" in page.content.decode()
    assert staff.get(f"/admin/events/faileddelivery/{dead.pk}/change/").status_code == 200
    assert staff.get("/admin/events/outboxevent/").status_code == 200


def test_retry_makes_them_due(staff: Client, dead: FailedDelivery) -> None:
    data = {"action": "retry", "_selected_action": [dead.pk]}
    assert staff.post("/admin/events/faileddelivery/", data).status_code == 302
    dead.refresh_from_db()
    assert (dead.attempts, dead.dead_at) == (0, None)
    assert dead.next_attempt_at is not None


def test_history_cannot_be_changed_here(staff: Client, dead: FailedDelivery) -> None:
    assert staff.get("/admin/events/outboxevent/add/").status_code == 403
    url = f"/admin/events/outboxevent/{dead.event_id}/delete/"
    assert staff.post(url, {"post": "yes"}).status_code == 403
    assert OutboxEvent.objects.count() == 1
