from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, Operator
from tariffs.exceptions import UnableToStoreSpotPrices
from tariffs.models import SpotPrice
from tariffs.selectors.spot_prices import spot_prices
from tariffs.services.spot_prices import Quote, Slot, Stored, store_spot_prices
from tests.factories import ACTOR, NOW, SpotPriceFactory
from tests.support.api import everything
from tests.tariffs.words.terms import element, energy, terms

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_scope")]

HOUR = timedelta(hours=1)
DONE: dict[str, Any] = {"actor": ACTOR, "now": NOW}


def _quote(
    price: str, starts_at: datetime = NOW + HOUR, slot_minutes: int = 60, **slot: str
) -> Quote:
    values: dict[str, Any] = {"area": "DK1", "currency": "EUR", **slot}
    return Quote(Slot(slot_minutes=slot_minutes, starts_at=starts_at, **values), Decimal(price))


def _kept() -> list[tuple[str, datetime, Decimal]]:
    rows = SpotPrice.objects.order_by("starts_at", "area")
    return list(rows.values_list("area", "starts_at", "price"))


def test_prices_are_stored(operator: Operator) -> None:
    quotes = [_quote("0.0815"), _quote("-0.02", NOW - HOUR), _quote("0.09", area="SE4")]
    assert store_spot_prices(operator=operator, quotes=quotes, **DONE) == Stored(
        added=3, replaced=0, unchanged=0
    )
    assert _kept() == [
        ("DK1", NOW - HOUR, Decimal("-0.02")),
        ("DK1", NOW + HOUR, Decimal("0.0815")),
        ("SE4", NOW + HOUR, Decimal("0.09")),
    ]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_id) == ("spot_prices.stored", str(operator.pk))
    assert entry.changes == {
        "areas": ["DK1", "SE4"],
        "from": "2026-03-14T11:00:00+00:00",
        "to": "2026-03-14T13:00:00+00:00",
        "added": 3,
        "replaced": 0,
    }


def test_the_same_again_is_fine_and_leaves_no_trace(operator: Operator) -> None:
    quotes = [_quote("0.0815", NOW - HOUR), _quote("0.0815")]
    store_spot_prices(operator=operator, quotes=quotes, **DONE)
    before = everything()
    again = [*quotes, _quote("0.08150")]
    assert store_spot_prices(operator=operator, quotes=again, **DONE) == Stored(
        added=0, replaced=0, unchanged=3
    )
    assert everything() == before


def test_the_future_may_be_corrected_the_past_may_not(operator: Operator) -> None:
    row = SpotPriceFactory.create(operator=operator, starts_at=NOW + HOUR)
    SpotPriceFactory.create(operator=operator, starts_at=NOW)
    SpotPriceFactory.create(starts_at=NOW + HOUR)
    stored = store_spot_prices(operator=operator, quotes=[_quote("0.11")], **DONE)
    assert stored == Stored(added=0, replaced=1, unchanged=0)
    row.refresh_from_db()
    assert (row.price, row.received_at) == (Decimal("0.11"), NOW)
    before = everything()
    with pytest.raises(UnableToStoreSpotPrices) as refused:
        store_spot_prices(operator=operator, quotes=[_quote("0.12"), _quote("0.5", NOW)], **DONE)
    assert refused.value.errors == {
        "prices.1.price": "This slot has begun at 0.081500; a price that sessions may have been "
        "charged by stays."
    }
    assert everything() == before


@pytest.mark.parametrize(
    ("quote", "field", "message"),
    [
        (_quote("1", area=""), "area", "A bidding zone, such as DK1, of at most 20 characters."),
        (_quote("1", area="x" * 21), "area",
         "A bidding zone, such as DK1, of at most 20 characters."),
        (_quote("1", currency="XXX"), "currency", "A currency's three-letter code, such as EUR."),
        (_quote("1", slot_minutes=45), "slot_minutes", "15, 30 or 60."),
        (_quote("1", NOW + HOUR / 2), "starts_at", "Slots begin at full 60 minutes of UTC."),
        (_quote("1", NOW + HOUR / 6, 15), "starts_at", "Slots begin at full 15 minutes of UTC."),
        (_quote("1", NOW + timedelta(microseconds=1)), "starts_at",
         "Slots begin at full 60 minutes of UTC."),
        (_quote("100001"), "price", "A price per kWh between -100000 and 100000."),
        (_quote("NaN"), "price", "A price per kWh between -100000 and 100000."),
        (_quote("0.0000001"), "price", "At most 6 decimals."),
        (_quote("2"), "price", "This slot is named twice with different prices."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(operator: Operator, quote: Quote, field: str, message: str) -> None:
    before = everything()
    with pytest.raises(UnableToStoreSpotPrices) as refused:
        store_spot_prices(operator=operator, quotes=[_quote("1"), quote], **DONE)
    assert refused.value.errors == {f"prices.1.{field}": message}
    assert everything() == before


def test_none_and_too_many(operator: Operator) -> None:
    for quotes, message in (
        ([], "Name at least one price."),
        ([_quote("1")] * 5001, "At most 5000 prices at once."),
    ):
        with pytest.raises(UnableToStoreSpotPrices) as refused:
            store_spot_prices(operator=operator, quotes=quotes, **DONE)
        assert refused.value.errors == {"prices": message}


def test_a_day_of_quarters_costs_few_queries(operator: Operator) -> None:
    quotes = [_quote(f"0.{n:03}", NOW + n * HOUR / 4, 15) for n in range(1, 97)]
    with CaptureQueriesContext(connection) as queries:
        store_spot_prices(operator=operator, quotes=quotes, **DONE)
    assert len(queries) == 6
    assert SpotPrice.objects.count() == 96


def test_whoever_prices_gets_the_slots_that_the_session_touches(operator: Operator) -> None:
    found = terms(
        element(energy("0.05", spot={"area": "DK1"}), max_kwh=5),
        element(energy("0.05", spot={"area": "SE4", "slot_minutes": 15})),
    )
    for hour in range(-2, 4):
        price = Decimal(hour) / 10
        starts_at = NOW + hour * HOUR
        SpotPriceFactory.create(operator=operator, starts_at=starts_at, price=price)
        SpotPriceFactory.create(operator=operator, starts_at=starts_at, area="DK2")
        SpotPriceFactory.create(operator=operator, starts_at=starts_at, currency="DKK")
        SpotPriceFactory.create(starts_at=starts_at)
    SpotPriceFactory.create(
        operator=operator, area="SE4", slot_minutes=15, starts_at=NOW, price="0.7"
    )
    start, end = NOW - HOUR / 2, NOW + HOUR
    with CaptureQueriesContext(connection) as queries:
        prices = spot_prices(found, operator.pk, start, end)
    assert len(queries) == 1
    noon = int(datetime(2026, 3, 14, 12, tzinfo=UTC).timestamp())
    assert prices == {
        ("DK1", 60, noon - 3600): Decimal("-0.1"),
        ("DK1", 60, noon): Decimal(0),
        ("SE4", 15, noon): Decimal("0.7"),
    }


def test_a_tariff_without_them_asks_nothing(operator: Operator) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert spot_prices(terms(element(energy(1))), operator.pk, NOW, NOW + HOUR) == {}
    assert len(queries) == 0
