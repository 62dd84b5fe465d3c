from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.tenancy import system_scope
from tariffs.selectors.selling import selling_since
from tests.factories import (
    NOW,
    OperatorFactory,
    PinnedTariffFactory,
    StationFactory,
    TariffAssignmentFactory,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_an_operator_sells_from_its_first_assignment_or_locked_price_on() -> None:
    idle, assigns, plans, locked = (OperatorFactory.create() for _ in range(4))
    for begin in (NOW - 2 * DAY, None, NOW + DAY):
        TariffAssignmentFactory.create(group__operator=assigns, valid_from=begin)
    TariffAssignmentFactory.create(group__operator=plans, valid_from=NOW + DAY)
    station = StationFactory.create(operator=locked)
    for days in (3, 1):
        PinnedTariffFactory.create(transaction__station=station, locked_at=NOW - days * DAY)
    PinnedTariffFactory.create(transaction__station=station, locked_at=NOW - 9 * DAY, version=None)
    expected = {assigns.pk: NOW - 2 * DAY, plans.pk: NOW + DAY, locked.pk: NOW - 3 * DAY}
    with system_scope("test"), CaptureQueriesContext(connection) as queries:
        assert selling_since() == expected
    assert len(queries) == 1
    with system_scope("test"):
        assert selling_since([idle.pk, plans.pk]) == {plans.pk: NOW + DAY}
