from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Any

import pytest

from tariffs.pricing.faults import faults
from tariffs.pricing.faults.gaps import gap_faults
from tariffs.pricing.faults.region import axes_of
from tariffs.pricing.terms import Dimension, Element, ReservationRule, Terms
from tests.tariffs.pricing.build import component, element, energy, flat, parking, tariff, time

WORKDAYS, WEEKEND = frozenset(range(5)), frozenset({5, 6})
DAY = {"start_minute": 6 * 60, "end_minute": 22 * 60}


def gaps(terms: Terms) -> list[str]:
    return [found.message for found in faults(terms) if found.code.startswith("gap")]


@pytest.mark.parametrize(
    ("terms", "sentences"),
    [
        (tariff(element(energy())), []),
        (tariff(element(energy("0"), **DAY)), []),
        (tariff(element(energy(), **DAY), element(energy("0"))), []),
        (
            tariff(element(energy(), **DAY, days=WORKDAYS), element(energy(), days=WEEKEND)),
            ["Energy is free on Mon\u2013Fri between 22:00 and 06:00."],
        ),
        (
            tariff(element(energy(), days=frozenset({0, 2, 3}))),
            ["Energy is free on Tue and Fri\u2013Sun."],
        ),
        (
            tariff(
                element(energy(), start_minute=480, end_minute=720),
                element(energy(), start_minute=780, end_minute=0),
            ),
            ["Energy is free between 00:00 and 08:00 and between 12:00 and 13:00."],
        ),
        (tariff(element(energy(), min_energy_wh=5_000)), ["Energy is free below 5 kWh."]),
        (
            tariff(element(energy(), max_power_w=11_000), element(energy(), min_power_w=22_500)),
            ["Energy is free from 11 kW to 22.5 kW."],
        ),
        (
            tariff(element(energy(), time(), max_duration_s=7200)),
            [
                "Energy is free from 2 h of the session.",
                "Charging time is free from 2 h of the session.",
            ],
        ),
        (
            tariff(element(energy(), season_start=(3, 1), season_end=(12, 1))),
            ["Energy is free from 1 Dec to 29 Feb each year."],
        ),
        (
            tariff(element(energy(), start_date=date(2026, 1, 1), end_date=date(2027, 1, 1))),
            ["Energy is free until 2025-12-31 and from 2027-01-01."],
        ),
        (
            tariff(element(energy(), max_current_ma=32_000, max_peak_power_w=50_000)),
            ["Energy is free from 32 A.", "Energy is free below 32 A, from 50 kW of peak power."],
        ),
    ],
)
def test_a_gap_is_told_in_words(terms: Terms, sentences: list[str]) -> None:
    assert sorted(gaps(terms)) == sorted(sentences)


def test_what_cannot_happen_is_no_gap() -> None:
    july = {"start_date": date(2026, 7, 1), "end_date": date(2026, 8, 1)}
    terms = tariff(
        element(energy(), season_start=(6, 1), season_end=(9, 1), **july),
        element(energy(), end_date=date(2026, 7, 1)),
        element(energy(), start_date=date(2026, 8, 1)),
    )
    assert gaps(terms) == []
    # 7 July 2026 is a Tuesday
    terms = tariff(
        element(energy(), end_date=date(2026, 7, 7)),
        element(energy(), start_date=date(2026, 7, 7), end_date=date(2026, 7, 8), days=frozenset({1})),
        element(energy(), start_date=date(2026, 7, 8)),
    )  # fmt: skip
    assert gaps(terms) == []


def test_free_parking_at_first_is_a_grace_and_no_gap() -> None:
    assert gaps(tariff(element(energy()), element(parking(), min_idle_s=600))) == []
    terms = tariff(element(energy()), element(parking(), min_idle_s=600, max_idle_s=7200))
    assert gaps(terms) == ["Parking time is free from 2 h of idle time."]


def test_a_fee_after_some_minutes_is_no_gap_but_one_of_working_days_is() -> None:
    assert gaps(tariff(element(energy()), element(flat(), min_duration_s=600))) == []
    terms = tariff(element(energy()), element(flat(), days=WORKDAYS))
    assert gaps(terms) == ["The fee per session is free on Sat\u2013Sun."]


def test_reservations_fill_no_gap_of_sessions() -> None:
    reserved = element(time(), reservation=ReservationRule.RESERVATION)
    assert gaps(tariff(element(energy()), reserved)) == []
    terms = tariff(element(energy(), time(), days=WORKDAYS), reserved, element(energy()))
    assert gaps(terms) == ["Charging time is free on Sat\u2013Sun."]


@pytest.mark.parametrize(
    ("elements", "is_told"),
    [
        ([element(parking())], True),
        ([element(parking(), max_idle_s=60)], True),
        ([element(parking("0"), max_idle_s=600), element(parking())], False),
        ([element(parking("0"), max_idle_s=600, **DAY), element(parking())], True),
        ([element(parking("0"), max_idle_s=600), element(parking(), **DAY)], False),
        ([element(parking(), min_idle_s=1)], False),
        ([element(parking("0"))], False),
    ],
)
def test_a_parking_fee_without_grace(elements: list[Element], is_told: bool) -> None:
    codes = [found.code for found in faults(tariff(element(energy()), *elements))]
    assert codes.count("no_grace") == int(is_told)


def test_a_grid_that_is_too_large_is_said_to_be_so() -> None:
    source = random.Random(5)
    names = ("energy_wh", "duration_s", "power_w", "current_ma", "peak_power_w")
    elements = [element(energy("0.5"), **_any_box(source, names, 10**6)) for _ in range(100)]
    codes = {found.code for found in faults(tariff(*elements))}
    assert "gaps_not_analysed" in codes
    assert "gap" not in codes


def _any_box(source: random.Random, names: tuple[str, ...], most: int) -> dict[str, Any]:
    box: dict[str, Any] = {}
    for name in names:
        low, high = sorted(source.sample(range(most), 2))
        box |= {f"min_{name}": low, f"max_{name}": high}
    return box


@pytest.mark.parametrize("seed", range(60))
def test_there_is_a_gap_exactly_when_a_cell_of_the_full_grid_is_free(seed: int) -> None:
    """Against every cell of a small grid, looked at one by one."""
    source = random.Random(seed)
    elements = [element(energy(), **_few(source)) for _ in range(source.randrange(1, 6))]
    axes = axes_of(elements)
    found = [fault.message for fault in gap_faults(elements, axes)]
    assert bool(found) == any(not _is_priced(elements, *cell) for cell in _cells())


def _few(source: random.Random) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if source.random() < 0.5:
        given["days"] = frozenset(source.sample(range(7), source.randrange(3, 7)))
    if source.random() < 0.5:
        given["start_minute"], given["end_minute"] = source.sample(range(0, 1440, 360), 2)
    for name in ("energy_wh", "power_w"):
        low, high = source.choice([(None, None), (None, 2), (2, None), (1, 3), (None, 3)])
        given |= {f"min_{name}": low, f"max_{name}": high}
    return given


def _cells() -> Iterator[tuple[int, int, int, int]]:
    return product(range(7), range(0, 1440, 360), range(5), range(5))


def _is_priced(elements: list[Element], day: int, minute: int, energy: int, power: int) -> bool:
    for each in elements:
        given = each.restrictions
        start, end = given.start_minute or 0, given.end_minute or 1440
        is_on = start <= minute < end if start < end else minute >= start or minute < end
        if (
            is_on
            and (not given.days or day in given.days)
            and (given.min_energy_wh or 0) <= energy < (given.max_energy_wh or 99)
            and (given.min_power_w or 0) <= power < (given.max_power_w or 99)
        ):
            return True
    return False


def test_dimensions_have_gaps_of_their_own() -> None:
    terms = tariff(element(component(Dimension.TIME, "1"), **DAY), element(energy(), days=WORKDAYS))
    assert gaps(terms) == [
        "Energy is free on Sat\u2013Sun.",
        "Charging time is free between 22:00 and 06:00.",
    ]
