"""Two dispatchers at once, on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection, transaction

from events import subscribers
from events.dispatch import dispatch_pending
from events.models import OutboxEvent
from events.outbox import publish
from tests.events.test_dispatch import KettleBoiled

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
EVENTS = 40


@pytest.fixture
def heard() -> Iterator[list[int]]:
    before = dict(subscribers._by_kind)
    found: list[int] = []
    meeting = threading.Barrier(2, timeout=20)

    def listen(event: KettleBoiled, now: datetime) -> None:
        if event.litres < 2:
            meeting.wait()  # both dispatchers hold an event of their own
        found.append(event.litres)

    subscribers.subscribe({KettleBoiled: [listen]})
    yield found
    subscribers._by_kind.clear()
    subscribers._by_kind.update(before)


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_they_share_the_work(heard: list[int]) -> None:
    assert connection.vendor == "postgresql", "the services suite runs on PostgreSQL"
    with transaction.atomic():
        publish(
            *(
                KettleBoiled(operator_id=uuid4(), subject_id=uuid4(), litres=n)
                for n in range(EVENTS)
            ),
            now=NOW,
        )
    counts: list[int] = []

    def work() -> None:
        try:
            counts.append(dispatch_pending(now=NOW))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == EVENTS
    assert min(counts) >= 1
    assert sorted(heard) == list(range(EVENTS))
    assert OutboxEvent.objects.filter(dispatched_at=None).count() == 0
