"""Worked cases of OCPI and of docs/algorithms/pricing.md, by their numbers there, in exact form."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import pytest

from tariffs.pricing import price, rounded
from tariffs.pricing.charging import Charging
from tariffs.pricing.result import LineKind
from tariffs.pricing.terms import PriceLimit, ReservationRule, Terms
from tests.tariffs.build import (
    COPENHAGEN,
    Part,
    charge,
    energy,
    flat,
    hour,
    idle,
    parking,
    reserve,
    session,
    tariff,
    when,
)
from tests.tariffs.oracle import expected_price


class Case(NamedTuple):
    """Exact totals as fractions; minor units of the rounded ones."""

    number: str
    terms: Terms
    charging: Charging
    net: str
    gross: str
    net_minor: int
    gross_minor: int


MONDAY, SATURDAY, SUNDAY = "2026-06-01", "2026-06-06", "2026-06-07"
WORKDAYS, WEEKEND = frozenset(range(5)), frozenset({5, 6})
SIMPLE = tariff(energy("0.25", "10"))
LIMITED = tariff(
    energy("0.25", "10"), min_price=PriceLimit(net=Decimal("0.50"), gross=Decimal("0.55"))
)
COMPLEX = tariff(
    flat("2.50", "15"),
    when(hour("1.00", "20", step=900), max_current_ma=32_000),
    when(hour("2.00", "20", step=600), min_current_ma=32_000, days=WORKDAYS),
    when(hour("1.25", "20", step=600), min_current_ma=32_000, days=WEEKEND),
    when(
        parking("5.00", "10", step=300),
        days=WORKDAYS,
        start_minute=9 * 60,
        end_minute=18 * 60,
    ),
    when(
        parking("6.00", "10", step=300),
        days=frozenset({5}),
        start_minute=10 * 60,
        end_minute=17 * 60,
    ),
)
RESERVED = tariff(
    when(hour("5.00", "20", step=60), reservation=ReservationRule.RESERVATION),
    flat("0.50", "20"),
    energy("0.25", "10"),
)
LAPSING = tariff(
    when(flat("4.00", "20"), reservation=ReservationRule.EXPIRES),
    when(hour("2.00", "20", step=600), reservation=ReservationRule.RESERVATION),
    flat("0.50", "20"),
    energy("0.25", "10"),
)
STEPS = tariff(
    when(hour("1.20", step=1800), parking("1.00", step=900), start_minute=0, end_minute=17 * 60),
    when(
        hour("2.40", step=900), parking("1.00", step=900), start_minute=17 * 60, end_minute=20 * 60
    ),
    when(hour("2.40", step=900), start_minute=20 * 60, end_minute=0),
)
BY_DURATION = tariff(
    when(energy("0", "20"), max_duration_s=1800),
    when(energy("0.25", "20"), max_duration_s=3600),
    energy("0.40", "20"),
)
EVENING = tariff(
    when(energy("0.20", step=500), end_minute=17 * 60),
    when(energy("0.27", step=500), start_minute=17 * 60),
)
BIG_STEPS = tariff(
    when(energy("2.00", step=8000), end_minute=17 * 60),
    when(energy("2.00", step=5000), start_minute=17 * 60),
)
FREE_FIRST = tariff(when(parking("0"), max_duration_s=1800), parking("3.00"))


def noon(*parts: Part) -> Charging:
    return session(f"{MONDAY} 12:00", *parts)


CASES = [
    Case("1", SIMPLE, noon(charge(60, 20_000)), "5", "5.5", 500, 550),
    Case(
        "2",
        tariff(energy("0.25", "10"), flat("0.50", "20")),
        noon(charge(60, 20_000)),
        "5.5",
        "6.1",
        550,
        610,
    ),
    Case("3, above", LIMITED, noon(charge(60, 20_000)), "5", "5.5", 500, 550),
    Case("3, below", LIMITED, noon(charge(60, 1_200)), "0.5", "0.55", 50, 55),
    Case(
        "4",
        tariff(flat("0.50", "20"), energy("0.25", "10"), parking("2.00", "20", step=900)),
        noon(charge(60, 20_000), idle(40)),
        "7",
        "7.9",
        700,
        790,
    ),
    Case("6", tariff(hour("2.00", "10", step=60)), noon(charge(150)), "5", "5.5", 500, 550),
    Case(
        "7",
        tariff(hour("3.00", "10", step=60), parking("5.00", "20", step=300)),
        noon(charge(150), idle(42)),
        "11.25",
        "12.75",
        1125,
        1275,
    ),
    Case("8", tariff(hour("1.90", "5.2", step=300)), noon(charge(150)), "4.75", "4.997", 475, 500),
    Case(
        "10",
        COMPLEX,
        session(f"{MONDAY} 09:30", charge(165, 9_000, current_ma=16_000), idle(42, current_ma=0)),
        "9",
        "10.3",
        900,
        # 2.50 + 15 %, 2.75 + 20 %, 3.75 + 10 %: taxes of 0.38, 0.55, 0.38
        1031,
    ),
    Case(
        "10, Saturday, 32 A and more",
        COMPLEX,
        session(
            f"{SATURDAY} 09:30", charge(165, 60_000, current_ma=32_000), idle(42, current_ma=0)
        ),
        # 2.50, 165 min at 1.25, 42 → 45 min at 6.00
        "10.4375",
        "11.95",
        1044,
        1196,
    ),
    Case(
        "10, Sunday: standing is free and the charging before it is rounded",
        COMPLEX,
        session(f"{SUNDAY} 09:30", charge(165, 60_000, current_ma=40_000), idle(42, current_ma=0)),
        # 2.50, 165 → 170 min at 1.25
        str(Fraction(5, 2) + Fraction(170 * 125, 6000)),
        str(Fraction(23, 8) + Fraction(170 * 125, 6000) * Fraction(6, 5)),
        604,
        713,
    ),
    Case("12", RESERVED, noon(reserve(15), charge(60, 20_000)), "6.75", "7.6", 675, 760),
    Case("14", LAPSING, noon(reserve(22), charge(60, 20_000)), "6.5", "7.3", 650, 730),
    Case(
        "15", LAPSING, session(f"{MONDAY} 12:00", reserve(60), expired=True), "6", "7.2", 600, 720
    ),
    Case(
        "18",
        STEPS,
        session(f"{MONDAY} 16:55", charge(10), idle(2)),
        "0.55",
        "0.55",
        55,
        55,
    ),
    Case("19", STEPS, session(f"{MONDAY} 16:35", charge(35)), "1.3", "1.3", 130, 130),
    Case("22", BY_DURATION, noon(charge(30, 5_000), charge(10, 1_200)), "0.3", "0.36", 30, 36),
    Case(
        "23",
        tariff(hour("2.00", "10", step=300)),
        # 1.973 h
        noon(charge(118)._replace(seconds=7103)),
        "4",
        "4.4",
        400,
        440,
    ),
    Case(
        "25",
        EVENING,
        session(f"{MONDAY} 16:30", charge(30, 4_300), charge(20, 1_100)),
        "1.184",
        "1.184",
        118,
        118,
    ),
    Case(
        "27",
        tariff(hour("1.00", step=600), parking("2.00", step=600)),
        noon(charge(21), idle(16)),
        "61/60",
        "61/60",
        102,
        102,
    ),
    Case(
        "flat once over several periods",
        tariff(flat("1.50", "25")),
        noon(charge(10, 1000), idle(5), charge(10, 2000), idle(5)),
        "1.5",
        "1.875",
        150,
        188,
    ),
    Case(
        "the last step counts",
        BIG_STEPS,
        session(f"{MONDAY} 16:00", charge(60, 5_000), charge(60, 7_000)),
        "30",
        "30",
        3000,
        3000,
    ),
    Case("half an hour free", FREE_FIRST, noon(idle(30), idle(15)), "0.75", "0.75", 75, 75),
    Case("half an hour free, in one period", FREE_FIRST, noon(idle(45)), "0.75", "0.75", 75, 75),
]


@pytest.mark.parametrize("case", CASES, ids=[case.number for case in CASES])
def test_exact(case: Case) -> None:
    found = price(case.terms, case.charging, COPENHAGEN)

    assert (found.net, found.gross) == (Fraction(case.net), Fraction(case.gross))
    assert found.flags == frozenset()


@pytest.mark.parametrize("case", CASES, ids=[case.number for case in CASES])
def test_rounded(case: Case) -> None:
    shown = rounded(price(case.terms, case.charging, COPENHAGEN))

    assert (shown.net_minor, shown.gross_minor) == (case.net_minor, case.gross_minor)


@pytest.mark.parametrize("case", CASES, ids=[case.number for case in CASES])
def test_oracle_agrees(case: Case) -> None:
    found = expected_price(case.terms, case.charging, COPENHAGEN)

    assert (found.net, found.net + found.tax) == (Fraction(case.net), Fraction(case.gross))
    assert found.flags == set()


def test_lines_of_a_step() -> None:
    """Case 18: five minutes at each price and the standing rounded up, not the charging."""
    case = next(case for case in CASES if case.number == "18")

    lines = price(case.terms, case.charging, COPENHAGEN).lines

    assert [(line.kind, line.element, line.quantity, line.added) for line in lines] == [
        (LineKind.TIME, 0, 300, 0),
        (LineKind.TIME, 1, 300, 0),
        (LineKind.PARKING_TIME, 1, 900, 780),
    ]
    assert [line.net for line in lines] == [Fraction(1, 10), Fraction(1, 5), Fraction(1, 4)]


def test_minimum_is_a_line_of_its_own() -> None:
    case = next(case for case in CASES if case.number == "3, below")

    energy_line, minimum = price(case.terms, case.charging, COPENHAGEN).lines

    assert (energy_line.kind, energy_line.net, energy_line.gross) == (
        LineKind.ENERGY,
        Fraction("0.3"),
        Fraction("0.33"),
    )
    assert (minimum.kind, minimum.net, minimum.gross) == (
        LineKind.MIN_PRICE,
        Fraction("0.2"),
        Fraction("0.22"),
    )
    assert (minimum.element, minimum.quantity, minimum.vat) == (None, 0, Decimal(10))
