"""What the editor shows and reads back is what the tariff says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tariffs.forms.tariff import TariffForm, as_typed, filled_for
from tariffs.pricing.cards import cards_of, say_the_same, terms_of
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
from tests.tariffs.pricing.test_cards import some_terms

D = Decimal


def one(dimension: Dimension, price: str = "1", **values: object) -> Component:
    return Component(dimension=dimension, price=D(price), **values)  # type: ignore[arg-type]


def terms(*elements: Element, **values: object) -> Terms:
    return Terms(currency="EUR", elements=elements, **values)  # type: ignore[arg-type]


def element(component: Component, **conditions: object) -> Element:
    return Element(components=(component,), restrictions=Restrictions(**conditions))  # type: ignore[arg-type]


KWH = one(Dimension.ENERGY, "0.49", vat=D(19))
IDLE = one(Dimension.PARKING_TIME, "0.1", vat=D(19), per_seconds=60)
MINUTE = one(Dimension.TIME, "0.05", vat=D(19), per_seconds=60)
FEE = one(Dimension.FLAT, "1", vat=D(19))
SPOT = Spot(area="DK1", slot_minutes=15, factor=D("1.1"), fallback=D("0.4"), floor=None)

CASES = {
    "per kWh": terms(Element(components=(KWH,))),
    "several components of one element": terms(Element(components=(KWH, FEE, MINUTE, IDLE))),
    "fee after minutes": terms(element(FEE, min_duration_s=1800)),
    "fee after kWh": terms(element(FEE, min_energy_wh=2500)),
    "idle with grace, window and cap": terms(
        element(IDLE, min_idle_s=900, start_minute=480, end_minute=1320),
        caps=(
            Cap(dimension=Dimension.PARKING_TIME, amount=D(12)),
            Cap(dimension=Dimension.PARKING_TIME, amount=D(20), per=CapPeriod.DAY),
        ),
    ),
    "hour, weekday, dates, season": terms(
        element(one(Dimension.ENERGY, "0.3"), start_minute=1320, end_minute=360),
        element(one(Dimension.ENERGY, "0.4"), days=frozenset({5, 6})),
        element(one(Dimension.ENERGY, "0.2"), start_date=date(2026, 12, 24), end_date=date(2027, 1, 1)),
        element(one(Dimension.ENERGY, "0.5"), season_start=(11, 1), season_end=(3, 1)),
        element(one(Dimension.ENERGY, "0.6")),
    ),
    "the last day of February": terms(
        element(KWH, season_start=(2, 29), season_end=(3, 1)),
        element(KWH, season_start=(12, 1), season_end=(1, 1)),
    ),
    "steps by kWh and by duration": terms(
        element(one(Dimension.ENERGY, "0.3"), max_energy_wh=10_000),
        element(one(Dimension.ENERGY, "0.4"), min_energy_wh=10_000, max_energy_wh=30_000),
        element(one(Dimension.ENERGY, "0.5")),
        element(one(Dimension.TIME, "2"), min_duration_s=5400),
    ),
    "bands of peak power": terms(
        element(one(Dimension.TIME, "0.1", per_seconds=60), max_peak_power_w=50_000),
        element(one(Dimension.TIME, "0.2", per_seconds=60), min_peak_power_w=50_000, max_peak_power_w=150_000),
        element(one(Dimension.TIME, "0.3", per_seconds=60), min_peak_power_w=150_000),
    ),
    "bands of average power": terms(
        element(MINUTE, min_average_power_w=11_000),
    ),
    "power and current of OCPI": terms(
        element(one(Dimension.TIME, "1"), max_current_ma=32_000),
        element(one(Dimension.TIME, "2"), min_power_w=16_000),
    ),
    "free kWh and minutes": terms(
        element(one(Dimension.ENERGY, "0", vat=D(19)), max_energy_wh=5000),
        Element(components=(KWH,)),
        element(one(Dimension.TIME, "0", vat=D(19)), max_duration_s=900),
        Element(components=(MINUTE,)),
    ),
    "several rates of VAT": terms(
        Element(components=(KWH, one(Dimension.FLAT, vat=D("5.2")), one(Dimension.TIME))),
        tax_included=True,
    ),
    "another rate at night": terms(
        element(one(Dimension.ENERGY, "0.3", vat=None), start_minute=60),
        Element(components=(KWH,)),
    ),
    "steps of rounding": terms(
        element(one(Dimension.ENERGY, "0.3", step_size=1), start_minute=60),
        element(one(Dimension.ENERGY, "0.3", step_size=500)),
        element(one(Dimension.PARKING_TIME, "2", step_size=900)),
    ),
    "minimum and maximum": terms(
        Element(components=(KWH,)),
        min_price=PriceLimit(net=D("0.5"), gross=D("0.55")),
        max_price=PriceLimit(gross=D(80)),
    ),
    "reservation": terms(
        element(one(Dimension.FLAT, "4", vat=D(20)), reservation=ReservationRule.EXPIRES),
        element(
            one(Dimension.TIME, "2", vat=D(20), step_size=600),
            reservation=ReservationRule.RESERVATION,
        ),
        Element(components=(KWH,)),
    ),
    "spot": terms(
        element(one(Dimension.ENERGY, "0.3"), start_minute=60, end_minute=120),
        Element(components=(one(Dimension.ENERGY, "0.06", spot=SPOT),)),
    ),
    "45 seconds": terms(Element(components=(one(Dimension.TIME, "0.1", per_seconds=45),))),
}  # fmt: skip


@pytest.mark.parametrize("name", list(CASES))
def test_every_kind_of_price_opens_and_returns(name: str) -> None:
    filled = filled_for(CASES[name])
    assert filled is not None
    form = TariffForm(as_typed(filled, currency="EUR"), currency="EUR")
    assert form.is_valid(), form.errors
    assert say_the_same(terms_of(form.cards), CASES[name])


def test_whatever_opens_returns() -> None:
    opened = 0
    for tariff in some_terms(40):
        filled = filled_for(tariff)
        if filled is None:
            continue
        opened += 1
        form = TariffForm(as_typed(filled, currency="EUR"), currency="EUR")
        assert form.is_valid(), form.errors
        assert say_the_same(terms_of(form.cards), tariff)
    assert opened > 20


@pytest.mark.parametrize(
    "odd",
    [
        terms(element(one(Dimension.TIME), min_duration_s=100)),
        terms(element(one(Dimension.TIME), min_power_w=1, min_peak_power_w=1)),
    ],
    ids=["a third of a minute", "two kinds of power"],
)
def test_what_has_no_field_does_not_open(odd: Terms) -> None:
    assert cards_of(odd) is not None
    assert filled_for(odd) is None
