from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tariffs.pricing.faults import Fault, Severity, faults
from tariffs.pricing.terms import (
    Cap,
    CapPeriod,
    Dimension,
    Element,
    PriceLimit,
    ReservationRule,
    Spot,
    Terms,
)
from tests.tariffs.pricing.build import element, energy, flat, parking, tariff, time

RESERVED = ReservationRule.RESERVATION


def limit(net: str | None = None, gross: str | None = None) -> PriceLimit:
    return PriceLimit(
        net=None if net is None else Decimal(net), gross=None if gross is None else Decimal(gross)
    )


def cap(dimension: Dimension = Dimension.TIME, amount: str = "10") -> Cap:
    return Cap(dimension=dimension, amount=Decimal(amount), per=CapPeriod.DAY)


def spot(**values: object) -> Spot:
    return Spot(area="DK1", **values)  # type: ignore[arg-type]


def told(terms: Terms) -> list[tuple[str, str]]:
    return [(found.field, found.code) for found in faults(terms)]


@pytest.mark.parametrize(
    "terms",
    [
        tariff(element(energy())),
        tariff(element(energy(vat="20"), flat(vat="20"), time(vat="0"))),
        tariff(element(energy()), element(parking(), min_idle_s=600)),
        tariff(element(energy(), time("0"))),
        tariff(element(energy("-0.02", spot=spot()))),
        tariff(element(energy(spot=spot(floor=None, fallback=Decimal(-1))))),
        tariff(element(energy()), element(time(), flat("4"), reservation=RESERVED)),
        tariff(element(energy(), time(per_seconds=60, vat=None)), caps=(cap(),)),
        tariff(element(energy()), min_price=limit("1", "1.2"), max_price=limit("1", "1.2")),
        tariff(element(energy(), season_start=(12, 1), season_end=(2, 29)), element(energy())),
        tariff(element(energy()), currency="XCG"),
    ],
)
def test_nothing_is_wrong(terms: Terms) -> None:
    assert told(terms) == []


@pytest.mark.parametrize(
    ("terms", "field", "code"),
    [
        (tariff(element(energy()), currency="XXX"), "currency", "currency_unknown"),
        (tariff(), "elements", "no_elements"),
        (tariff(*[element(energy())] * 101), "elements", "too_many_elements"),
        (
            tariff(element(energy()), element()),
            "elements[1].price_components",
            "element_empty",
        ),
        (
            tariff(element(energy(), flat(), energy())),
            "elements[0].price_components",
            "component_twice",
        ),
        (
            tariff(element(flat(), energy("-0.01"))),
            "elements[0].price_components[1].price",
            "price_negative",
        ),
        (
            tariff(element(energy(vat="100.01"))),
            "elements[0].price_components[0].vat",
            "vat_range",
        ),
        (tariff(element(energy(vat="-1"))), "elements[0].price_components[0].vat", "vat_range"),
        (
            tariff(element(energy(step_size=-1))),
            "elements[0].price_components[0].step_size",
            "step_negative",
        ),
        (
            tariff(element(energy(), flat(step_size=2))),
            "elements[0].price_components[1].step_size",
            "flat_step",
        ),
        (
            tariff(element(energy(), flat(spot=spot()))),
            "elements[0].price_components[1].spot",
            "spot_not_energy",
        ),
        (
            tariff(element(energy(spot=spot(slot_minutes=45)))),
            "elements[0].price_components[0].spot.slot_minutes",
            "slot_minutes",
        ),
        (
            tariff(element(energy(spot=spot(factor=Decimal(-1))))),
            "elements[0].price_components[0].spot.factor",
            "factor_negative",
        ),
        (
            tariff(element(energy(spot=spot(fallback=Decimal("-0.1"))))),
            "elements[0].price_components[0].spot.fallback",
            "fallback_below_floor",
        ),
        (
            tariff(element(energy(), time(per_seconds=0))),
            "elements[0].price_components[1].per_seconds",
            "per_seconds",
        ),
        (
            tariff(element(energy(per_seconds=60))),
            "elements[0].price_components[0].per_seconds",
            "per_seconds_not_time",
        ),
        (
            tariff(element(energy(), min_energy_wh=-1)),
            "elements[0].restrictions.min_kwh",
            "limit_negative",
        ),
        (
            tariff(element(energy(), max_idle_s=-5)),
            "elements[0].restrictions.max_idle",
            "limit_negative",
        ),
        (
            tariff(element(energy(), min_power_w=11_000, max_power_w=11_000)),
            "elements[0].restrictions.max_power",
            "range_empty",
        ),
        (
            tariff(element(energy(), max_duration_s=0)),
            "elements[0].restrictions.max_duration",
            "range_empty",
        ),
        (
            tariff(element(energy(), start_date=date(2026, 2, 1), end_date=date(2026, 2, 1))),
            "elements[0].restrictions.end_date",
            "dates_empty",
        ),
        (
            tariff(element(energy(), season_start=(2, 30))),
            "elements[0].restrictions.season_start",
            "season_date",
        ),
        (
            tariff(element(energy(), season_start=(6, 1), season_end=(6, 1))),
            "elements[0].restrictions.season_end",
            "season_empty",
        ),
        (
            tariff(element(energy()), element(energy(), reservation=RESERVED)),
            "elements[1].price_components[0].type",
            "reserved_dimension",
        ),
        (
            tariff(element(energy()), element(time(), min_power_w=1, reservation=RESERVED)),
            "elements[1].restrictions.min_power",
            "reserved_restriction",
        ),
        (tariff(element(energy()), min_price=limit()), "min_price", "total_empty"),
        (
            tariff(element(energy()), max_price=limit("-1")),
            "max_price.excl_vat",
            "amount_negative",
        ),
        (
            tariff(element(energy()), max_price=limit("2", "1")),
            "max_price.incl_vat",
            "total_gross_below_net",
        ),
        (
            tariff(element(energy()), min_price=limit("2"), max_price=limit(None, "1")),
            "max_price",
            "totals_cross",
        ),
        (
            tariff(element(energy()), caps=(cap(Dimension.ENERGY),)),
            "caps[0].type",
            "cap_dimension",
        ),
        (tariff(element(energy()), caps=(cap(),)), "caps[0].type", "cap_nothing"),
        (
            tariff(element(energy()), element(time(), reservation=RESERVED), caps=(cap(),)),
            "caps[0].type",
            "cap_nothing",
        ),
        (
            tariff(element(time(vat="10"), max_duration_s=60), element(time(vat="20")), caps=(cap(),)),
            "caps[0].type",
            "cap_vat_differs",
        ),
        (tariff(element(time()), caps=(cap(amount="-1"),)), "caps[0].amount", "amount_negative"),
        (tariff(element(time()), caps=(cap(), cap())), "caps[1]", "cap_twice"),
    ],
)  # fmt: skip
def test_one_error_is_named_once(terms: Terms, field: str, code: str) -> None:
    (found,) = faults(terms)
    assert (found.field, found.code) == (field, code)
    assert found.severity is Severity.ERROR
    assert "{" not in found.message


@pytest.mark.parametrize(
    ("terms", "field", "code"),
    [
        (
            tariff(element(energy(), start_minute=60, end_minute=60)),
            "elements[0].restrictions.end_time",
            "all_day",
        ),
        (tariff(element(flat())), "elements", "nothing_priced"),
        (
            tariff(element(energy(vat="20"), flat())),
            "elements[0].price_components[1].vat",
            "vat_missing",
        ),
    ],
)
def test_one_warning_is_named_once(terms: Terms, field: str, code: str) -> None:
    (found,) = faults(terms)
    assert (found.field, found.code) == (field, code)
    assert found.severity is Severity.WARNING


def test_a_sentence_names_what_it_is_about() -> None:
    terms = tariff(element(energy(), min_duration_s=5400, max_duration_s=90))
    (found,) = faults(terms)
    assert found == Fault(
        field="elements[0].restrictions.max_duration",
        code="range_empty",
        params={"low": "1 h 30 min", "high": "1 min 30 s"},
    )
    assert found.message == (
        "Nothing is from 1 h 30 min to below 1 min 30 s: the maximum must be above the minimum."
    )


def test_errors_come_before_warnings_and_keep_elements_from_being_compared() -> None:
    terms = tariff(element(flat(vat="1"), time()), Element(components=()))
    assert told(terms) == [
        ("elements[1].price_components", "element_empty"),
        ("elements[0].price_components[1].vat", "vat_missing"),
    ]
