from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tariffs.pricing.document import BadTermsError, dump_terms, load_terms
from tariffs.pricing.terms import (
    Cap,
    CapPeriod,
    Component,
    Dimension,
    Element,
    PriceLimit,
    ReservationRule,
    Restrictions,
    Spot,
    Terms,
)
from tests.tariffs.pricing import strategies

EVERYTHING = Terms(
    currency="EUR",
    tax_included=True,
    elements=(
        Element(
            components=(
                Component(
                    dimension=Dimension.ENERGY,
                    price=Decimal("0.250"),
                    vat=Decimal("20.00"),
                    step_size=500,
                    spot=Spot(area="DK1", slot_minutes=15, fallback=Decimal("0.4"), floor=None),
                ),
                Component(dimension=Dimension.TIME, price=Decimal("1E+2"), per_seconds=60),
            ),
            restrictions=Restrictions(
                start_minute=22 * 60,
                end_minute=6 * 60 + 5,
                start_date=date(2026, 1, 2),
                end_date=date(2027, 1, 1),
                season_start=(12, 1),
                season_end=(2, 29),
                days=frozenset({6, 0}),
                min_energy_wh=1,
                max_energy_wh=20_000,
                min_current_ma=500,
                max_current_ma=32_000,
                min_power_w=3_700,
                max_power_w=22_000,
                min_duration_s=0,
                max_duration_s=5400,
                min_idle_s=600,
                max_idle_s=3600,
                min_peak_power_w=1_001,
                max_peak_power_w=50_000,
                min_average_power_w=10,
                max_average_power_w=11_000,
                reservation=ReservationRule.EXPIRES,
            ),
        ),
    ),
    min_price=PriceLimit(gross=Decimal("0.50")),
    max_price=PriceLimit(net=Decimal(100), gross=Decimal(120)),
    caps=(Cap(dimension=Dimension.PARKING_TIME, amount=Decimal(12), per=CapPeriod.DAY),),
)

EVERYTHING_TEXT = """{
    "currency": "EUR",
    "tax_included": true,
    "elements": [
        {
            "price_components": [
                {
                    "type": "ENERGY",
                    "price": "0.25",
                    "vat": "20",
                    "step_size": 500,
                    "spot": {
                        "area": "DK1",
                        "slot_minutes": 15,
                        "factor": "1",
                        "fallback": "0.4",
                        "floor": null
                    }
                },
                {
                    "type": "TIME",
                    "price": "100",
                    "per_seconds": 60
                }
            ],
            "restrictions": {
                "start_time": "22:00",
                "end_time": "06:05",
                "start_date": "2026-01-02",
                "end_date": "2027-01-01",
                "season_start": "12-01",
                "season_end": "02-29",
                "day_of_week": [
                    "MONDAY",
                    "SUNDAY"
                ],
                "min_kwh": "0.001",
                "max_kwh": "20",
                "min_current": "0.5",
                "max_current": "32",
                "min_power": "3.7",
                "max_power": "22",
                "min_duration": 0,
                "max_duration": 5400,
                "min_idle": 600,
                "max_idle": 3600,
                "min_peak_power": "1.001",
                "max_peak_power": "50",
                "min_average_power": "0.01",
                "max_average_power": "11",
                "reservation": "RESERVATION_EXPIRES"
            }
        }
    ],
    "min_price": {
        "incl_vat": "0.5"
    },
    "max_price": {
        "excl_vat": "100",
        "incl_vat": "120"
    },
    "caps": [
        {
            "type": "PARKING_TIME",
            "amount": "12",
            "per": "day"
        }
    ]
}"""


def _tariff(**component: Any) -> dict[str, Any]:
    values = {"type": "ENERGY", "price": "0.25", **component}
    return {"currency": "EUR", "elements": [{"price_components": [values]}]}


def _restricted(**restrictions: Any) -> dict[str, Any]:
    document = _tariff()
    document["elements"][0]["restrictions"] = restrictions
    return document


def test_the_document_of_everything() -> None:
    assert json.dumps(dump_terms(EVERYTHING), indent=4) == EVERYTHING_TEXT
    assert load_terms(json.loads(EVERYTHING_TEXT)) == EVERYTHING


def test_the_least_document() -> None:
    terms = load_terms(_tariff())
    component = Component(dimension=Dimension.ENERGY, price=Decimal("0.25"))
    assert terms == Terms(currency="EUR", elements=(Element(components=(component,)),))
    assert dump_terms(terms) == {
        "currency": "EUR",
        "tax_included": False,
        "elements": [{"price_components": [{"type": "ENERGY", "price": "0.25"}]}],
    }


@given(terms=strategies.terms)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_terms_survive_json_and_equal_terms_are_the_same_text(terms: Terms) -> None:
    text = json.dumps(dump_terms(terms))
    again = load_terms(json.loads(text))
    assert again == terms
    assert json.dumps(dump_terms(again)) == text


@pytest.mark.parametrize(
    ("price", "text"),
    [
        (0.1, "0.1"),
        (1e-05, "0.00001"),
        (3, "3"),
        ("0.250000000", "0.25"),
        (Decimal("1E+2"), "100"),
        ("-0.0", "0"),
        (Decimal("0E+999999"), "0"),
        (-0.5, "-0.5"),
        ("999999999999.999999", "999999999999.999999"),
    ],
)
def test_a_number_is_read_as_what_it_prints_as(price: object, text: str) -> None:
    document = dump_terms(load_terms(_tariff(price=price)))
    assert document["elements"][0]["price_components"][0]["price"] == text


@pytest.mark.parametrize(
    "price",
    [
        "0,25", "1e3", "1_000", "", " 1", "٣", "NaN", "Infinity", True, [], {}, float("nan"),
        float("inf"), Decimal("NaN"), 10**12, Decimal("1E+999999"), "0.0000001",
        0.30000000000000004, "1" * 300,
    ],
)  # fmt: skip
def test_what_is_no_price_is_refused_by_name(price: object) -> None:
    with pytest.raises(BadTermsError) as caught:
        load_terms(_tariff(price=price))
    assert caught.value.field == "elements[0].price_components[0].price"
    assert caught.value.message


@pytest.mark.parametrize(
    ("document", "field", "message"),
    [
        ([], "", "A JSON object is expected."),
        ({}, "elements", "This field is required."),
        ({"elements": []}, "currency", "This field is required."),
        (
            {"elements": [], "currency": "eur"},
            "currency",
            "A currency has three capital letters, such as EUR.",
        ),
        ({"elements": {}, "currency": "EUR"}, "elements", "A list is expected."),
        ({"elements": [], "currency": "EUR", "id": 1}, "id", "There is no such field."),
        (
            {"elements": [{"price_components": [], "colour": 1}], "currency": "EUR"},
            "elements[0].colour",
            "There is no such field.",
        ),
        (
            {"elements": [{}], "currency": "EUR"},
            "elements[0].price_components",
            "This field is required.",
        ),
        (
            _tariff(type="WATER"),
            "elements[0].price_components[0].type",
            "One of ENERGY, FLAT, TIME, PARKING_TIME is expected.",
        ),
        (
            _tariff(step_size=1.5),
            "elements[0].price_components[0].step_size",
            "A whole number is expected.",
        ),
        (
            _tariff(step_size=2**31),
            "elements[0].price_components[0].step_size",
            "At most 2147483647.",
        ),
        (_tariff(spot={}), "elements[0].price_components[0].spot.area", "This field is required."),
        (
            _tariff(spot={"area": "x" * 21}),
            "elements[0].price_components[0].spot.area",
            "At most 20 characters.",
        ),
        (
            _tariff(spot={"area": "a\x00"}),
            "elements[0].price_components[0].spot.area",
            "Control characters are not allowed.",
        ),
        (
            _restricted(min_kwh="0.0001"),
            "elements[0].restrictions.min_kwh",
            "At most 3 decimals.",
        ),
        (
            _restricted(start_time="24:00"),
            "elements[0].restrictions.start_time",
            "A time of day from 00:00 to 23:59 is expected.",
        ),
        (
            _restricted(start_date="2026-02-30"),
            "elements[0].restrictions.start_date",
            "A date that exists is expected, such as 2026-12-31.",
        ),
        (
            _restricted(start_date="20260228"),
            "elements[0].restrictions.start_date",
            "A date that exists is expected, such as 2026-12-31.",
        ),
        (
            _restricted(season_end="2-29"),
            "elements[0].restrictions.season_end",
            "A month and day are expected, such as 12-31.",
        ),
        (
            _restricted(day_of_week=["MONDAY", "Sunday"]),
            "elements[0].restrictions.day_of_week[1]",
            "One of MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY is expected.",
        ),
        (
            {**_tariff(), "min_price": 3},
            "min_price",
            "A JSON object is expected.",
        ),
        (
            {**_tariff(), "caps": [{"type": "TIME", "amount": "x"}]},
            "caps[0].amount",
            "A number is expected, such as 0.25.",
        ),
        ({**_tariff(), "tax_included": 1}, "tax_included", "true or false is expected."),
    ],
)
def test_what_is_wrong_is_named(document: object, field: str, message: str) -> None:
    with pytest.raises(BadTermsError) as caught:
        load_terms(document)
    assert (caught.value.field, caught.value.message) == (field, message)


def test_null_is_absent_but_for_the_floor_of_a_spot_price() -> None:
    terms = load_terms({**_tariff(vat=None, spot=None), "caps": None, "max_price": None})
    assert terms == load_terms(_tariff())
    for spot, floor in (({}, Decimal(0)), ({"floor": None}, None), ({"floor": "-1"}, Decimal(-1))):
        found = load_terms(_tariff(spot={"area": "DK1", **spot}))
        assert found.elements[0].components[0].spot == Spot(area="DK1", floor=floor)


def test_a_number_of_thousands_of_digits_is_refused_and_not_written_out() -> None:
    with pytest.raises(BadTermsError, match="At most 12 digits before the point"):
        load_terms(_tariff(price=10**5000))
