from __future__ import annotations

import pytest

from tariffs.pricing.faults import Severity, faults
from tariffs.pricing.terms import ReservationRule, Terms
from tests.tariffs.pricing.build import element, energy, flat, tariff, time

WEEKEND = frozenset({5, 6})
NIGHT = {"start_minute": 22 * 60, "end_minute": 6 * 60}


def told(terms: Terms) -> list[tuple[str, str, str]]:
    found = [f for f in faults(terms) if f.code not in {"gap", "nothing_priced", "no_grace"}]
    return [(f.severity.value, f.field, f.message) for f in found]


@pytest.mark.parametrize(
    "terms",
    [
        tariff(element(energy(), **NIGHT), element(energy("0.30"))),
        tariff(element(energy(), max_power_w=16), element(energy("0.3"), max_power_w=32)),
        tariff(element(energy(), days=WEEKEND), element(energy(), days=frozenset({0, 1}))),
        tariff(element(energy()), element(time())),
        tariff(
            element(time(), reservation=ReservationRule.EXPIRES),
            element(time("1"), reservation=ReservationRule.RESERVATION),
            element(time("2")),
        ),
        # idle time is never above the session's
        tariff(
            element(time(), max_duration_s=600), element(time(), min_idle_s=700), element(energy())
        ),
    ],
)
def test_an_order_that_says_something_is_no_fault(terms: Terms) -> None:
    assert told(terms) == []


@pytest.mark.parametrize(
    ("terms", "others"),
    [
        (tariff(element(energy()), element(energy("0.3"), **NIGHT)), "element 1"),
        (
            tariff(element(energy(), max_power_w=32), element(energy("1"), max_power_w=16)),
            "element 1",
        ),
        (
            tariff(element(time()), element(energy()), element(energy(), time(), days=WEEKEND)),
            "elements 1 and 2",
        ),
        (
            tariff(
                element(time(), reservation=ReservationRule.RESERVATION),
                element(energy()),
                element(time(), reservation=ReservationRule.EXPIRES),
            ),
            "element 1",
        ),
        (
            tariff(element(energy(), end_minute=0), element(energy(), end_minute=720)),
            "element 1",
        ),
    ],
)
def test_an_element_that_is_never_used_is_an_error(terms: Terms, others: str) -> None:
    last = len(terms.elements)
    verb = f"Element {last} is never used: {others} comes first and always applies when it does."
    assert told(terms) == [("error", f"elements[{last - 1}]", verb)]


def test_a_component_that_is_never_charged_is_a_warning() -> None:
    terms = tariff(element(energy()), element(energy("0.3"), flat(), **NIGHT))
    assert told(terms) == [
        (
            "warning",
            "elements[1].price_components[0]",
            "Energy of element 2 is never charged: element 1 comes first and always applies when it does.",
        )
    ]


def test_an_overlap_is_told_with_its_time_and_who_wins() -> None:
    terms = tariff(
        element(energy(), time(), **NIGHT),
        element(energy("0.2"), time("1"), days=WEEKEND, min_energy_wh=10_500),
        element(energy("0.3"), time("3")),
    )
    when = "on Sat\u2013Sun between 22:00 and 06:00, from 10.5 kWh"
    assert told(terms) == [
        (
            "warning",
            "elements[1]",
            f"Elements 1 and 2 both price {name} {when}; element 1, the earlier one, decides.",
        )
        for name in ("energy", "charging time")
    ]


def test_overlaps_are_listed_up_to_twenty() -> None:
    steps = [
        element(energy(), start_minute=60 * hour, end_minute=60 * hour + 90)
        for hour in range(12, 20)
    ]
    days = [element(energy(), days=frozenset({day})) for day in range(7)]
    found = [f.code for f in faults(tariff(*steps, *days)) if f.severity is Severity.WARNING]
    assert found.count("overlap") == 20
    assert found.count("overlaps_left_off") == 1
