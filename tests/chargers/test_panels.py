from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Operator
from chargers.panels import sessions_of_drivers
from tests.factories import NOW, DriverFactory, TransactionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_scope")]


def test_the_latest_sessions_of_each_driver(operator: Operator) -> None:
    ada, bob = DriverFactory.create_batch(2, operator=operator)
    made = [
        TransactionFactory.create(
            operator=operator, driver=ada, started_at=NOW - timedelta(hours=hours)
        )
        for hours in range(9)
    ]

    panels = sessions_of_drivers([ada.pk, bob.pk], NOW)

    shown = [row.transaction for row in panels[ada.pk].context["rows"]]
    assert shown == made[:8]
    assert panels[bob.pk].context["rows"] == []
    assert panels[ada.pk].permission == "transactions.view"
