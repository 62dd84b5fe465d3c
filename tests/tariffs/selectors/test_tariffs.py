from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Operator
from tariffs.models import Tariff, TariffVersion
from tariffs.selectors.tariffs import (
    TariffRow,
    latest_version,
    tariff_row,
    tariff_rows,
    tariffs,
    version_at,
    versions_at,
    versions_of,
    with_versions,
)
from tests.factories import (
    NOW,
    TariffAssignmentFactory,
    TariffFactory,
    TariffGroupFactory,
    TariffVersionFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_scope")]

DAY = timedelta(days=1)


@pytest.fixture
def tariff(operator: Operator) -> Tariff:
    return TariffFactory.create(operator=operator, name="Night")


def _version(tariff: Tariff, number: int, days: int, *, withdrawn: bool = False) -> TariffVersion:
    return TariffVersionFactory.create(
        tariff=tariff,
        operator=tariff.operator,
        number=number,
        valid_from=NOW + days * DAY,
        withdrawn_at=NOW if withdrawn else None,
    )


def test_the_last_version_that_has_begun_is_valid(tariff: Tariff) -> None:
    first, second = _version(tariff, 2, -10), _version(tariff, 1, -5)
    _version(tariff, 3, -1, withdrawn=True)
    coming = _version(tariff, 4, 3)
    instant = timedelta(microseconds=1)
    assert version_at(tariff, NOW - 10 * DAY - instant) is None
    assert version_at(tariff, NOW - 10 * DAY) == first
    assert version_at(tariff, NOW - 5 * DAY - instant) == first
    assert version_at(tariff, NOW) == second
    assert version_at(tariff, NOW + 3 * DAY) == coming
    assert latest_version(tariff, at=NOW - 11 * DAY) == first
    assert latest_version(tariff, at=NOW) == second
    assert [row.number for row in versions_of(tariff)] == [4, 3, 2, 1]


def test_many_at_once_cost_one_query(operator: Operator, tariff: Tariff) -> None:
    mine = _version(tariff, 1, -5)
    others = [TariffVersionFactory.create(tariff__operator=operator) for _ in range(4)]
    without = TariffFactory.create(operator=operator)
    theirs = TariffVersionFactory.create()
    asked = [tariff.pk, without.pk, theirs.tariff_id, *(row.tariff_id for row in others)]
    with CaptureQueriesContext(connection) as queries:
        found = versions_at(asked, NOW)
    assert len(queries) == 1
    assert found == {tariff.pk: mine, **{row.tariff_id: row for row in others}}


def test_a_list_row_tells_what_counts(operator: Operator, tariff: Tariff) -> None:
    group = TariffGroupFactory.create(operator=operator)
    current, _later = _version(tariff, 1, -1), _version(tariff, 2, 9)
    scheduled = _version(tariff, 3, 4)
    _version(tariff, 4, 1, withdrawn=True)
    for span in ({}, {"valid_from": NOW + DAY}, {"valid_until": NOW}):
        TariffAssignmentFactory.create(group=group, tariff=tariff, **span)
    assert tariff_row(tariff, at=NOW) == TariffRow(
        tariff=tariff, current=current, scheduled=scheduled, assignments=2
    )
    bare = TariffFactory.create(operator=operator)
    assert tariff_row(bare, at=NOW) == TariffRow(
        tariff=bare, current=None, scheduled=None, assignments=0
    )


def _queries_of_the_list() -> int:
    with CaptureQueriesContext(connection) as queries:
        tariff_rows(with_versions(tariffs(), at=NOW))
    return len(queries)


def test_the_list_costs_two_queries_however_long(operator: Operator, tariff: Tariff) -> None:
    group = TariffGroupFactory.create(operator=operator)
    _version(tariff, 1, -1)
    assert _queries_of_the_list() == 2
    for number in range(10):
        more = TariffFactory.create(operator=operator)
        for day in (-number, number + 1):
            _version(more, day + 20, day)
        TariffAssignmentFactory.create(group=group, tariff=more)
    assert _queries_of_the_list() == 2


def test_lists_by_name_words_and_archive(operator: Operator, tariff: Tariff) -> None:
    day = TariffFactory.create(operator=operator, name="Day", description="fast and bright")
    old = TariffFactory.create(operator=operator, name="Old night", archived_at=NOW)
    TariffFactory.create(name="Night of others")
    assert list(tariffs()) == [day, tariff]
    assert list(tariffs(archived=True)) == [old]
    assert list(tariffs(archived=None, search="night")) == [tariff, old]
    assert list(tariffs(search="bright fast\x00")) == [day]
    assert list(tariffs(search="bright dull")) == []
