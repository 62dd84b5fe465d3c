"""From readings and states to periods: the rules of docs/algorithms/pricing.md, one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargers.domain.vocabulary import ChargingState as Told
from tariffs.pricing.charging import Charging, Period, State
from tariffs.pricing.evidence import Evidence, Finding, IdleRule, Reading, Resumed, StateChange
from tariffs.pricing.timeline import charging_of, joined, lapsed_reservation, second_of

CHARGING, IDLE, PAUSED, RESERVED = State.CHARGING, State.IDLE, State.PAUSED, State.RESERVED
HOUR = 3600


def evidence(**values: Any) -> Evidence:
    """A session of an hour from second 0: 11 kWh by its registers, unless told otherwise."""
    known: dict[str, Any] = {
        "started_at": 0,
        "ended_at": HOUR,
        "energy_wh": 11_000,
        "meter_start_wh": 1_000,
        "meter_stop_wh": 12_000,
    }
    return Evidence(**{**known, **values})


def periods(**values: Any) -> list[tuple[Any, ...]]:
    return [tuple(period) for period in charging_of(evidence(**values)).charging.periods]


def findings(**values: Any) -> set[Finding]:
    return set(charging_of(evidence(**values)).findings)


def states(**values: Any) -> list[tuple[int, int, State]]:
    """Stretches of one state, whatever their energy."""
    stretches: list[tuple[int, int, State]] = []
    for start, end, _, state, *_ in periods(**values):
        if stretches and stretches[-1][2] is state:
            stretches[-1] = (stretches[-1][0], end, state)
        else:
            stretches.append((start, end, state))
    return stretches


def said(*changes: tuple[float, Told]) -> list[StateChange]:
    return [StateChange(*change) for change in changes]


# Energy ------------------------------------------------------------------------------------------


def test_start_and_stop_alone_are_one_period() -> None:
    assert periods() == [(0, HOUR, 11_000, CHARGING, 11_000, None)]
    assert findings() == {Finding.READINGS_MISSING}


def test_readings_cut_and_tell_where_the_energy_was() -> None:
    readings = [Reading(1200, 5_000), Reading(2400, 11_500, 19_000, 27_000, 60)]
    assert periods(readings=readings) == [
        (0, 1200, 4_000, CHARGING, 12_000, None),
        (1200, 2400, 6_500, CHARGING, 19_000, 27_000),
        (2400, HOUR, 500, CHARGING, 1_500, None),
    ]
    assert findings(readings=readings) == set()


def test_a_reading_without_register_cuts_and_the_energy_is_even_around_it() -> None:
    readings = [Reading(900, None, 10_000), Reading(1200, 5_000, 14_000), Reading(3000, 12_000)]
    assert [p[:3] for p in periods(readings=readings)] == [
        (0, 900, 3_000),
        (900, 1200, 1_000),
        (1200, 3000, 7_000),
        (3000, HOUR, 0),
    ]


def test_energy_of_a_stretch_with_a_pause_goes_to_its_charging_seconds() -> None:
    changes = said((0, Told.CHARGING), (1800, Told.SUSPENDED_EVSE))
    assert periods(states=changes) == [
        (0, 1800, 11_000, CHARGING, 22_000, None),
        (1800, HOUR, 0, PAUSED, 0, 0),
    ]


def test_energy_while_nothing_charges_is_even() -> None:
    changes = said((0, Told.CHARGING), (1200, Told.SUSPENDED_EV))
    readings = [Reading(1200, 11_000), Reading(2400, 11_000), Reading(3000, 12_000)]
    assert [p[:4] for p in periods(states=changes, readings=readings)] == [
        (0, 1200, 10_000, CHARGING),
        (1200, 2400, 0, IDLE),
        (2400, 3000, 1_000, IDLE),
        (3000, HOUR, 0, IDLE),
    ]


def test_the_difference_to_the_authoritative_energy_is_in_proportion() -> None:
    readings = [Reading(1200, 2_000), Reading(2400, 4_000), Reading(HOUR, 7_000)]
    # by the registers 1000 + 2000 + 3000; the session has 10 Wh more, and 10 = 1.67 + 3.33 + 5
    shown = periods(readings=readings, meter_stop_wh=7_000, energy_wh=6_010)
    assert [p[2] for p in shown] == [1_002, 2_003, 3_005]


def test_without_registers_energy_is_even_over_the_charging_time() -> None:
    changes = said((0, Told.CHARGING), (1000, Told.SUSPENDED_EV), (2600, Told.CHARGING))
    shown = periods(states=changes, meter_start_wh=None, meter_stop_wh=None, energy_wh=3_001)
    assert [(p[0], p[2], p[4]) for p in shown] == [
        (0, 1_501, 5_403),
        (1000, 0, 0),
        (2600, 1_500, 5_400),
    ]


def test_a_slip_of_the_register_is_skipped_and_told() -> None:
    readings = [Reading(600, 3_000), Reading(1200, 900), Reading(1800, 6_500)]
    shown = periods(readings=readings)
    assert [p[:3] for p in shown] == [
        (0, 600, 2_000),
        (600, 1800, 3_500),
        (1800, HOUR, 5_500),
    ]
    assert findings(readings=readings) == {Finding.ENERGY_BACKWARDS}


def test_a_register_faster_than_the_plug_is_a_slip() -> None:
    readings = [Reading(600, 3_000), Reading(1200, 4_000_000), Reading(1800, 6_500)]
    assert [p[2] for p in periods(readings=readings, rated_power_w=22_000)] == [
        2_000,
        3_500,
        5_500,
    ]
    assert findings(readings=readings, rated_power_w=22_000) == {Finding.ENERGY_BACKWARDS}


def test_a_meter_that_begins_anew_is_counted_on_from_there() -> None:
    readings = [Reading(600, 3_000), Reading(1200, 0), Reading(1800, 2_000), Reading(2400, 4_000)]
    shown = periods(readings=readings, meter_stop_wh=None, energy_wh=6_000)
    assert [(p[0], p[1], p[2]) for p in shown] == [
        (0, 600, 2_000),
        (600, 1200, 0),
        (1200, 2400, 4_000),
        (2400, HOUR, 0),
    ]
    assert findings(readings=readings, meter_stop_wh=None, energy_wh=6_000) == {
        Finding.ENERGY_BACKWARDS
    }


def test_readings_outside_of_the_session_are_not_its_own() -> None:
    readings = [Reading(-60, 500), Reading(HOUR + 1, 90_000)]
    assert periods(readings=readings) == periods()


def test_a_long_gap_is_even_its_power_an_average_and_it_is_told() -> None:
    readings = [Reading(60, 1_100, 6_000), Reading(1861, 6_100, 20_000)]
    shown = periods(readings=readings)
    assert shown[1] == (60, 1861, 5_000, CHARGING, 9_994, None)
    assert findings(readings=readings) == {Finding.READINGS_MISSING}
    exactly = [Reading(60, 1_100, 6_000), Reading(1860, 6_100, 20_000)]
    assert periods(readings=exactly)[1] == (60, 1860, 5_000, CHARGING, 20_000, None)
    assert findings(readings=exactly) == set()


def test_a_long_gap_without_energy_is_no_gap() -> None:
    changes = said((0, Told.CHARGING), (600, Told.SUSPENDED_EV))
    readings = [Reading(600, 12_000)]
    assert findings(states=changes, readings=readings) == set()


def test_a_running_session_has_its_last_power_until_the_next_reading() -> None:
    readings = [Reading(600, 3_000, 12_000), Reading(1200, 5_000)]
    assert periods(readings=readings, meter_stop_wh=None, energy_wh=4_000, ended_at=1500) == [
        (0, 1200, 4_000, CHARGING, 12_000, None),
        (1200, 1500, 0, CHARGING, 12_000, None),
    ]


# Time --------------------------------------------------------------------------------------------


def test_seconds_are_rounded_down() -> None:
    assert second_of(datetime(2026, 3, 14, 12, 0, 0, 999_999, UTC)) == 1_773_489_600
    assert second_of(datetime(1969, 12, 31, 23, 59, 59, 1, UTC)) == -1
    changes = said((0.2, Told.CHARGING), (600.9, Told.SUSPENDED_EV), (600.95, Told.CHARGING))
    assert states(states=changes) == [(0, HOUR, CHARGING)]


@pytest.mark.parametrize("ended_at", [0, -500])
def test_a_broken_clock_loses_no_energy(ended_at: int) -> None:
    assert periods(ended_at=ended_at) == [(0, 1, 11_000, CHARGING, None, None)]
    assert findings(ended_at=ended_at) == {Finding.CLOCK_BROKEN}


def test_a_session_without_time_and_energy_is_nothing() -> None:
    assert (periods(ended_at=0, energy_wh=0), findings(ended_at=0, energy_wh=0)) == ([], set())
    assert findings(ended_at=-1, energy_wh=0) == {Finding.CLOCK_BROKEN}


# What the station told ----------------------------------------------------------------------------


def test_words_of_the_station() -> None:
    changes = said(
        (0, Told.CHARGING),
        (600, Told.SUSPENDED_EVSE),
        (900, Told.CHARGING),
        (1800, Told.SUSPENDED_EV),
        (2400, Told.CHARGING),
        (3000, Told.EV_CONNECTED),
        (3300, Told.IDLE),
    )
    assert states(states=changes) == [
        (0, 600, CHARGING),
        (600, 900, PAUSED),
        (900, 1800, CHARGING),
        (1800, 2400, IDLE),
        (2400, 3000, CHARGING),
        (3000, 3300, IDLE),
        (3300, HOUR, PAUSED),
    ]


@pytest.mark.parametrize("word", [Told.EV_CONNECTED, Told.SUSPENDED_EV])
def test_a_vehicle_that_has_not_begun_is_waited_for_five_minutes(word: Told) -> None:
    assert states(states=said((0, word), (240, Told.CHARGING))) == [
        (0, 240, PAUSED),
        (240, HOUR, CHARGING),
    ]
    assert states(states=said((0, word), (1000, Told.CHARGING))) == [
        (0, 300, PAUSED),
        (300, 1000, IDLE),
        (1000, HOUR, CHARGING),
    ]


def test_a_state_from_before_the_start_holds_at_the_start() -> None:
    changes = said((-100, Told.EV_CONNECTED), (-20, Told.CHARGING), (1800, Told.EV_CONNECTED))
    assert states(states=changes) == [(0, 1800, CHARGING), (1800, HOUR, IDLE)]


def test_a_station_that_never_says_charging_though_it_charges_says_nothing() -> None:
    changes = said((0, Told.EV_CONNECTED))
    assert states(states=changes) == [(0, HOUR, CHARGING)]
    assert states(states=changes, energy_wh=0, meter_stop_wh=1_000) == [
        (0, 300, PAUSED),
        (300, HOUR, IDLE),
    ]


# Idle by the meter --------------------------------------------------------------------------------


def every_minute(*powers: tuple[int, int]) -> list[Reading]:
    """Readings of a power from a minute on until the next, registers to match."""
    readings, register = [], 1_000
    for minute in range(1, 61):
        power = next(p for since, p in reversed(powers) if since < minute)
        register += power // 60
        readings.append(Reading(minute * 60, register, power))
    return readings


def metered(readings: list[Reading], **values: Any) -> list[tuple[int, int, State]]:
    last = readings[-1].register_wh or 0
    return states(readings=readings, meter_stop_wh=last, energy_wh=last - 1_000, **values)


def test_below_the_threshold_for_the_window_is_idle_from_its_beginning() -> None:
    assert metered(every_minute((0, 6_000), (30, 99))) == [(0, 1800, CHARGING), (1800, HOUR, IDLE)]
    assert metered(every_minute((0, 6_000), (30, 100))) == [(0, HOUR, CHARGING)]


def test_a_short_break_is_charging_and_one_as_long_as_the_window_is_not() -> None:
    assert metered(every_minute((0, 6_000), (30, 0), (39, 6_000))) == [(0, HOUR, CHARGING)]
    assert metered(every_minute((0, 6_000), (30, 0), (40, 6_000))) == [
        (0, 1800, CHARGING),
        (1800, 2400, IDLE),
        (2400, HOUR, CHARGING),
    ]


def test_a_full_battery_that_takes_nothing_is_idle_at_once() -> None:
    readings = every_minute((0, 6_000), (30, 50), (33, 6_000))
    full = [r._replace(soc_percent=100 if r.at > 1800 else 90) for r in readings]
    assert metered(full) == [
        (0, 1800, CHARGING),
        (1800, 1980, IDLE),
        (1980, HOUR, CHARGING),
    ]


def test_a_register_that_stands_still_tells_it_too() -> None:
    readings = [r._replace(power_w=None) for r in every_minute((0, 6_000), (30, 0))]
    assert metered(readings) == [(0, 1800, CHARGING), (1800, HOUR, IDLE)]


def test_a_register_of_whole_kwh_is_given_an_hour() -> None:
    readings = [
        Reading(minute * 60, 1_000 + minute * 50 // 1_000 * 1_000) for minute in range(1, 61)
    ]
    assert metered(readings) == [(0, HOUR, CHARGING)]


def test_a_station_that_tells_is_believed() -> None:
    readings = every_minute((0, 6_000), (30, 0))
    told = said((0, Told.CHARGING), (300, Told.SUSPENDED_EVSE), (360, Told.CHARGING))
    assert metered(readings, states=told) == [
        (0, 300, CHARGING),
        (300, 360, PAUSED),
        (360, HOUR, CHARGING),
    ]


def test_silence_after_a_quiet_stretch_is_quiet() -> None:
    readings = every_minute((0, 6_000), (30, 0))[:35]
    assert metered(readings) == [(0, 1800, CHARGING), (1800, HOUR, IDLE)]


def test_the_rule_is_a_setting() -> None:
    readings = every_minute((0, 6_000), (30, 400))
    assert metered(readings, idle_rule=IdleRule(power_w=500, window_s=120)) == [
        (0, 1800, CHARGING),
        (1800, HOUR, IDLE),
    ]


# Reservations --------------------------------------------------------------------------------------


def test_the_reservation_that_was_used_comes_first() -> None:
    assert periods(reserved_from=-900)[0] == (-900, 0, 0, RESERVED, None, None)
    assert periods(reserved_from=0) == periods()


def test_a_reservation_that_lapsed_is_a_charging_of_its_own() -> None:
    assert lapsed_reservation(start=0, end=900) == Charging(
        periods=(Period(0, 900, 0, RESERVED),), reservation_expired=True
    )
    assert lapsed_reservation(start=5, end=5).periods == ()


# Always --------------------------------------------------------------------------------------------


_seconds = st.integers(-100, 8_000)
_readings = st.lists(
    st.builds(
        Reading,
        _seconds,
        st.none() | st.integers(0, 60_000),
        st.none() | st.integers(-10, 25_000),
        st.none() | st.integers(0, 40_000),
        st.none() | st.integers(0, 100),
    ),
    max_size=25,
)
_changes = st.lists(
    st.builds(StateChange, st.floats(-100, 8_000), st.sampled_from(Told)), max_size=6
)
_evidence = st.builds(
    Evidence,
    started_at=st.integers(0, 1_000),
    ended_at=st.integers(0, 7_500),
    energy_wh=st.integers(0, 60_000),
    readings=_readings,
    states=_changes,
    meter_start_wh=st.none() | st.integers(0, 2_000),
    meter_stop_wh=st.none() | st.integers(0, 60_000),
    rated_power_w=st.none() | st.just(22_000),
    reserved_from=st.none() | st.integers(-500, 500),
)


@given(_evidence, st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(known: Evidence, random: Any) -> None:
    again = [
        *known.readings,
        *random.choices(known.readings or [Reading(0)], k=len(known.readings)),
    ]
    told = [*known.states, *known.states]
    random.shuffle(again)
    random.shuffle(told)
    assert charging_of(replace(known, readings=again, states=told)) == charging_of(known)


@given(_evidence)
def test_the_whole_session_and_all_its_energy(known: Evidence) -> None:
    charging = charging_of(known).charging
    own = [period for period in charging.periods if period.state is not RESERVED]
    assert sum(period.energy_wh for period in own) == known.energy_wh
    assert all(period.energy_wh >= 0 and period.start < period.end for period in charging.periods)
    assert all(a.end == b.start for a, b in pairwise(own))
    if known.ended_at > known.started_at:
        assert (own[0].start, own[-1].end) == (known.started_at, known.ended_at)
    assert joined(charging.periods) == list(charging.periods)


# Resumed -------------------------------------------------------------------------------------------


def test_a_session_resumed_in_the_middle_goes_on_as_it_was() -> None:
    readings = every_minute((0, 6_000), (30, 0))
    tail = evidence(
        started_at=2400,
        energy_wh=0,
        meter_start_wh=4_000,
        meter_stop_wh=4_000,
        ended_at=2520,
        readings=[r for r in readings if 2400 <= r.at <= 2520],
        resumed=Resumed(session_start=0, idle=True),
    )
    assert [p.state for p in charging_of(tail).charging.periods] == [IDLE]
    fresh = replace(tail, resumed=None)
    assert [p.state for p in charging_of(fresh).charging.periods] == [CHARGING]


def test_a_resumed_session_does_not_wait_anew() -> None:
    told = said((0, Told.EV_CONNECTED), (3000, Told.CHARGING))
    tail = evidence(started_at=2400, states=told, resumed=Resumed(session_start=0))
    assert [p.state for p in charging_of(tail).charging.periods] == [IDLE, CHARGING]
