from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from tariffs.ocpi import AltText, Identity, TariffType, Version, export
from tariffs.pricing.terms import (
    Cap,
    Component,
    Dimension,
    Element,
    PriceLimit,
    ReservationRule,
    Spot,
    Terms,
)
from tests.tariffs.pricing.build import element, energy, flat, parking, tariff, time

IDENTITY = Identity(
    country_code="NL",
    party_id="ABC",
    id="T1",
    last_updated=datetime(2026, 3, 1, 8, tzinfo=UTC),
)
HEAD = {"country_code": "NL", "party_id": "ABC", "id": "T1", "currency": "EUR"}
STAMP = {"last_updated": "2026-03-01T08:00:00Z"}


def components(terms: Terms, version: Version = Version.V221) -> list[dict[str, Any]]:
    document = export(terms, IDENTITY, version).document
    assert document is not None
    return [each for part in document["elements"] for each in part["price_components"]]


def left_out(terms: Terms, version: Version = Version.V221) -> list[str]:
    return [each.field for each in export(terms, IDENTITY, version).unexpressed]


def test_the_object_of_both_versions() -> None:
    terms = tariff(
        element(energy("0.250", vat="20"), flat(vat="20")),
        element(
            parking("6", vat="20", step_size=60),
            start_minute=480,
            end_date=date(2027, 1, 1),
            days=frozenset({6, 0}),
            min_duration_s=600,
            max_power_w=11_500,
        ),
        min_price=PriceLimit(net=Decimal(1), gross=Decimal("1.20")),
    )
    body = {
        **HEAD,
        **STAMP,
        "elements": [
            {
                "price_components": [
                    {"type": "ENERGY", "price": 0.25, "vat": 20, "step_size": 1},
                    {"type": "FLAT", "price": 0.5, "vat": 20, "step_size": 1},
                ]
            },
            {
                "price_components": [
                    {"type": "PARKING_TIME", "price": 6, "vat": 20, "step_size": 60}
                ],
                "restrictions": {
                    "start_time": "08:00",
                    "end_date": "2027-01-01",
                    "day_of_week": ["MONDAY", "SUNDAY"],
                    "min_duration": 600,
                    "max_power": 11.5,
                },
            },
        ],
    }
    old = export(terms, IDENTITY, Version.V221)
    assert old.document == {**body, "min_price": {"excl_vat": 1, "incl_vat": 1.2}}
    assert old.unexpressed == ()
    new = export(terms, IDENTITY, Version.V230)
    assert new.document == {
        **body,
        "tax_included": "NO",
        "min_price": {"before_taxes": 1, "after_taxes": 1.2},
    }
    assert new.unexpressed == ()


def test_an_identity_in_full() -> None:
    identity = Identity(
        country_code="NL",
        party_id="ABC",
        id="T1",
        type=TariffType.REGULAR,
        alt_text=(AltText(language="en", text="Cheap"),),
        alt_url="https://a.example",
        start=datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
        end=datetime(2027, 1, 1, tzinfo=UTC),
        energy_mix={"is_green_energy": True},
        last_updated=datetime(2026, 3, 1, 8, tzinfo=UTC),
    )
    document = export(tariff(element(energy())), identity).document
    assert document is not None
    assert list(document.items())[:10] == [
        ("country_code", "NL"),
        ("party_id", "ABC"),
        ("id", "T1"),
        ("type", "REGULAR"),
        ("tariff_alt_text", [{"language": "en", "text": "Cheap"}]),
        ("tariff_alt_url", "https://a.example"),
        ("start_date_time", "2026-01-01T00:00:00Z"),
        ("end_date_time", "2027-01-01T00:00:00Z"),
        ("energy_mix", {"is_green_energy": True}),
        ("last_updated", "2026-03-01T08:00:00Z"),
    ]


@pytest.mark.parametrize(
    ("restrictions", "field"),
    [
        ({"min_idle_s": 600}, "min_idle"),
        ({"max_idle_s": 600}, "max_idle"),
        ({"season_start": (6, 1), "season_end": (9, 1)}, "season_start"),
        ({"min_peak_power_w": 22_000, "max_peak_power_w": 50_000}, "min_peak_power"),
        ({"max_average_power_w": 11_000}, "max_average_power"),
    ],
)
def test_an_element_that_ocpi_cannot_restrict_is_left_out_and_named(
    restrictions: dict[str, Any], field: str
) -> None:
    terms = tariff(element(energy()), element(parking(), **restrictions))
    assert [each["type"] for each in components(terms)] == ["ENERGY"]
    assert left_out(terms) == [f"elements[1].restrictions.{field}"]


def test_a_minimum_of_nothing_restricts_nothing() -> None:
    terms = tariff(element(energy(), min_idle_s=0, min_peak_power_w=0))
    exported = export(terms, IDENTITY)
    assert exported.unexpressed == ()
    assert exported.document is not None
    assert exported.document["elements"] == [
        {"price_components": [{"type": "ENERGY", "price": 0.25, "step_size": 1}]}
    ]


def test_caps_and_spot_prices_are_named() -> None:
    terms = tariff(
        element(energy(spot=Spot(area="DK1")), time()),
        caps=(Cap(dimension=Dimension.TIME, amount=Decimal(8)),),
    )
    assert [each["type"] for each in components(terms)] == ["TIME"]
    assert left_out(terms) == ["elements[0].price_components[0].spot", "caps[0]"]


def test_nothing_is_left_of_a_tariff_of_spot_prices() -> None:
    exported = export(tariff(element(energy(spot=Spot(area="DK1")))), IDENTITY)
    assert exported.document is None
    assert len(exported.unexpressed) == 1


@pytest.mark.parametrize(
    ("price", "per_seconds", "hourly"),
    [("0.05", 60, 3), ("0.0333", 60, 1.998), ("0.75", 900, 3), ("1", 7200, 0.5), ("2", 3600, 2)],
)
def test_a_price_of_time_is_told_per_hour(price: str, per_seconds: int, hourly: float) -> None:
    terms = tariff(element(time(price, per_seconds=per_seconds, step_size=60)))
    assert components(terms) == [{"type": "TIME", "price": hourly, "step_size": 60}]
    assert left_out(terms) == []


def test_a_price_of_seven_hours_is_no_decimal_per_hour() -> None:
    terms = tariff(element(energy(), time("1", per_seconds=25_200)))
    assert [each["type"] for each in components(terms)] == ["ENERGY"]
    assert left_out(terms) == ["elements[0].price_components[1].per_seconds"]


@pytest.mark.parametrize(
    ("price", "vat", "net"),
    [("0.60", "20", 0.5), ("0.55", None, 0.55), ("0.476", "19", 0.4), ("0.3", "0", 0.3)],
)
def test_gross_prices_are_told_net_where_that_is_exact(
    price: str, vat: str | None, net: float
) -> None:
    terms = tariff(element(energy(price, vat=vat)), tax_included=True)
    assert [each["price"] for each in components(terms)] == [net]
    assert left_out(terms) == []
    assert [each["price"] for each in components(terms, Version.V230)] == [float(price)]


def test_a_gross_price_that_has_no_exact_net_is_left_out() -> None:
    terms = tariff(element(energy("0.50", vat="19"), flat("1.19", vat="19")), tax_included=True)
    assert components(terms) == [{"type": "FLAT", "price": 1, "vat": 19, "step_size": 1}]
    assert left_out(terms) == ["elements[0].price_components[0].price"]
    assert left_out(terms, Version.V230) == []


@pytest.mark.parametrize(
    ("limit", "vats", "figures"),
    [
        (PriceLimit(net=Decimal(1)), ("20", "10"), {"excl_vat": 1}),
        (PriceLimit(gross=Decimal("1.2")), ("20", "20"), {"excl_vat": 1, "incl_vat": 1.2}),
        (PriceLimit(gross=Decimal("1.2")), (None, "0"), {"excl_vat": 1.2, "incl_vat": 1.2}),
        (PriceLimit(gross=Decimal("1.2")), ("20", "10"), None),
        (PriceLimit(gross=Decimal(1)), ("19", "19"), None),
    ],
)
def test_a_gross_limit_is_told_when_one_rate_makes_it_exact(
    limit: PriceLimit, vats: tuple[str | None, str | None], figures: dict[str, float] | None
) -> None:
    terms = tariff(element(energy(vat=vats[0]), flat(vat=vats[1])), max_price=limit)
    exported = export(terms, IDENTITY)
    assert exported.document is not None
    assert exported.document.get("max_price") == figures
    assert left_out(terms) == ([] if figures else ["max_price"])


def test_finer_prices_than_four_decimals_are_told_and_remarked() -> None:
    terms = tariff(element(energy("0.123456")))
    assert components(terms)[0]["price"] == 0.123456
    assert left_out(terms) == ["elements[0].price_components[0].price"]


def test_more_digits_than_a_double_keeps_are_remarked() -> None:
    huge = Component(dimension=Dimension.FLAT, price=Decimal("99999999999999.1234"))
    terms = tariff(Element(components=(huge,)))
    assert left_out(terms) == ["elements[0].price_components[0].price"]


def test_the_oldest_version_says_least() -> None:
    identity = Identity(
        id="T1",
        type=TariffType.REGULAR,
        start=datetime(2026, 1, 1, tzinfo=UTC),
        last_updated=datetime(2026, 3, 1, 8, tzinfo=UTC),
    )
    terms = tariff(
        element(energy(vat="20")),
        element(time(), max_current_ma=32_000),
        element(time(), reservation=ReservationRule.RESERVATION),
        min_price=PriceLimit(net=Decimal(1)),
    )
    exported = export(terms, identity, Version.V211)
    assert exported.document == {
        "id": "T1",
        **STAMP,
        "currency": "EUR",
        "elements": [{"price_components": [{"type": "ENERGY", "price": 0.25, "step_size": 1}]}],
    }
    assert [each.field for each in exported.unexpressed] == [
        "elements[0].price_components[0].vat",
        "elements[1].restrictions.max_current",
        "elements[2].restrictions.reservation",
        "type",
        "start",
        "min_price",
    ]
