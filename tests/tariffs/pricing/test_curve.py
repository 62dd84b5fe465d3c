from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from tariffs.pricing import Component, Dimension, Element, Restrictions, Spot, Terms
from tariffs.pricing.curve import Curve, curve_of, monday_of

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Restrictions(start_minute=22 * 60, end_minute=6 * 60)
SHOP_HOURS = Restrictions(
    start_minute=8 * 60, end_minute=20 * 60, days=frozenset(range(5)), min_idle_s=1800
)


def energy(price: str, spot: Spot | None = None) -> Component:
    return Component(dimension=Dimension.ENERGY, price=Decimal(price), spot=spot)


def idle(price: str) -> Component:
    return Component(dimension=Dimension.PARKING_TIME, price=Decimal(price), per_seconds=60)


def drawn(*elements: Element, now: str = "2026-06-10T15:00:00+00:00", idle_s: int = 3600) -> Curve:
    monday = monday_of(datetime.fromisoformat(now), BERLIN)
    terms = Terms(currency="EUR", elements=elements)
    return curve_of(terms, monday, power_w=11_000, idle_s=idle_s)


def test_a_day_that_is_like_every_day() -> None:
    curve = drawn(
        Element(components=(energy("0.30"),), restrictions=NIGHT),
        Element(components=(energy("0.45"),)),
    )
    assert curve.is_daily
    assert curve.starts[0] == datetime(2026, 6, 8, tzinfo=BERLIN)
    assert curve.energy == (
        *[Fraction("0.3")] * 24,
        *[Fraction("0.45")] * 64,
        *[Fraction("0.3")] * 8,
    )
    assert curve.idle == (Fraction(0),) * 96


def test_a_week_whose_days_differ_in_a_night_when_clocks_change() -> None:
    shop = Element(components=(idle("0.10"),), restrictions=SHOP_HOURS)
    curve = drawn(Element(components=(energy("0.45"),)), shop, now="2026-03-25T12:00:00+00:00")
    weekday = [*[Fraction(0)] * 32, *[Fraction("0.1")] * 48, *[Fraction(0)] * 16]
    assert list(curve.idle) == [*weekday * 5, *[Fraction(0)] * 192]
    assert set(curve.energy) == {Fraction("0.45")}


def test_grace_and_bands_are_those_of_a_usual_session() -> None:
    shop = Element(components=(idle("0.10"),), restrictions=Restrictions(min_idle_s=1800))
    fast = Element(components=(energy("0.70"),), restrictions=Restrictions(min_peak_power_w=11_001))
    first = Element(components=(energy("0.10"),), restrictions=Restrictions(max_energy_wh=20_000))
    rest = Element(components=(energy("0.45"),))
    assert set(drawn(fast, first, rest, shop).energy) == {Fraction("0.45")}
    assert set(drawn(shop, idle_s=1799).idle) == {Fraction(0)}
    assert set(drawn(shop, idle_s=1800).idle) == {Fraction("0.1")}


def test_what_follows_a_market_has_no_price_of_its_own() -> None:
    curve = drawn(Element(components=(energy("0.05", Spot(area="DE")),)))
    assert curve.spot
    assert set(curve.energy) == {None}
