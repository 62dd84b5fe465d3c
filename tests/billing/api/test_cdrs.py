from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Operator
from accounts.policy import Permission
from tests.factories import NOW, CdrFactory, DriverFactory, StationFactory
from tests.support.api import everything, permission_without, with_key

pytestmark = pytest.mark.django_db


def make(operator: Operator, **values: Any) -> Any:
    station = values.pop("station", None) or StationFactory.create(operator=operator)
    return CdrFactory.create(transaction__station=station, **values)


def test_a_record_as_it_is_shown(operator: Operator) -> None:
    cdr = make(operator, external_id="inv-1", metadata={"a": 1})
    shown = with_key(operator).get(f"cdrs/{cdr.pk}").json()
    start = int((NOW - timedelta(hours=1)).timestamp())
    assert shown == {
        "id": str(cdr.pk),
        "transaction_id": str(cdr.transaction_id),
        "version": 1,
        "is_latest": True,
        "location_id": str(cdr.location_id),
        "station_id": str(cdr.transaction.station_id),
        "driver_id": None,
        "tariff_version_id": None,
        "started_at": "2026-03-14T11:00:00Z",
        "ended_at": "2026-03-14T12:00:00Z",
        "energy_kwh": "5.000",
        "is_provisional": False,
        "currency": "EUR",
        "net_minor": 245,
        "tax_minor": 61,
        "gross_minor": 306,
        "flags": [],
        "needs_review": False,
        "accepted_at": None,
        "digest": cdr.digest,
        "external_id": "inv-1",
        "metadata": {"a": 1},
        "created_at": "2026-03-14T12:00:00Z",
        "time_zone": "Europe/Copenhagen",
        "net_exact": "49/20",
        "gross_exact": "49/16",
        "lines": [
            {
                "kind": "ENERGY",
                "of": None,
                "element": 0,
                "is_reservation": False,
                "quantity": "5000",
                "added": "0",
                "unit_price": "0.49",
                "per": 1000,
                "vat": "25",
                "net": "49/20",
                "tax": "49/80",
                "start": str(start),
                "end": str(start + 3600),
                "amount_minor": 245,
                "net_minor": 245,
            }
        ],
        "taxes": [{"vat": "25", "net_minor": 245, "tax_minor": 61}],
        "terms": cdr.terms,
        "charging": {"periods": [[start, start + 3600, 5000, "charging", None, None]]},
        "spot_prices": {},
    }


def test_without_a_price_there_is_no_amount(operator: Operator) -> None:
    cdr = make(operator, terms=None)
    shown = with_key(operator).get(f"cdrs/{cdr.pk}").json()
    assert (shown["net_minor"], shown["tax_minor"], shown["gross_minor"]) == (None, None, None)
    assert (shown["currency"], shown["flags"], shown["needs_review"]) == ("", ["no_tariff"], True)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [0, 1, 2]),
        ({"ended_from": "2026-03-14T12:00:00Z"}, [0, 2]),
        ({"ended_to": "2026-03-14T12:00:00Z"}, [1]),
        ({"needs_review": "true"}, [2]),
        ({"needs_review": "false"}, [0, 1]),
        ({"location": "{location}"}, [1]),
        ({"driver": "{driver}"}, [0]),
        ({"transaction": "{transaction}"}, [2]),
    ],
)
def test_filters(
    operator: Operator, other_operator: Operator, query: dict[str, str], found: list[int]
) -> None:
    driver = DriverFactory.create(operator=operator)
    end = NOW - timedelta(days=1)
    rows = [
        make(operator, transaction__driver=driver),
        make(operator, started_at=end - timedelta(hours=1), ended_at=end),
        make(operator, terms=None),
    ]
    make(operator, is_latest=False)
    make(other_operator)
    names = {
        "driver": driver.pk,
        "location": rows[1].location_id,
        "transaction": rows[2].transaction_id,
    }
    wanted = {name: value.format(**names) for name, value in query.items()}
    data = with_key(operator, "billing.view").get("cdrs", **wanted).json()["data"]
    assert {row["id"] for row in data} == {str(rows[n].pk) for n in found}
    assert "lines" not in data[0]


def test_unknown_filters_are_named(operator: Operator) -> None:
    response = with_key(operator).get("cdrs", since="2026-03-14T12:00:00Z")
    assert response.status_code == 400
    assert [error["name"] for error in response.json()["errors"]] == ["since"]


PERIOD = {"ended_from": "2026-03-14T00:00:00Z", "ended_to": "2026-03-15T00:00:00Z"}


def test_records_are_priced_again(operator: Operator, other_operator: Operator) -> None:
    make(operator)
    wrong = make(operator, digest="0" * 64)
    make(other_operator, digest="0" * 64)
    before = everything()
    caller = with_key(operator, "billing.view")
    assert caller.post("cdrs/reprice-check", PERIOD).json() == {
        "checked": 2,
        "equal": 1,
        "different": 1,
        "failed": 0,
        "complete": True,
        "different_ids": [str(wrong.pk)],
    }
    counted = caller.post("cdrs/reprice-check", {**PERIOD, "from_readings": True}).json()
    # They have no tariff pinned: from their readings they would have no price.
    assert (counted["checked"], counted["different"]) == (2, 2)
    now = everything()
    assert {label: rows for label, rows in now.items() if rows != before[label]}.keys() <= {
        "accounts.ApiKey"
    }


def test_a_long_period_is_not_looked_at_wholly(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("billing.api.views._MOST_CHECKED", 1)
    for _ in range(2):
        make(operator)
    answer = with_key(operator).post("cdrs/reprice-check", PERIOD).json()
    assert (answer["checked"], answer["complete"]) == (1, False)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({**PERIOD, "ended_to": PERIOD["ended_from"]}, "ended_to"),
        ({"ended_to": PERIOD["ended_to"]}, "ended_from"),
        ({**PERIOD, "write": True}, "write"),
    ],
)
def test_bad_periods_are_named(operator: Operator, body: dict[str, Any], name: str) -> None:
    response = with_key(operator).post("cdrs/reprice-check", body)
    assert response.status_code == 400
    assert [error["name"] for error in response.json()["errors"]] == [name]


def test_without_the_permission_nothing_is_told(operator: Operator) -> None:
    cdr = make(operator)
    caller = with_key(operator, *permission_without(Permission.BILLING_VIEW))
    for response in (
        caller.get("cdrs"),
        caller.get(f"cdrs/{cdr.pk}"),
        caller.post("cdrs/reprice-check", PERIOD),
    ):
        assert response.status_code == 403


def test_another_operators_record_is_none(operator: Operator, other_operator: Operator) -> None:
    assert with_key(operator).get(f"cdrs/{make(other_operator).pk}").status_code == 404
