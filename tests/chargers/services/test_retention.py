"""What is told of customers, and to displays, is not kept for ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chargers.domain.progress import JobState
from chargers.models import (
    CustomerInformation,
    SessionDisplay,
    StationImport,
    Transaction,
    TransactionState,
)
from chargers.services.maintenance import retention
from chargers.services.maintenance.retention import (
    prune_customer_information,
    prune_session_displays,
)
from chargers.services.station_import.checking import forget_unconfirmed
from chargers.tasks import prune_reports_task
from common.tenancy import system_scope
from tests.factories import (
    NOW,
    CustomerInformationFactory,
    OperatorFactory,
    StationFactory,
    TransactionFactory,
)

pytestmark = pytest.mark.django_db

KEEP = timedelta(days=30)


@pytest.fixture(autouse=True)
def _every_operator() -> Iterator[None]:
    with system_scope("tests: what the task does"):
        yield


def report(days_ago: float, state: JobState = JobState.SUCCEEDED) -> CustomerInformation:
    return CustomerInformationFactory.create(
        state=state.value, requested_at=NOW - timedelta(days=days_ago), data="Ada Lovelace"
    )


def test_reports_about_customers_go_when_they_are_old_and_done() -> None:
    report(31)
    report(90, JobState.FAILED)
    young, under_way = report(29), report(31, JobState.OPEN)
    assert prune_customer_information(now=NOW, keep=KEEP) == 2
    assert set(CustomerInformation.objects.all()) == {young, under_way}
    assert prune_customer_information(now=NOW, keep=KEEP) == 0


def test_what_a_display_was_told_goes_with_time_and_the_session_stays() -> None:
    ended = {"state": TransactionState.ENDED}
    old = TransactionFactory.create(ended_at=NOW - timedelta(days=31), **ended)
    young = TransactionFactory.create(ended_at=NOW - timedelta(days=29), **ended)
    running = TransactionFactory.create()
    for row in (old, young, running):
        SessionDisplay.objects.create(
            transaction=row, operator=row.operator, told_at=NOW - timedelta(days=90)
        )
    assert prune_session_displays(now=NOW, keep=KEEP) == 1
    assert set(SessionDisplay.objects.values_list("pk", flat=True)) == {young.pk, running.pk}
    assert Transaction.objects.filter(pk=old.pk).exists()


def test_a_call_deletes_a_bounded_number_of_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_PRUNE_ROWS", 2)
    station = StationFactory.create()
    for number in range(3):
        CustomerInformationFactory.create(
            station=station,
            request_id=number,
            state=JobState.CANCELLED.value,
            requested_at=NOW - timedelta(days=40),
        )
    deleted = [prune_customer_information(now=NOW, keep=KEEP) for _ in range(3)]
    assert deleted == [2, 1, 0]


def test_files_that_nobody_had_written_go() -> None:
    operator = OperatorFactory.create()
    for days_ago, status in ((31, "checked"), (31, "done"), (29, "checked")):
        StationImport.objects.create(
            operator=operator,
            status=status,
            lines=[],
            rows_total=0,
            created_at=NOW - timedelta(days=days_ago),
        )
    assert forget_unconfirmed(now=NOW, keep=KEEP) == 1
    assert StationImport.objects.count() == 2


def test_the_task_keeps_both_as_long_as_frames() -> None:
    CustomerInformationFactory.create(state=JobState.SUCCEEDED.value, requested_at=NOW)
    # The factories' time is long past by the real clock.
    assert prune_reports_task() == (1, 0, 0)
