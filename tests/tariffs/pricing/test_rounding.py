"""The one rounding of the project, by figures worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from tariffs.pricing import price, rounded
from tariffs.pricing.rounding import RoundedPrice
from tariffs.pricing.terms import Element, PriceLimit, Terms
from tests.tariffs.build import (
    COPENHAGEN,
    Part,
    charge,
    energy,
    flat,
    hour,
    idle,
    parking,
    session,
    tariff,
    when,
)


def shown(terms: Terms, *parts: Part) -> RoundedPrice:
    return rounded(price(terms, session("2026-06-01 12:00", *parts), COPENHAGEN))


def totals(found: RoundedPrice) -> tuple[int, int, int]:
    return found.net_minor, found.tax_minor, found.gross_minor


def taxes(found: RoundedPrice) -> list[tuple[str, int, int]]:
    return [(str(tax.vat), tax.net_minor, tax.tax_minor) for tax in found.taxes]


def amounts(found: RoundedPrice) -> list[int]:
    return [line.amount_minor for line in found.lines]


def thirds(vat: str | None = None, **more: Any) -> tuple[Element, ...]:
    """Three lines of a third of 1.00 each, of an hour of charging."""
    return (
        when(hour("1", vat, **more), max_duration_s=1200),
        when(hour("1", vat, **more), max_duration_s=2400),
        when(hour("1", vat, **more)),
    )


def test_of_equal_rests_the_first_gets_the_cent() -> None:
    found = shown(tariff(*thirds("25")), charge(60))

    assert amounts(found) == [34, 33, 33]
    assert totals(found) == (100, 25, 125)
    assert taxes(found) == [("25", 100, 25)]


def test_the_largest_rests_get_the_cents() -> None:
    """0.614 + 0.617 + 0.616 = 1.847 → 1.85; the rests are 0.4, 0.7, 0.6."""
    terms = tariff(
        when(energy("0.614"), max_energy_wh=1000),
        when(energy("0.617"), max_energy_wh=2000),
        energy("0.616"),
    )

    assert amounts(shown(terms, charge(60, 3000))) == [61, 62, 62]


def test_tax_is_of_the_sum_of_a_rate_not_of_its_lines() -> None:
    """BR-CO-17: 25 % of 0.02 and of 0.02 are a cent each by line (0.005), but one of 0.04."""
    found = shown(tariff(flat("0.02", "25"), energy("0.02", "25")), charge(60, 1000))

    assert totals(found) == (4, 1, 5)


def test_each_rate_by_itself() -> None:
    """2.50 at 15 %, 2.75 at 20 %, 3.75 at 10 %: 0.375 → 0.38, 0.55, 0.375 → 0.38."""
    terms = tariff(flat("2.50", "15"), hour("1.00", "20"), parking("5.00", "10"))

    found = shown(terms, charge(165), idle(45))

    assert taxes(found) == [("15", 250, 38), ("20", 275, 55), ("10", 375, 38)]
    assert totals(found) == (900, 131, 1031)


def test_rates_get_the_total_by_largest_remainder() -> None:
    """1.004 + 1.004 = 2.008 → 2.01: the cent goes to the first rate, its VAT follows."""
    found = shown(tariff(flat("1.004", "50"), energy("1.004", "10")), charge(60, 1000))

    assert taxes(found) == [("50", 101, 51), ("10", 100, 10)]
    assert totals(found) == (201, 61, 262)


def test_not_applicable_is_not_zero() -> None:
    terms = tariff(flat("1"), energy("1", "0"), hour("1", "25"))

    found = shown(terms, charge(60, 1000))

    assert taxes(found) == [("None", 100, 0), ("0", 100, 0), ("25", 100, 25)]
    assert totals(found) == (300, 25, 325)


def test_prices_with_vat_keep_their_gross() -> None:
    """10.00 with 19 %: 1.5966 → 1.60; the two halves are 4.2017 net, 4.20 each."""
    terms = tariff(flat("5", "19"), energy("5", "19"), tax_included=True)

    found = shown(terms, charge(60, 1000))

    assert totals(found) == (840, 160, 1000)
    assert [(line.amount_minor, line.net_minor) for line in found.lines] == [(500, 420)] * 2
    assert taxes(found) == [("19", 840, 160)]


def test_nets_of_lines_with_vat_add_up() -> None:
    """0.33 twice and 0.34 with 25 %: 0.80 net, of which each line has 26 or 27 cents and a bit."""
    found = shown(tariff(*thirds("25"), tax_included=True), charge(60))

    assert amounts(found) == [34, 33, 33]
    assert [line.net_minor for line in found.lines] == [27, 27, 26]
    assert totals(found) == (80, 20, 100)


@pytest.mark.parametrize(
    ("currency", "unit_price", "expected"),
    [
        ("EUR", "0.125", 13),
        ("EUR", "0.1249", 12),
        ("DKK", "0.005", 1),
        ("JPY", "100.5", 101),
        ("JPY", "100.4", 100),
        ("ISK", "0.5", 1),
        ("KWD", "0.0125", 13),
        ("KWD", "0.0124", 12),
    ],
)
def test_half_up_to_the_minor_unit(currency: str, unit_price: str, expected: int) -> None:
    found = shown(tariff(energy(unit_price), currency=currency), charge(60, 1000))

    assert totals(found) == (expected, 0, expected)


def test_limits_of_net_and_gross_that_fit_the_rate() -> None:
    limit = PriceLimit(net=Decimal("0.50"), gross=Decimal("0.55"))

    found = shown(tariff(energy("0.25", "10"), min_price=limit), charge(60, 1200))

    assert amounts(found) == [30, 20]
    assert totals(found) == (50, 5, 55)


@pytest.mark.parametrize(("gross", "tax_minor"), [("0.70", 20), ("0.555", 6), ("0.554", 5)])
def test_what_does_not_fit_the_rate_is_rounded_by_itself(gross: str, tax_minor: int) -> None:
    """VAT of 10 % is 0.05; the rest of the gross minimum comes on top of it."""
    limit = PriceLimit(net=Decimal("0.50"), gross=Decimal(gross))

    found = shown(tariff(energy("0.25", "10"), min_price=limit), charge(60, 1200))

    assert totals(found) == (50, tax_minor, 50 + tax_minor)


def test_limit_of_one_figure_keeps_the_proportions() -> None:
    """1.00 at 20 % and 3.00 at 10 %, at most 2.25 gross: half of 4.50."""
    terms = tariff(flat("1", "20"), energy("3", "10"), max_price=PriceLimit(gross=Decimal("2.25")))

    found = shown(terms, charge(60, 1000))

    assert taxes(found) == [("20", 50, 10), ("10", 150, 15)]
    assert totals(found) == (200, 25, 225)
    assert amounts(found) == [100, 300, -50, -150]


def test_what_is_short_of_everything_shows_as_nothing() -> None:
    found = shown(tariff(energy("0.25", "25")), charge(60, 1))

    assert totals(found) == (0, 0, 0)
    assert amounts(found) == [0]


def test_a_third_of_a_cent_is_kept_until_the_end() -> None:
    """Three hours at 1.00 per 420 s: 25.714285… exactly 180/7."""
    terms = tariff(hour("1", "7", per_seconds=420))
    charging = session("2026-06-01 12:00", charge(180))

    found = price(terms, charging, COPENHAGEN)

    assert (found.net, found.tax) == (Fraction(180, 7), Fraction(9, 5))
    assert totals(rounded(found)) == (2571, 180, 2751)
