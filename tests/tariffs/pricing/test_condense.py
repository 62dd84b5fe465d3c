"""Joined periods cost what the single ones cost, to the last fraction."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tariffs.pricing.charging import Charging, Period, State
from tariffs.pricing.condense import Condenser
from tariffs.pricing.engine import price
from tariffs.pricing.terms import (
    Cap,
    CapPeriod,
    Component,
    Dimension,
    Element,
    PriceLimit,
    Restrictions,
    Spot,
    Terms,
)

# 2026-03-28 22:00 UTC, two hours before the night that has no 02:00 in Copenhagen
START = 1_774_735_200
ZONES = [ZoneInfo("Europe/Copenhagen"), ZoneInfo("Asia/Kathmandu"), ZoneInfo("UTC")]


def maybe(values: list[Any]) -> st.SearchStrategy[Any]:
    return st.none() | st.none() | st.sampled_from(values)


_restrictions = st.builds(
    Restrictions,
    start_minute=maybe([0, 7, 420, 1380, 1439]),
    end_minute=maybe([0, 22, 180, 1410]),
    start_date=maybe([date(2026, 3, 29)]),
    end_date=maybe([date(2026, 3, 29)]),
    season_start=maybe([(3, 29)]),
    days=st.sampled_from([frozenset(), frozenset({6})]),
    min_energy_wh=maybe([100, 500]),
    max_energy_wh=maybe([200, 1_000]),
    min_current_ma=maybe([10]),
    max_current_ma=maybe([20]),
    min_power_w=maybe([1_000]),
    max_power_w=maybe([1_000, 2_000]),
    min_duration_s=maybe([60, 1_000]),
    max_duration_s=maybe([1_000, 4_000]),
    min_idle_s=maybe([50]),
    max_idle_s=maybe([50, 500]),
    min_peak_power_w=maybe([2_000]),
    max_average_power_w=maybe([1_500]),
)
_components = st.builds(
    Component,
    dimension=st.sampled_from(Dimension),
    price=st.sampled_from([Decimal(0), Decimal("0.25"), Decimal("1.37")]),
    vat=st.sampled_from([None, Decimal(25)]),
    step_size=st.sampled_from([1, 60, 500]),
    per_seconds=st.sampled_from([60, 3600]),
)
_spot = st.builds(
    Component,
    dimension=st.just(Dimension.ENERGY),
    price=st.just(Decimal("0.10")),
    spot=st.builds(Spot, area=st.just("DK1"), slot_minutes=st.sampled_from([15, 30, 60])),
)
_terms = st.builds(
    Terms,
    currency=st.just("DKK"),
    elements=st.lists(
        st.builds(
            Element,
            components=st.lists(_components | _spot, min_size=1, max_size=3).map(tuple),
            restrictions=_restrictions,
        ),
        min_size=1,
        max_size=4,
    ).map(tuple),
    max_price=st.sampled_from([None, PriceLimit(gross=Decimal(3))]),
    caps=st.sampled_from(
        [(), (Cap(dimension=Dimension.PARKING_TIME, amount=Decimal(1), per=CapPeriod.DAY),)]
    ),
)
_stretches = st.lists(
    st.tuples(
        st.sampled_from([1, 10, 60, 300, 900, 1_800]),
        st.sampled_from([0, 0, 7, 100, 300]),
        st.sampled_from([State.CHARGING, State.CHARGING, State.IDLE, State.PAUSED]),
        st.sampled_from([None, 0, 999, 1_000, 1_500, 2_500]),
        st.sampled_from([None, 5, 10, 25]),
    ),
    max_size=25,
)
_SPOT = {
    ("DK1", minutes, START + slot * minutes * 60): Decimal(slot % 7) / 10
    for minutes in (15, 30, 60)
    for slot in range(-4, 60)
}


def charging(stretches: list[tuple[Any, ...]], at: int = START) -> list[Period]:
    periods = []
    for seconds, *rest in stretches:
        periods.append(Period(at, at + seconds, *rest))
        at += seconds
    return periods


@given(_terms, _stretches, st.sampled_from(ZONES), st.booleans(), st.integers(-400, 400))
def test_the_price_is_the_same(
    terms: Terms,
    stretches: list[tuple[Any, ...]],
    zone: ZoneInfo,
    reserved: bool,
    shift: int,
) -> None:
    periods = charging(stretches, START + shift)
    if reserved:
        periods.insert(0, Period(START + shift - 700, START + shift, 0, State.RESERVED))
    exact = price(terms, Charging(periods=tuple(periods)), zone, _SPOT)

    joined = Condenser(terms)(periods)

    again = price(terms, Charging(periods=tuple(joined)), zone, _SPOT)
    assert (again.net, again.tax, again.flags) == (exact.net, exact.tax, exact.flags)
    assert len(joined) <= len(periods)
    assert sum(p.energy_wh for p in joined) == sum(p.energy_wh for p in periods)


def per_kwh(**restrictions: Any) -> Terms:
    component = Component(dimension=Dimension.ENERGY, price=Decimal(3))
    first = Element(components=(component,), restrictions=Restrictions(**restrictions))
    return Terms(currency="DKK", elements=(first,))


def test_a_price_per_kwh_needs_one_period_a_state() -> None:
    periods = charging(
        [
            (10, 30, State.CHARGING, 10_800, 16_000),
            (10, 31, State.CHARGING, 11_200, 16_100),
            (60, 0, State.IDLE, 0, 0),
            (60, 1, State.IDLE, 0, 0),
        ]
    )
    assert Condenser(per_kwh())(periods) == [
        Period(START, START + 20, 61, State.CHARGING),
        Period(START + 20, START + 140, 1, State.IDLE),
    ]


def test_prices_by_the_clock_need_one_a_quarter() -> None:
    periods = charging([(10, 30, State.CHARGING, 10_800, None)] * 360)
    assert len(Condenser(per_kwh(start_minute=420))(periods)) == 4
    assert len(Condenser(per_kwh(start_minute=427))(periods)) == 8


def test_power_is_told_by_its_band() -> None:
    periods = charging([(10, 30, State.CHARGING, power, None) for power in (10_800, 11_200, 900)])
    assert [p[3:5] for p in Condenser(per_kwh(min_power_w=11_000))(periods)] == [
        (State.CHARGING, 10_999),
        (State.CHARGING, 11_000),
        (State.CHARGING, 10_999),
    ]


def test_joined_again_is_the_same() -> None:
    periods = charging([(10, 30, State.CHARGING, 10_800, None)] * 360)
    condense = Condenser(per_kwh(min_energy_wh=4_000))
    joined = condense(periods)
    assert len(joined) == 3
    assert condense(joined) == joined
    assert condense([*joined, *charging([(10, 30, State.CHARGING, 1, None)], joined[-1].end)]) == [
        *joined[:-1],
        joined[-1]._replace(end=joined[-1].end + 10, energy_wh=joined[-1].energy_wh + 30),
    ]
