"""What a set of profiles adds up to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargers.domain.charging_profiles import (
    ChargingProfile,
    Period,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    Recurrence,
    Schedule,
)
from chargers.domain.composite_schedules import Placed, Session, Supply, composite_schedule

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
A, W = RateUnit.AMPS, RateUnit.WATTS
MAINS = Supply()
CHARGING = Session(started_at=NOW - HOUR, transaction_ref="815")


def profile(
    *limits: tuple[int, float | None],
    purpose: ProfilePurpose = ProfilePurpose.TX_DEFAULT,
    unit: RateUnit = A,
    start: datetime | None = NOW,
    duration: int | None = None,
    phases: int | None = None,
    **values: Any,
) -> ChargingProfile:
    periods = tuple(Period(start_seconds=s, limit=v, phases=phases) for s, v in limits)
    schedule = Schedule(unit=unit, start_at=start, duration_seconds=duration, periods=periods)
    values.setdefault("kind", ProfileKind.ABSOLUTE)
    return ChargingProfile(purpose=purpose, schedules=(schedule,), **values)


def limits(
    *placed: tuple[int, ChargingProfile],
    evse: int = 1,
    hours: float = 2,
    unit: RateUnit = A,
    session: Session | None = None,
    supply: Supply = MAINS,
) -> list[tuple[int, float | None]]:
    """Seconds after NOW and limit of each step."""
    steps = composite_schedule(
        [Placed(evse=place, profile=item) for place, item in placed],
        evse=evse,
        begin=NOW,
        end=NOW + hours * HOUR,
        unit=unit,
        session=session,
        supply=supply,
    )
    return [(int((step.at - NOW).total_seconds()), step.limit) for step in steps]


TX, MAX, EXTERNAL = ProfilePurpose.TX, ProfilePurpose.STATION_MAX, ProfilePurpose.EXTERNAL


def test_without_profiles_there_is_no_bound() -> None:
    assert limits() == [(0, None)]


def test_periods_follow_each_other_and_end() -> None:
    item = profile((0, 16.0), (3600, 10.0), duration=5400)
    assert limits((1, item)) == [(0, 16.0), (3600, 10.0), (5400, None)]


def test_a_schedule_that_began_before_is_in_the_middle() -> None:
    item = profile((0, 16.0), (3600, 10.0), start=NOW - HOUR / 2)
    assert limits((1, item)) == [(0, 16.0), (1800, 10.0)]


def test_the_higher_level_holds_while_it_says_something() -> None:
    low = profile((0, 16.0))
    high = profile((0, 10.0), stack_level=3, start=NOW + HOUR, duration=1800)
    assert limits((1, low), (1, high)) == [(0, 16.0), (3600, 10.0), (5400, 16.0)]


def test_validity_bounds_a_profile() -> None:
    item = profile((0, 10.0), valid_from=NOW + HOUR / 2, valid_to=NOW + HOUR)
    assert limits((1, item)) == [(0, None), (1800, 10.0), (3600, None)]


def test_of_one_level_the_evses_own_comes_before_the_stations() -> None:
    everywhere, here = profile((0, 16.0)), profile((0, 20.0))
    assert limits((0, everywhere), (1, here)) == [(0, 20.0)]
    assert limits((0, everywhere), (1, here), evse=2) == [(0, 16.0)]


def test_a_sessions_own_limit_replaces_the_default_while_it_lasts() -> None:
    default = profile((0, 10.0))
    own = profile((0, 20.0), purpose=TX, duration=3600, transaction_ref="815")
    both = ((0, default), (1, own))
    assert limits(*both, session=CHARGING) == [(0, 20.0), (3600, 10.0)]
    assert limits(*both) == [(0, 10.0)]
    assert limits(*both, session=replace(CHARGING, transaction_ref="4")) == [(0, 10.0)]


def test_a_limit_of_a_remote_start_names_no_session() -> None:
    own = profile((0, 8.0), purpose=TX, kind=ProfileKind.RELATIVE, start=None)
    assert limits((1, own), session=CHARGING) == [(0, 8.0)]


def test_the_least_of_all_purposes_holds() -> None:
    default = profile((0, 32.0))
    station = profile((0, 11_040.0), (3600, 4_140.0), purpose=MAX, unit=W)
    outside = profile((0, 10.0), purpose=EXTERNAL, start=NOW + HOUR / 2, duration=600)
    placed = ((1, default), (0, station), (1, outside))
    assert limits(*placed) == [(0, 16.0), (1800, 10.0), (2400, 16.0), (3600, 6.0)]
    assert limits(*placed, unit=W)[0] == (0, 11_040.0)


def test_the_station_as_a_whole_is_bound_by_its_own_limits_alone() -> None:
    default = profile((0, 10.0))
    station = profile((0, 22_080.0), purpose=MAX, unit=W)
    assert limits((0, default), (0, station), evse=0, unit=W) == [(0, 22_080.0)]


def test_a_limit_elsewhere_does_not_matter_here() -> None:
    assert limits((2, profile((0, 6.0)))) == [(0, None)]


def test_a_relative_schedule_counts_from_the_session() -> None:
    item = profile((0, 16.0), (5400, 8.0), kind=ProfileKind.RELATIVE, start=None)
    assert limits((1, item), session=CHARGING) == [(0, 16.0), (1800, 8.0)]
    assert limits((1, item)) == [(0, 16.0), (5400, 8.0)]


def test_a_daily_schedule_returns() -> None:
    item = profile(
        (0, 16.0),
        (3600, 8.0),
        kind=ProfileKind.RECURRING,
        recurrence=Recurrence.DAILY,
        start=NOW - 47 * HOUR,
        duration=7200,
    )
    # 09:00 to 11:00 every day
    assert limits((1, item), hours=4) == [(0, None), (3600, 16.0), (7200, 8.0), (10_800, None)]
    assert [at for at, _ in limits((1, item), hours=28)][-3:] == [90_000, 93_600, 97_200]


def test_a_weekly_schedule_starts_in_the_future() -> None:
    item = profile(
        (0, 6.0),
        kind=ProfileKind.RECURRING,
        recurrence=Recurrence.WEEKLY,
        start=NOW + HOUR,
        duration=1800,
    )
    assert limits((1, item)) == [(0, None), (3600, 6.0), (5400, None)]


def test_phases_decide_what_amps_mean() -> None:
    one = profile((0, 16.0), phases=1)
    assert limits((1, one), unit=W) == [(0, 3680.0)]
    assert limits((1, profile((0, 16.0))), unit=W) == [(0, 11_040.0)]
    assert limits((1, profile((0, 16.0))), unit=W, supply=Supply(volts=230, phases=1)) == [
        (0, 3680.0)
    ]
    dc = Supply(volts=400, phases=1)
    assert limits((1, profile((0, 50_000.0), unit=W)), supply=dc) == [(0, 125.0)]


def test_priority_comes_before_the_session_only_when_it_was_granted() -> None:
    default = profile((0, 10.0))
    boost = profile((0, 32.0), purpose=ProfilePurpose.PRIORITY)
    placed = ((0, default), (1, boost))
    assert limits(*placed, session=CHARGING) == [(0, 10.0)]
    assert limits(*placed, session=replace(CHARGING, has_priority=True)) == [(0, 32.0)]


def test_a_period_without_a_limit_sets_no_bound() -> None:
    assert limits((1, profile((0, None), (60, 8.0)))) == [(0, None), (60, 8.0)]


def test_a_step_names_the_profile_that_sets_it() -> None:
    default, station = profile((0, 16.0), id=4), profile((0, 10.0), purpose=MAX, id=5)
    placed = [Placed(evse=1, profile=default), Placed(evse=0, profile=station)]
    (step,) = composite_schedule(placed, evse=1, begin=NOW, end=NOW + HOUR)
    assert step.by == station


@given(
    st.lists(
        st.tuples(
            st.sampled_from([0, 1, 2]),
            st.sampled_from(list(ProfilePurpose)),
            st.integers(0, 3),
            st.integers(-7200, 7200),
            st.integers(1, 32),
            st.none() | st.integers(1, 9000),
        ),
        max_size=8,
    )
)
def test_every_step_is_the_limit_at_its_instant(drawn: list[Any]) -> None:
    """The whole schedule says what a schedule that begins at any of its instants says first."""
    placed = [
        Placed(
            evse=evse,
            profile=profile(
                (0, float(amps)),
                purpose=purpose,
                stack_level=level,
                start=NOW + timedelta(seconds=start),
                duration=duration,
            ),
        )
        for evse, purpose, level, start, amps, duration in drawn
    ]
    end = NOW + 2 * HOUR
    steps = composite_schedule(placed, evse=1, begin=NOW, end=end, session=CHARGING)
    assert steps[0].at == NOW
    for step in steps:
        alone = composite_schedule(placed, evse=1, begin=step.at, end=end, session=CHARGING)
        assert (alone[0].limit, alone[0].by) == (step.limit, step.by)


def test_a_hostile_report_stays_short() -> None:
    many = tuple((second, float(second % 7)) for second in range(0, 2048, 2))
    placed = [Placed(evse=1, profile=profile(*many, stack_level=n)) for n in range(50)]
    steps = composite_schedule(placed, evse=1, begin=NOW, end=NOW + HOUR)
    assert len(steps) <= 1024


@pytest.mark.parametrize("unit", [A, W])
def test_both_units_agree(unit: RateUnit) -> None:
    item = profile((0, 10.0), unit=A)
    assert limits((1, item), unit=unit) == [(0, 10.0 if unit is A else 6900.0)]
