"""Profiles as values: their JSON form, and what is wrong with one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chargers.domain.charging_profiles import (
    Capabilities,
    ChargingProfile,
    Period,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    Recurrence,
    Schedule,
    faults,
)

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)

SCHEDULE = Schedule(
    unit=RateUnit.AMPS,
    start_at=NOW,
    duration_seconds=7200,
    periods=(Period(start_seconds=0, limit=16.0), Period(start_seconds=3600, limit=0.0)),
)
DEFAULT = ChargingProfile(
    id=1, purpose=ProfilePurpose.TX_DEFAULT, kind=ProfileKind.ABSOLUTE, schedules=(SCHEDULE,)
)
OWN = replace(DEFAULT, purpose=ProfilePurpose.TX, transaction_ref="815")
STATION = replace(DEFAULT, purpose=ProfilePurpose.STATION_MAX)
RELATIVE = replace(
    DEFAULT, kind=ProfileKind.RELATIVE, schedules=(replace(SCHEDULE, start_at=None),)
)
DAILY = replace(DEFAULT, kind=ProfileKind.RECURRING, recurrence=Recurrence.DAILY)


def scheduled(**values: Any) -> ChargingProfile:
    return replace(DEFAULT, schedules=(replace(SCHEDULE, **values),))


def periods(*pairs: tuple[int, float | None]) -> tuple[Period, ...]:
    return tuple(Period(start_seconds=start, limit=limit) for start, limit in pairs)


@pytest.mark.parametrize("profile", [DEFAULT, OWN, RELATIVE, DAILY, replace(DAILY, valid_to=NOW)])
def test_a_profile_survives_json(profile: ChargingProfile) -> None:
    assert ChargingProfile.from_json(json.loads(json.dumps(profile.to_json()))) == profile


@pytest.mark.parametrize(
    ("profile", "evse"),
    [(DEFAULT, 0), (DEFAULT, 2), (OWN, 1), (STATION, 0), (RELATIVE, 1), (DAILY, 1)],
)
def test_good_profiles(profile: ChargingProfile, evse: int) -> None:
    assert faults(profile, evse=evse) == {}


@pytest.mark.parametrize(
    ("profile", "evse", "expected"),
    [
        (STATION, 1, {"evse": "A limit of the whole station cannot be set for one EVSE."}),
        (OWN, 0, {"evse": "A limit of a session needs the EVSE that it charges at."}),
        (
            replace(DEFAULT, purpose=ProfilePurpose.EXTERNAL),
            0,
            {"purpose": "External limits are set at the station, not from here."},
        ),
        (
            replace(OWN, transaction_ref=""),
            1,
            {"transaction": "Name the session that this is for."},
        ),
        (
            replace(DEFAULT, transaction_ref="815"),
            1,
            {"transaction": "Only a limit of a session names one."},
        ),
        (
            replace(RELATIVE, purpose=ProfilePurpose.STATION_MAX),
            0,
            {"kind": "A limit of the whole station cannot count from the start of a session."},
        ),
        (
            replace(RELATIVE, kind=ProfileKind.DYNAMIC),
            1,
            {"kind": "A dynamic limit has exactly one period."},
        ),
        (
            replace(DAILY, recurrence=None),
            1,
            {"recurrence": "Say whether it returns daily or weekly."},
        ),
        (
            replace(DEFAULT, recurrence=Recurrence.WEEKLY),
            1,
            {"recurrence": "Only a recurring schedule returns."},
        ),
        (replace(DEFAULT, stack_level=-1), 1, {"stack_level": "A whole number from 0."}),
        (
            replace(DEFAULT, valid_from=NOW, valid_to=NOW),
            1,
            {"valid_to": "It must end after it begins."},
        ),
        (scheduled(start_at=None), 1, {"start_at": "Say when it starts."}),
        (
            replace(RELATIVE, schedules=(SCHEDULE,)),
            1,
            {"start_at": "A schedule that counts from the session has no start of its own."},
        ),
        (
            replace(DAILY, schedules=(replace(SCHEDULE, duration_seconds=86_401),)),
            1,
            {"duration_seconds": "It must be over before it returns (daily)."},
        ),
        (
            scheduled(duration_seconds=0, periods=periods((0, 6.0))),
            1,
            {"duration_seconds": "It must last at least a second."},
        ),
        (scheduled(min_rate=-1.0), 1, {"min_rate": "It cannot be negative."}),
        (scheduled(periods=()), 1, {"periods": "At least one period is needed."}),
        (scheduled(periods=periods((1, 6.0))), 1, {"periods": "The first period starts at 0."}),
        (
            scheduled(periods=periods((0, 6.0), (60, 6.0), (60, 7.0))),
            1,
            {"periods": "Period 3 must start after period 2."},
        ),
        (
            scheduled(periods=periods((0, 6.0), (60, -1.0))),
            1,
            {"periods": "Period 2: the limit must be 0 or more."},
        ),
        (
            scheduled(periods=periods((0, None))),
            1,
            {"periods": "Period 1: the limit must be 0 or more."},
        ),
        (
            scheduled(periods=periods((0, 6.25))),
            1,
            {"periods": "Period 1: a limit has one decimal at most."},
        ),
        (
            scheduled(periods=(Period(start_seconds=0, limit=6.0, phases=4),)),
            1,
            {"periods": "Period 1: one to three phases."},
        ),
        (
            scheduled(periods=periods((0, 6.0), (7200, 7.0))),
            1,
            {"periods": "Period 2: it starts after the schedule has ended."},
        ),
    ],
)
def test_faults_by_field(profile: ChargingProfile, evse: int, expected: dict[str, str]) -> None:
    assert faults(profile, evse=evse) == expected


def test_several_faults_are_told_at_once() -> None:
    bad = replace(OWN, transaction_ref="", stack_level=-1, valid_from=NOW, valid_to=NOW - HOUR)
    assert set(faults(bad, evse=0)) == {"evse", "transaction", "stack_level", "valid_to"}


def test_a_remote_start_names_no_session() -> None:
    assert faults(replace(OWN, transaction_ref=""), evse=1, starts=True) == {}


def test_what_this_station_cannot_do() -> None:
    able = Capabilities(
        units=frozenset({RateUnit.WATTS}), max_stack_level=2, max_periods=1, reserved_ids=9
    )
    assert faults(replace(DEFAULT, stack_level=3), evse=1, able=able) == {
        "stack_level": "This station has stack levels up to 2.",
        "unit": "This station does not take A.",
        "periods": "This station takes up to 1 periods.",
    }


def test_a_new_limit_leaves_the_rest() -> None:
    changed = DEFAULT.with_limit(10.0)
    assert [period.limit for period in changed.schedule.periods] == [10.0, 0.0]
    assert replace(changed, schedules=DEFAULT.schedules) == DEFAULT


def ending(**values: Any) -> ChargingProfile:
    """From NOW on for an hour."""
    schedule = replace(DEFAULT.schedule, start_at=NOW, duration_seconds=3600)
    return replace(DEFAULT, kind=ProfileKind.ABSOLUTE, schedules=(schedule,), **values)


@pytest.mark.parametrize(
    ("profile", "end"),
    [
        (ending(), NOW + HOUR),
        (ending(valid_to=NOW + HOUR / 2), NOW + HOUR / 2),
        (ending(valid_to=NOW + 2 * HOUR), NOW + HOUR),
        (replace(DAILY, valid_to=NOW), NOW),
        (DAILY, None),
        (RELATIVE, None),
    ],
)
def test_when_a_profile_is_over(profile: ChargingProfile, end: datetime | None) -> None:
    assert profile.ends_at == end
    assert profile.is_over(NOW + 3 * HOUR) == (end is not None)
    assert not profile.is_over(NOW - HOUR)
    if end is not None:
        assert profile.is_over(end)
        assert not profile.is_over(end - timedelta(seconds=1))
