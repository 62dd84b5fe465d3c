"""The sweep finds what no event has made, and what has changed since."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings

from billing.models import CdrFailure
from billing.services import sweeping
from billing.services.sweeping import sweep_ended, sweep_provisional
from billing.tasks import catch_up_task, make_cdrs_task, nightly_task
from chargers.events import ReadingsCameLate, TransactionEnded
from common.tenancy import system_scope
from csms.wiring import SUBSCRIBERS
from events.dispatch import dispatch_pending
from events.outbox import publish
from tests.billing.sessions import change, ended_session, pin, records, sells, sold_session
from tests.factories import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def sweep(now: Any = NOW, **values: Any) -> int:
    return sweep_ended(now=now, back=values.pop("back", timedelta(hours=2)), **values)


def test_what_lacks_a_record_gets_one_whoever_owns_it() -> None:
    first, second = sold_session(), sold_session()
    unsold, running = ended_session(), sold_session(state="active", ended_at=None)
    assert sweep() == 2
    assert [len(records(row)) for row in (first, second, unsold, running)] == [1, 1, 0, 0]
    assert sweep() == 0


@pytest.mark.parametrize(
    "later",
    [
        {"energy_wh": 5100},
        {"needs_review": True},
        {"started_at": NOW - timedelta(minutes=19)},
        {"ended_at": NOW - timedelta(minutes=1)},
    ],
)
def test_what_has_changed_is_found(later: dict[str, Any]) -> None:
    row = sold_session()
    sweep()
    change(row, **later)
    assert sweep() == 1
    assert [cdr.is_latest for cdr in records(row)] == [False, True]
    assert sweep() == 0


def test_a_stop_that_completes_a_provisional_end_is_found() -> None:
    row = sold_session(state="provisional")
    now = NOW + timedelta(hours=73)
    assert sweep_provisional(now=NOW + timedelta(hours=71)) == 0
    assert sweep_provisional(now=now) == 1
    assert sweep_provisional(now=now) == 0
    change(row, state="ended")
    assert sweep(now, back=5 * DAY) == 1
    assert [cdr.is_provisional for cdr in records(row)] == [True, False]


def test_it_looks_back_as_far_as_it_is_told() -> None:
    sold_session()
    assert sweep(NOW + 3 * DAY) == 0
    assert sweep(NOW + 3 * DAY, back=4 * DAY) == 1


def test_a_call_is_bounded_and_goes_on_with_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "CHUNK", 2)
    rows = [sold_session(ended_at=NOW - timedelta(minutes=n)) for n in range(5)]
    assert sweep(chunks=2) == 4
    assert [len(records(row)) for row in rows] == [0, 1, 1, 1, 1]
    assert sweep(chunks=2) == 1


def test_one_that_failed_is_left_alone_until_its_next_attempt() -> None:
    bad, good = ended_session(), sold_session(ended_at=NOW - timedelta(minutes=1))
    pin(bad, terms={})
    assert sweep() == 2
    assert (len(records(bad)), len(records(good))) == (0, 1)
    assert sweep(NOW + timedelta(seconds=59)) == 0
    assert sweep(NOW + timedelta(seconds=60)) == 1
    with system_scope("tests"):
        assert CdrFailure.objects.get().attempts == 2


def test_queries_are_the_same_for_few_and_many(django_assert_num_queries: Any) -> None:
    for count in (1, 6):
        for _ in range(count):
            sold_session()
        with django_assert_num_queries(17):
            assert sweep() == count


def test_the_tasks_run() -> None:
    assert (make_cdrs_task(), catch_up_task(), nightly_task()) == (0, 0, 0)


def test_events_make_records_at_once() -> None:
    row = sold_session()
    with system_scope("tests"):
        publish(
            TransactionEnded(
                operator_id=row.operator_id, subject_id=row.pk, energy_wh=5000, ended_at=NOW
            ),
            now=NOW,
        )
        dispatch_pending(now=NOW)
    assert len(records(row)) == 1
    handlers = {
        handler for kind in (TransactionEnded, ReadingsCameLate) for handler in SUBSCRIBERS[kind]
    }
    assert [handler.__module__ for handler in handlers].count("billing.handlers") == 1


def test_an_early_provisional_end_makes_none() -> None:
    row = sold_session(state="provisional")
    with system_scope("tests"):
        publish(
            TransactionEnded(
                operator_id=row.operator_id,
                subject_id=row.pk,
                energy_wh=5000,
                ended_at=NOW,
                provisional=True,
            ),
            now=NOW,
        )
        dispatch_pending(now=NOW)
    assert records(row) == []


@override_settings(BILLING_PROVISIONAL_GRACE_HOURS=1)
def test_the_grace_is_a_setting() -> None:
    sold_session(state="provisional")
    assert sweep_provisional(now=NOW + timedelta(minutes=59)) == 0
    assert sweep_provisional(now=NOW + timedelta(minutes=60)) == 1


def test_an_operator_that_begins_to_sell_is_not_billed_for_what_was_before() -> None:
    row = ended_session()
    assert sweep() == 0
    sells(row.operator, since=NOW)
    assert sweep() == 0
    after = ended_session(row.operator, started_at=NOW, ended_at=NOW)
    assert sweep() == 1
    assert (len(records(row)), len(records(after))) == (0, 1)
