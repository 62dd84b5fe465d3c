"""Single rules of docs/algorithms/pricing.md where it is easy to go astray, by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from tariffs.pricing import price
from tariffs.pricing.charging import Charging, Period, State
from tariffs.pricing.result import Exact, Flag, Line, LineKind, Price
from tariffs.pricing.terms import (
    Cap,
    CapPeriod,
    Component,
    Dimension,
    PriceLimit,
    ReservationRule,
    Spot,
    Terms,
)
from tests.tariffs.build import (
    COPENHAGEN,
    Part,
    charge,
    energy,
    flat,
    gap,
    hour,
    idle,
    parking,
    pause,
    reserve,
    session,
    tariff,
    when,
)

START = "2026-06-01 12:00"
FIRST_SLOT = session(START, charge(1)).periods[0].start
DK1 = Spot(area="DK1", fallback=Decimal("0.30"), floor=Decimal("0.35"))
WHILE_RESERVED = ReservationRule.RESERVATION


def priced(terms: Terms, *parts: Part, expired: bool = False, **more: Any) -> Price:
    return price(terms, session(START, *parts, expired=expired), COPENHAGEN, **more)


def lines(found: Price, kind: LineKind) -> list[tuple[str, Exact, Exact]]:
    """Rate of VAT, net and VAT of the lines of a kind."""
    return [(str(line.vat), line.net, line.tax) for line in found.lines if line.kind is kind]


def told(found: Price) -> tuple[Exact, frozenset[Flag]]:
    return found.net, found.flags


NONE: frozenset[Flag] = frozenset()
NO_LINES: tuple[Line, ...] = ()


# What does not apply, and what is not known.


def test_a_session_without_an_instant_costs_nothing() -> None:
    terms = tariff(flat("1"), min_price=PriceLimit(net=Decimal(5)))

    found = priced(terms)

    assert told(found) == (0, NONE)
    assert found.lines == NO_LINES


@pytest.mark.parametrize("expired", [True, False])
def test_a_reservation_alone_has_no_minimum_and_is_no_session_without_price(
    *, expired: bool
) -> None:
    terms = tariff(energy("0.25", "10"), min_price=PriceLimit(net=Decimal(5)))

    found = priced(terms, reserve(30), expired=expired)

    assert told(found) == (0, NONE)
    assert found.lines == NO_LINES


def test_a_priced_reservation_does_not_hide_that_the_session_has_no_price() -> None:
    terms = tariff(when(hour("2"), reservation=WHILE_RESERVED))

    found = priced(terms, reserve(30), charge(60, 5000))

    assert told(found) == (1, frozenset({Flag.NOTHING_APPLIES}))


def test_a_price_of_nothing_is_a_price() -> None:
    found = priced(tariff(flat("0")), charge(60, 5000))

    assert told(found) == (0, NONE)


def test_a_gap_runs_the_clock_and_costs_nothing() -> None:
    terms = tariff(when(hour("1"), max_duration_s=3600), hour("10"))

    found = priced(terms, charge(30), gap(30), charge(30))

    assert told(found) == (Fraction("5.5"), frozenset({Flag.GAP}))


def test_between_reservation_and_session_there_is_no_gap() -> None:
    found = priced(tariff(hour("1")), reserve(30), gap(10), charge(60))

    assert told(found) == (1, NONE)


def test_unknown_power_does_not_hold_and_is_told() -> None:
    terms = tariff(when(energy("9"), min_power_w=0), energy("1"))

    found = priced(terms, charge(60, 1000), charge(60, 1000, power_w=1000))

    assert told(found) == (10, frozenset({Flag.POWER_UNKNOWN}))


# Peak and average power are of the whole session.


@pytest.mark.parametrize(("watts", "expected"), [(22_000, 3), (21_999, 2)])
def test_the_highest_power_prices_the_whole_session(watts: int, expected: int) -> None:
    terms = tariff(when(energy("1.5"), min_peak_power_w=22_000), energy("1"))

    found = priced(
        terms, charge(60, 1000, power_w=1000), charge(60, 1000, power_w=watts), idle(5, power_w=99)
    )

    assert found.net == expected


def test_average_power_is_that_of_the_charging_periods() -> None:
    """2 kWh in an hour of charging; the pause of an hour and its energy do not count."""
    terms = tariff(when(energy("5"), min_average_power_w=2001), energy("1"))

    assert priced(terms, charge(60, 2000), pause(60, 100)).net == Fraction("2.1")
    assert priced(terms, charge(60, 2001), pause(60)).net == Fraction("10.005")


# Reservations.


def test_a_reservation_has_its_own_clock_and_no_energy() -> None:
    """22 min after the reservation began the session begins at 0 s and 0 Wh."""
    terms = tariff(
        when(hour("6"), reservation=WHILE_RESERVED, min_duration_s=600, max_energy_wh=1),
        when(energy("1"), max_duration_s=1200),
        energy("2"),
    )
    second = FIRST_SLOT
    periods = (
        Period(second, second + 1200, 500, State.RESERVED),
        Period(second + 1320, second + 3720, 4000),
    )

    found = price(terms, Charging(periods=periods), COPENHAGEN)

    # 10 min at 6.00; 2 kWh at 1.00 in the first 20 min, 2 kWh at 2.00 in the next
    assert [line.is_reservation for line in found.lines] == [True, False, False]
    assert [line.net for line in found.lines] == [Fraction(1), Fraction(2), Fraction(4)]


# Steps.


def test_steps_do_not_round_what_is_free() -> None:
    """Free after an hour: the hour is whole already, the rest is not rounded."""
    terms = tariff(when(energy("1", step=1000), max_energy_wh=2500), energy("0", step=10_000))

    found = priced(terms, charge(60, 6000))

    assert [(line.quantity, line.added) for line in found.lines] == [(3000, 500), (3500, 0)]
    assert found.net == 3


def test_a_component_that_priced_no_energy_sets_no_step() -> None:
    terms = tariff(when(energy("1", step=1000), max_duration_s=3600), energy("1", step=10_000))

    assert priced(terms, charge(60, 1500), idle(60)).net == 2


# Spot prices.


def spot_lines(component: Component, market: str | None, *parts: Part) -> Price:
    slots = {} if market is None else {("DK1", 60, FIRST_SLOT): Decimal(market)}
    return priced(tariff(component), *parts, spot=slots)


@pytest.mark.parametrize(
    ("market", "unit_price", "flags"),
    [
        ("0.40", "0.60", NONE),
        # 0.10 + 0.20 is below the floor
        ("0.10", "0.35", NONE),
        ("-0.50", "0.35", NONE),
        # the fallback too
        (None, "0.35", frozenset({Flag.SPOT_MISSING})),
    ],
)
def test_a_kwh_costs_at_least_the_floor(
    market: str | None, unit_price: str, flags: frozenset[Flag]
) -> None:
    found = spot_lines(energy("0.20", spot=DK1), market, charge(60, 1000))

    assert [line.unit_price for line in found.lines] == [Decimal(unit_price)]
    assert told(found) == (Fraction(unit_price), flags)


def test_a_missing_price_of_no_energy_is_not_missed() -> None:
    found = spot_lines(energy("0.20", spot=DK1), "0.40", charge(60, 1000), idle(180))

    assert told(found) == (Fraction("0.6"), NONE)


# Caps.


def cap(dimension: Dimension, amount: str, per: CapPeriod = CapPeriod.SESSION) -> Cap:
    return Cap(dimension=dimension, amount=Decimal(amount), per=per)


def test_a_cap_lowers_each_rate_of_its_dimension_alike() -> None:
    """3.00 at 25 % and 1.00 at 10 %, at most 2.00: half of each."""
    terms = tariff(
        when(parking("1", "25"), max_idle_s=3 * 3600),
        parking("1", "10"),
        flat("7", "19"),
        caps=(cap(Dimension.PARKING_TIME, "2"),),
    )

    found = priced(terms, idle(240))

    assert lines(found, LineKind.CAP) == [
        ("25", Fraction("-1.5"), Fraction("-0.375")),
        ("10", Fraction("-0.5"), Fraction("-0.05")),
    ]


def test_caps_of_days_come_before_that_of_the_session() -> None:
    """12 h on the first day, 24 on the second: 5 each, then 8 for all; in either order."""
    day = cap(Dimension.PARKING_TIME, "5", CapPeriod.DAY)
    whole = cap(Dimension.PARKING_TIME, "8")
    for caps in ((day, whole), (whole, day)):
        found = priced(tariff(parking("1"), caps=caps), idle(36 * 60))

        assert lines(found, LineKind.CAP) == [("None", -26, 0), ("None", -2, 0)]
        assert found.net == 8


def test_what_a_step_added_belongs_to_the_last_priced_day() -> None:
    """23:00 to 00:10, in half hours: 60 min, then 10 → 30 min; each day has its cap of 0.45."""
    caps = (cap(Dimension.TIME, "0.45", CapPeriod.DAY),)
    charging = session("2026-06-01 23:00", charge(70))

    found = price(tariff(hour("1", step=1800), caps=caps), charging, COPENHAGEN)

    assert lines(found, LineKind.CAP) == [("None", Fraction("-0.6"), 0)]
    assert found.net == Fraction("0.9")


def test_reserved_time_is_not_capped() -> None:
    terms = tariff(
        when(hour("6"), reservation=WHILE_RESERVED),
        hour("3"),
        caps=(cap(Dimension.TIME, "1"),),
    )

    assert priced(terms, reserve(60), charge(60)).net == 7


# Limits of the total.


def test_limits_of_net_and_gross_lift_net_and_tax_each_in_its_proportion() -> None:
    """1.00 at 20 % and 3.00 at 10 %; 8.00 net is twice, 1.50 of VAT three times as much."""
    limit = PriceLimit(net=Decimal(8), gross=Decimal("9.5"))

    found = priced(tariff(flat("1", "20"), energy("3", "10"), min_price=limit), charge(60, 1000))

    assert lines(found, LineKind.MIN_PRICE) == [
        ("20", 1, Fraction("0.4")),
        ("10", 3, Fraction("0.6")),
    ]
    assert (found.net, found.gross) == (Fraction(8), Fraction("9.5"))


def test_a_minimum_of_nothing_is_at_the_first_component_s_rate() -> None:
    terms = tariff(energy("1", "10"), flat("0", "20"), min_price=PriceLimit(gross=Decimal("1.10")))

    found = priced(terms, charge(60))

    assert lines(found, LineKind.MIN_PRICE) == [("10", 1, Fraction("0.1"))]


def test_the_maximum_comes_after_the_minimum() -> None:
    terms = tariff(
        energy("1", "10"),
        min_price=PriceLimit(net=Decimal(5)),
        max_price=PriceLimit(net=Decimal(4)),
    )

    found = priced(terms, charge(60, 1000))

    assert [(line.kind, line.net) for line in found.lines] == [
        (LineKind.ENERGY, Fraction(1)),
        (LineKind.MIN_PRICE, Fraction(4)),
        (LineKind.MAX_PRICE, Fraction(-1)),
    ]


# The calendar.


def test_a_season_that_ends_where_it_starts_is_the_year() -> None:
    terms = tariff(when(hour("2"), season_start=(6, 1), season_end=(6, 1)), hour("1"))

    assert priced(terms, charge(60)).net == 2
