from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import Operator
from common.clock import utc_now
from tests.factories import SpotPriceFactory
from tests.support.api import everything, with_key

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def _hour(ahead: int) -> datetime:
    return utc_now().replace(minute=0, second=0, microsecond=0) + ahead * HOUR


def _quote(ahead: int, price: str = "0.1", **more: Any) -> dict[str, Any]:
    return {
        "area": "DK1",
        "currency": "EUR",
        "slot_minutes": 60,
        "starts_at": _text(_hour(ahead)),
        "price": price,
    } | more


def _text(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def test_prices_are_stored_and_listed(operator: Operator) -> None:
    SpotPriceFactory.create(starts_at=_hour(2))
    api = with_key(operator)
    quotes = [_quote(2, "0.0815"), _quote(3, "-0.02"), _quote(3, "0.1", area="SE4")]
    response = api.post("spot-prices", {"prices": quotes})
    assert (response.status_code, response.json()) == (
        200,
        {"added": 3, "replaced": 0, "unchanged": 0},
    )
    listed = api.get("spot-prices").json()
    assert [(row["area"], row["price"]) for row in listed["data"]] == [
        ("DK1", "0.081500"),
        ("DK1", "-0.020000"),
        ("SE4", "0.100000"),
    ]
    assert sorted(listed["data"][0]) == [
        "area", "currency", "price", "received_at", "slot_minutes", "starts_at",
    ]  # fmt: skip
    assert listed["data"][0]["starts_at"] == _text(_hour(2))
    for query, count in (
        ({"area": "SE4"}, 1),
        ({"currency": "DKK"}, 0),
        ({"slot_minutes": 60}, 3),
        ({"slot_minutes": 15}, 0),
        ({"since": _text(_hour(3))}, 2),
        ({"until": _text(_hour(3))}, 1),
    ):
        assert len(api.get("spot-prices", **query).json()["data"]) == count, query


def test_the_past_stays(operator: Operator) -> None:
    SpotPriceFactory.create(operator=operator, starts_at=_hour(-3), price="0.10")
    api = with_key(operator)
    same = api.post("spot-prices", {"prices": [_quote(-3, "0.1"), _quote(5, "0.2")]})
    assert same.json() == {"added": 1, "replaced": 0, "unchanged": 1}
    future = api.post("spot-prices", {"prices": [_quote(5, "0.3")]})
    assert future.json() == {"added": 0, "replaced": 1, "unchanged": 0}
    before = everything()
    response = api.post("spot-prices", {"prices": [_quote(5, "0.4"), _quote(-3, "0.2")]})
    assert response.status_code == 400
    assert [error["name"] for error in response.json()["errors"]] == ["prices.1.price"]
    assert everything() == before


@pytest.mark.parametrize(
    ("change", "name", "message"),
    [
        ({"slot_minutes": 20}, "slot_minutes", '"20" is not a valid choice.'),
        ({"price": "cheap"}, "price", "A valid number is required."),
        ({"currency": "XXX"}, "currency", "A currency's three-letter code, such as EUR."),
        ({"zone": "DK1"}, "zone", "There is no such field here."),
    ],
)
def test_what_is_wrong_is_named(
    operator: Operator, change: dict[str, Any], name: str, message: str
) -> None:
    api = with_key(operator)
    before = everything()
    response = api.post("spot-prices", {"prices": [_quote(2), _quote(2) | change]})
    assert response.status_code == 400
    assert [(error["name"], error["message"]) for error in response.json()["errors"]] == [
        (f"prices.1.{name}", message)
    ]
    assert everything() == before
