"""A session that is resumed costs what it costs from its start."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from chargers.domain.vocabulary import ChargingState
from tariffs.pricing import (
    Charging,
    Component,
    Dimension,
    Element,
    Restrictions,
    Terms,
    price,
)
from tariffs.pricing.checkpoints import Checkpoint, condensed, still_holds
from tariffs.pricing.condense import Condenser
from tariffs.pricing.evidence import Evidence, Reading, StateChange
from tariffs.pricing.timeline import charging_of

UTC = ZoneInfo("UTC")
TERMS = Terms(
    currency="EUR",
    elements=(
        Element(
            components=(
                Component(dimension=Dimension.ENERGY, price=Decimal("0.59")),
                Component(dimension=Dimension.TIME, price=Decimal("2.40")),
            ),
            restrictions=Restrictions(max_energy_wh=9_000, start_minute=7, min_power_w=2_000),
        ),
        Element(
            components=(
                Component(dimension=Dimension.ENERGY, price=Decimal("0.31")),
                Component(dimension=Dimension.PARKING_TIME, price=Decimal("6.00")),
            ),
        ),
    ),
)


def session(powers: list[int], *, every: int = 10) -> list[Reading]:
    """A reading every few seconds, each power for a hundred of them."""
    readings, register = [Reading(0, 1_000)], 1_000
    for index in range(len(powers) * 100):
        power = powers[index // 100]
        register += power * every // 3600 + (index % 3 == 0 and power > 0)
        readings.append(Reading((index + 1) * every, register, power, None, 50))
    return readings


def known_at(readings: list[Reading], until: int, **values: Any) -> Evidence:
    seen = [reading for reading in readings if reading.at <= until]
    energy_wh = (seen[-1].register_wh or 0) - 1_000
    return Evidence(
        started_at=0,
        ended_at=until,
        energy_wh=energy_wh,
        readings=seen,
        meter_start_wh=1_000,
        rated_power_w=22_000,
        **values,
    )


def swept(readings: list[Reading], every: int, **values: Any) -> tuple[Charging, list[int]]:
    """As the sweep sees it: each time from the last checkpoint on. Returns what was read, too."""
    condense, checkpoint, charging, read = Condenser(TERMS), None, Charging(periods=()), []
    for until in range(every, readings[-1].at + every, every):
        known = known_at(readings, until, **values)
        if checkpoint is not None and not still_holds(checkpoint, known, tariff="t"):
            checkpoint = None
        since = checkpoint.at if checkpoint is not None else 0
        known = replace(known, readings=[r for r in known.readings if r.at >= since])
        found = condensed(known, condense, tariff="t", checkpoint=checkpoint)
        charging = found.charging
        if found.checkpoint is not None:
            checkpoint = Checkpoint.of(found.checkpoint.document())
            assert checkpoint == found.checkpoint
        read.append(len(known.readings))
    return charging, read


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.sampled_from([0, 0, 50, 1_500, 7_400, 11_000, 21_000]), min_size=1, max_size=8),
    st.sampled_from([20, 130, 1_000]),
    st.lists(
        st.tuples(st.integers(0, 8_000), st.sampled_from(ChargingState)), max_size=3, unique=True
    ),
)
@example([0, 50], 20, [(0, ChargingState.EV_CONNECTED)])
@example([11_000, 0, 0], 20, [(0, ChargingState.EV_CONNECTED)])
def test_the_price_is_the_same(
    powers: list[int], every: int, told: list[tuple[int, ChargingState]]
) -> None:
    readings = session(powers)
    states = [StateChange(*change) for change in told]
    charging, _ = swept(readings, every, states=states)
    until = -(-readings[-1].at // every) * every
    whole = charging_of(known_at(readings, until, states=states)).charging
    exact, resumed = price(TERMS, whole, UTC), price(TERMS, charging, UTC)
    assert (resumed.net, resumed.flags) == (exact.net, exact.flags)


def test_a_long_session_is_not_read_from_its_start_each_time() -> None:
    charging, read = swept(session([11_000] * 20 + [0] * 20), 20)
    assert max(read) < 100
    assert len(charging.periods) < 130


def test_what_it_stands_on_is_looked_at() -> None:
    readings = session([11_000] * 3)
    known = known_at(readings, 3_000)
    checkpoint = condensed(known, Condenser(TERMS), tariff="t").checkpoint
    assert checkpoint is not None
    assert (checkpoint.at, checkpoint.register_wh) == (2_400, readings[240].register_wh)

    def holds(tariff: str = "t", **values: Any) -> bool:
        return still_holds(checkpoint, replace(known, **values), tariff=tariff)

    later = StateChange(2_500, ChargingState.EV_CONNECTED)
    assert holds()
    assert holds(ended_at=4_000)
    assert not holds(tariff="u")
    assert not holds(started_at=-1)
    assert not holds(meter_start_wh=999)
    assert not holds(reserved_from=-500)
    assert not holds(states=[StateChange(100, ChargingState.SUSPENDED_EV)])
    assert not holds(states=[later])
    assert not holds(energy_wh=100)


def test_a_session_of_which_something_is_odd_has_none() -> None:
    readings = session([11_000] * 3)
    backwards = [*readings[:50], Reading(505, 5), *readings[50:]]
    assert condensed(known_at(backwards, 3_000), Condenser(TERMS), tariff="t").checkpoint is None
    fewer = replace(known_at(readings, 3_000), energy_wh=1)
    assert condensed(fewer, Condenser(TERMS), tariff="t").checkpoint is None
