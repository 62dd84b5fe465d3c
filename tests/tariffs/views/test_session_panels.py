"""The price on the page of a session and in the list of sessions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Operator
from accounts.policy import Permission
from chargers.models import Transaction
from chargers.views.live import session_events
from common.tenancy import operator_scope, system_scope
from tariffs.services.pinning import pin_missed
from tariffs.services.running import price_running
from tests.factories import NOW, MeterValueFactory, OperatorFactory, TransactionFactory
from tests.tariffs.support import give, make_group, make_plug, make_tariff

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=10)


def charging(operator: Operator, **values: Any) -> Transaction:
    """A running session that has taken 2 kWh, priced."""
    plug = make_plug(operator)
    known = {"meter_start_wh": 1_000, "last_energy_wh": 3_000, "energy_wh": 2_000, **values}
    row: Transaction = TransactionFactory.create(station=plug.station, evse=plug, **known)
    MeterValueFactory.create(transaction=row, taken_at=LATER, device_at=LATER, energy_wh=3_000)
    pin_missed(now=NOW + timedelta(minutes=3))
    price_running(now=LATER)
    return row


def sell(operator: Operator, **values: Any) -> None:
    tariff = make_tariff(operator, "Day <b>")
    give(make_group(operator, "Members"), tariff, created_at=NOW - timedelta(days=1), **values)


def page(client: Client, row: Transaction) -> str:
    return client.get(f"/transactions/{row.pk}/").content.decode()


def test_the_page_tells_the_cost_and_which_price_is_locked(
    admin: Client, operator: Operator
) -> None:
    sell(operator)
    html = page(admin, charging(operator))

    assert "DKK 1.23" in html.replace("\xa0", " ")
    assert "by tariff Day &lt;b&gt; v" in html
    assert "(group Members)" in html
    assert 'id="session-price"' in html


def test_an_operator_that_sells_nothing_sees_nothing_of_it(
    admin: Client, operator: Operator
) -> None:
    html = page(admin, charging(operator))
    assert "session-price" not in html


def test_the_list_has_a_cost_for_each_running_session(
    admin: Client, operator: Operator, django_assert_num_queries: Any
) -> None:
    sell(operator)
    for _ in range(3):
        charging(operator)
    other = OperatorFactory.create()
    sell(other)
    charging(other)
    with django_assert_num_queries(12):
        html = admin.get("/transactions/").content.decode()
    assert html.replace("\xa0", " ").count("DKK 1.23") == 3


def test_an_open_page_gets_the_new_cost(operator: Operator, rf: Any) -> None:
    sell(operator)
    row = charging(operator)
    request = rf.get("/")
    request.permissions = frozenset({Permission.TARIFFS_VIEW})
    request.operator = operator
    with operator_scope(operator.pk):
        parts = session_events(request, row)
    assert any('hx-target="#session-price"' in part for part in parts)
    request.permissions = frozenset()
    with operator_scope(operator.pk):
        parts = session_events(request, row)
    assert not any("session-price" in part for part in parts)


def test_the_cost_of_an_ended_session_is_not_the_running_one(
    admin: Client, operator: Operator
) -> None:
    sell(operator)
    row = charging(operator)
    with system_scope("tests"):
        Transaction.objects.update(state="ended", ended_at=LATER)
    assert "1.23" not in admin.get("/transactions/").content.decode()
    assert "session-price" not in page(admin, row)
