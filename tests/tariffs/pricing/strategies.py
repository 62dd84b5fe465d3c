"""Hypothesis strategies: any terms that a document can say, sensible or not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from tariffs.pricing.charging import Charging, Period, State
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

prices = st.decimals(
    min_value=-999_999, max_value=999_999_999, places=6, allow_nan=False, allow_infinity=False
) | st.sampled_from([Decimal("0.250"), Decimal("1E+2"), Decimal("-0"), Decimal("0.40")])
maybe_price = st.none() | prices
minutes = st.none() | st.integers(0, 1439)
seconds = st.none() | st.integers(0, 2**31 - 1)
thousandths = st.none() | st.integers(0, 10**9)
days_of_year = st.none() | st.tuples(st.integers(1, 12), st.integers(1, 31))
dates = st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1))

restrictions = st.builds(
    Restrictions,
    start_minute=minutes,
    end_minute=minutes,
    start_date=dates,
    end_date=dates,
    season_start=days_of_year,
    season_end=days_of_year,
    days=st.frozensets(st.integers(0, 6)),
    **{
        f"{end}_{name}": thousandths
        for name in ("energy_wh", "current_ma", "power_w", "peak_power_w", "average_power_w")
        for end in ("min", "max")
    },
    **{f"{end}_{name}_s": seconds for name in ("duration", "idle") for end in ("min", "max")},
    reservation=st.none() | st.sampled_from(ReservationRule),
)
spots = st.builds(
    Spot,
    area=st.sampled_from(["DK1", "10YFI-1--------U"]),
    slot_minutes=st.sampled_from([15, 30, 60]),
    factor=prices,
    fallback=prices,
    floor=maybe_price,
)
components = st.builds(
    Component,
    dimension=st.sampled_from(Dimension),
    price=prices,
    vat=maybe_price,
    step_size=st.integers(0, 10_000),
    per_seconds=st.sampled_from([3600, 60, 900, 1]),
    spot=st.none() | spots,
)
limits = st.none() | st.builds(PriceLimit, net=maybe_price, gross=maybe_price)
elements = st.builds(
    Element,
    components=st.lists(components, max_size=3).map(tuple),
    restrictions=st.just(Restrictions()) | restrictions,
)
terms = st.builds(
    Terms,
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
    elements=st.lists(elements, max_size=4).map(tuple),
    tax_included=st.booleans(),
    min_price=limits,
    max_price=limits,
    caps=st.lists(
        st.builds(
            Cap,
            dimension=st.sampled_from(Dimension),
            amount=prices,
            per=st.sampled_from(CapPeriod),
        ),
        max_size=2,
    ).map(tuple),
)
chargings = st.builds(
    Charging,
    periods=st.lists(
        st.builds(
            Period,
            start=st.integers(0, 2**40),
            end=st.integers(0, 2**40),
            energy_wh=st.integers(0, 10**9),
            state=st.sampled_from(State),
            power_w=st.none() | st.integers(0, 10**6),
            current_ma=st.none() | st.integers(0, 10**6),
        ),
        max_size=4,
    ).map(tuple),
    reservation_expired=st.booleans(),
)
