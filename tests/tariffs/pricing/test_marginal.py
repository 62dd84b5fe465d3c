from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tariffs.pricing import (
    Cap,
    Component,
    Dimension,
    Element,
    PriceLimit,
    Restrictions,
    Spot,
    Terms,
)
from tariffs.pricing.marginal import Marginal, Shape, marginal, of_session

_ZONE = ZoneInfo("Europe/Copenhagen")
_NOON = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
_SHAPE = Shape(energy_wh=22_000, charging_s=7_200, idle_s=1_800, power_w=11_000)


def _component(dimension: str, price: str, **values: Any) -> Component:
    return Component(
        dimension=Dimension(dimension), price=Decimal(price), vat=Decimal(25), **values
    )


def _terms(*elements: tuple[Component, Restrictions], **values: Any) -> Terms:
    return Terms(
        currency="EUR",
        elements=tuple(
            Element(components=(component,), restrictions=restrictions)
            for component, restrictions in elements
        ),
        **values,
    )


def _ask(terms: Terms, shape: Shape = _SHAPE, hours: int = 0, **values: Any) -> Marginal:
    at = int((_NOON + timedelta(hours=hours)).timestamp())
    return marginal(of_session(terms, shape), shape, at, _ZONE, **values)


_ANY = Restrictions()
_PLAIN = _terms(
    (_component("ENERGY", "0.40", step_size=500), _ANY),
    (_component("TIME", "1.20", step_size=900), _ANY),
    (_component("PARKING_TIME", "6", step_size=3600), Restrictions(min_idle_s=1_800)),
    (_component("FLAT", "1"), _ANY),
)


def test_the_next_units_are_gross_and_without_steps() -> None:
    found = _ask(_PLAIN)
    assert found == Marginal(kwh=Fraction(1, 2), minute=Fraction(1, 40), idle_minute=Fraction(1, 8))


def test_an_idle_minute_within_the_grace_period_is_free() -> None:
    assert _ask(_PLAIN, replace(_SHAPE, idle_s=1_740)).idle_minute == 0
    assert _ask(_PLAIN, replace(_SHAPE, idle_s=1_770)).idle_minute == Fraction(1, 16)


def test_limits_and_caps_of_the_session_are_left_out() -> None:
    limited = replace(
        _PLAIN,
        min_price=PriceLimit(gross=Decimal(50)),
        max_price=PriceLimit(gross=Decimal("0.01")),
        caps=(Cap(dimension=Dimension.PARKING_TIME, amount=Decimal(0)),),
    )
    assert _ask(limited) == _ask(_PLAIN)


def test_the_hour_of_the_site_counts() -> None:
    night = Restrictions(start_minute=22 * 60, end_minute=6 * 60)
    terms = _terms((_component("ENERGY", "0.16"), night), (_component("ENERGY", "0.40"), _ANY))
    assert [_ask(terms, hours=hours).kwh for hours in (0, 9, 10, 17, 18)] == [
        Fraction(1, 2), Fraction(1, 2), Fraction(1, 5), Fraction(1, 5), Fraction(1, 2),
    ]  # fmt: skip


def test_spot_prices_count_by_slot() -> None:
    terms = _terms((_component("ENERGY", "0.10", spot=Spot(area="DK1")), _ANY))
    spot = {("DK1", 60, int(_NOON.timestamp())): Decimal("0.30")}
    assert _ask(terms, spot=spot).kwh == Fraction(1, 2)
    assert _ask(terms, hours=1, spot=spot).kwh == 0


@pytest.mark.parametrize(
    ("power_w", "kwh"),
    [(10_999, Fraction(1, 4)), (11_000, Fraction(1, 2)), (None, Fraction(0))],
)
@pytest.mark.parametrize("band", ["peak", "average"])
def test_bands_of_the_whole_session_are_decided_by_its_shape(
    band: str, power_w: int | None, kwh: Fraction
) -> None:
    bands = {
        "peak": (Restrictions(max_peak_power_w=11_000), Restrictions(min_peak_power_w=11_000)),
        "average": (
            Restrictions(max_average_power_w=11_000),
            Restrictions(min_average_power_w=11_000),
        ),
    }
    low, high = bands[band]
    terms = _terms((_component("ENERGY", "0.20"), low), (_component("ENERGY", "0.40"), high))
    shape = Shape(
        energy_wh=0 if power_w is None else power_w,
        charging_s=0 if power_w is None else 3_600,
        idle_s=600,
        power_w=power_w,
    )
    assert _ask(terms, shape).kwh == kwh


def test_the_power_of_the_session_counts() -> None:
    fast = Restrictions(min_power_w=50_000)
    terms = _terms((_component("ENERGY", "0.80"), fast), (_component("ENERGY", "0.40"), _ANY))
    assert _ask(terms).kwh == Fraction(1, 2)
    assert _ask(terms, replace(_SHAPE, power_w=50_000)).kwh == 1
