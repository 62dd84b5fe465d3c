from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from django.db import transaction

from accounts.models import Operator
from common.tenancy import current_scope
from events import subscribers
from events.dispatch import (
    MAX_ATTEMPTS,
    dispatch_pending,
    pause_after,
    prune_dispatched,
    retry_dead,
    retry_due,
)
from events.event import Event
from events.models import FailedDelivery, OutboxEvent
from events.outbox import publish

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, kw_only=True)
class KettleBoiled(Event):
    kind: ClassVar[str] = "tests.kettle_boiled"
    subject_type: ClassVar[str] = "kettle"
    litres: int


class Crash(BaseException):
    """What a killed process looks like from inside."""


class Ears:
    """Handlers that remember what they heard, and misbehave on demand."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, int]] = []
        self.trouble: dict[str, Callable[[], None]] = {}

    def first(self, event: KettleBoiled, now: datetime) -> None:
        self._hear("first", event)

    def second(self, event: KettleBoiled, now: datetime) -> None:
        self._hear("second", event)

    def _hear(self, name: str, event: KettleBoiled) -> None:
        assert current_scope().operator_id is None
        self.heard.append((name, event.litres))
        Operator.objects.create(
            name=f"{name}-{event.litres}", slug=uuid4().hex, country="DK", created_at=NOW
        )
        if name in self.trouble:
            self.trouble[name]()

    def effects(self) -> list[str]:
        return sorted(Operator.objects.values_list("name", flat=True))


def _fail() -> None:
    raise ValueError("no tea")


def _crash() -> None:
    raise Crash


@pytest.fixture
def ears() -> Iterator[Ears]:
    before = dict(subscribers._by_kind)
    found = Ears()
    subscribers.subscribe({KettleBoiled: [found.first, found.second]})
    yield found
    subscribers._by_kind.clear()
    subscribers._by_kind.update(before)


def _boil(*litres: int) -> None:
    operator_id = uuid4()
    with transaction.atomic():
        events = [
            KettleBoiled(operator_id=operator_id, subject_id=uuid4(), litres=n) for n in litres
        ]
        publish(*events, now=NOW)


def test_everybody_hears_everything_once_and_in_order(ears: Ears) -> None:
    _boil(1, 2)
    assert dispatch_pending(now=NOW) == 2
    assert dispatch_pending(now=NOW) == 0
    assert ears.heard == [("first", 1), ("second", 1), ("first", 2), ("second", 2)]
    assert [row.dispatched_at for row in OutboxEvent.objects.all()] == [NOW, NOW]
    assert FailedDelivery.objects.count() == 0


def test_the_limit(ears: Ears) -> None:
    _boil(1, 2, 3)
    assert dispatch_pending(now=NOW, limit=2) == 2
    assert OutboxEvent.objects.filter(dispatched_at=None).count() == 1


def test_an_event_that_nobody_listens_to_is_done(ears: Ears) -> None:
    OutboxEvent.objects.create(
        operator_id=uuid4(),
        kind="tests.unheard",
        subject_type="x",
        subject_id=uuid4(),
        occurred_at=NOW,
    )
    assert dispatch_pending(now=NOW) == 1
    assert OutboxEvent.objects.get().dispatched_at == NOW


def test_what_nobody_listens_to_takes_no_room_from_what_somebody_does(ears: Ears) -> None:
    OutboxEvent.objects.bulk_create(
        OutboxEvent(
            operator_id=uuid4(),
            kind="tests.unheard",
            subject_type="x",
            subject_id=uuid4(),
            occurred_at=NOW,
        )
        for _ in range(5)
    )
    _boil(1, 2, 3)
    assert dispatch_pending(now=NOW, limit=2) == 7
    assert ears.heard == [("first", 1), ("second", 1), ("first", 2), ("second", 2)]


def test_a_poisonous_handler_blocks_nobody_and_leaves_nothing_half_done(ears: Ears) -> None:
    ears.trouble["first"] = _fail
    _boil(1, 2)
    assert dispatch_pending(now=NOW) == 2
    assert ears.effects() == ["second-1", "second-2"]
    failures = FailedDelivery.objects.order_by("id")
    assert [failure.subscriber for failure in failures] == [
        "tests.events.test_dispatch.Ears.first"
    ] * 2
    assert failures[0].attempts == 1
    assert failures[0].error == "ValueError: no tea"
    assert failures[0].next_attempt_at == NOW + timedelta(seconds=10)


def test_a_payload_that_no_longer_fits_is_a_failure_too(ears: Ears) -> None:
    _boil(1)
    OutboxEvent.objects.update(payload={})
    dispatch_pending(now=NOW)
    assert ears.heard == []
    assert FailedDelivery.objects.count() == 2
    assert "litres" in FailedDelivery.objects.earliest("id").error


@pytest.mark.django_db(transaction=True)
def test_a_crash_between_two_handlers_repeats_both(ears: Ears) -> None:
    _boil(1)
    ears.trouble["second"] = _crash
    with pytest.raises(Crash):
        dispatch_pending(now=NOW)
    assert ears.effects() == []
    assert OutboxEvent.objects.get().dispatched_at is None
    ears.trouble.clear()
    assert dispatch_pending(now=NOW) == 1
    assert ears.effects() == ["first-1", "second-1"]
    assert ears.heard == [("first", 1), ("second", 1)] * 2


def test_a_failed_delivery_is_retried_after_its_pause(ears: Ears) -> None:
    ears.trouble["first"] = _fail
    _boil(1)
    dispatch_pending(now=NOW)
    assert retry_due(now=NOW + timedelta(seconds=9)) == 0
    ears.trouble.clear()
    assert retry_due(now=NOW + timedelta(seconds=10)) == 1
    assert FailedDelivery.objects.count() == 0
    assert ears.effects() == ["first-1", "second-1"]
    assert [name for name, _ in ears.heard] == ["first", "second", "first"]


def _until_dead(ears: Ears) -> FailedDelivery:
    ears.trouble["first"] = _fail
    _boil(1)
    dispatch_pending(now=NOW)
    now = NOW
    for attempt in range(1, MAX_ATTEMPTS):
        now += pause_after(attempt)
        assert retry_due(now=now) == 1
    assert retry_due(now=now + timedelta(days=365)) == 0
    return FailedDelivery.objects.get()


def test_after_eight_attempts_it_is_dead_until_somebody_looks(ears: Ears) -> None:
    failure = _until_dead(ears)
    assert (failure.attempts, failure.next_attempt_at) == (8, None)
    assert failure.dead_at is not None
    assert len(ears.heard) == 1 + 8
    ears.trouble.clear()
    later = NOW + timedelta(days=9)
    assert retry_dead(ids=[failure.pk], now=later) == 1
    assert retry_due(now=later) == 1
    assert FailedDelivery.objects.count() == 0
    assert ears.effects() == ["first-1", "second-1"]


def test_the_pauses() -> None:
    seconds = [int(pause_after(n).total_seconds()) for n in range(1, 5)]
    assert seconds == [10, 40, 160, 640]


def test_a_subscriber_that_is_gone_is_forgotten(ears: Ears) -> None:
    ears.trouble["first"] = _fail
    _boil(1)
    dispatch_pending(now=NOW)
    subscribers.subscribe({KettleBoiled: [ears.second]})
    assert retry_due(now=NOW + timedelta(seconds=10)) == 1
    assert FailedDelivery.objects.count() == 0
    assert ears.effects() == ["second-1"]


def test_pruning_keeps_what_waits_and_what_failed(ears: Ears) -> None:
    _boil(1)
    dispatch_pending(now=NOW)
    ears.trouble["first"] = _fail
    _boil(2)
    dispatch_pending(now=NOW)
    _boil(3)
    assert prune_dispatched(before=NOW) == 0
    assert prune_dispatched(before=NOW + timedelta(seconds=1)) == 1
    left: list[Any] = list(OutboxEvent.objects.order_by("id").values_list("payload", flat=True))
    assert left == [{"litres": 2}, {"litres": 3}]
