from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from operations import power
from operations.measured import Sample
from operations.periods import Period, window
from operations.power import Point, Power

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
NOW = datetime(2026, 3, 14, 12, 20, tzinfo=UTC)
TODAY = window(Period.TODAY, zone=COPENHAGEN, now=NOW)


def sample(at: datetime, dc: int, ac: int = 0) -> Sample:
    return Sample(at, ac, dc, 0, 0)


@pytest.mark.parametrize(("day", "count"), [(14, 288), (29, 276)])
def test_a_day_has_a_step_every_five_minutes(day: int, count: int) -> None:
    now = datetime(2026, 3, day, 12, tzinfo=UTC)
    steps = power.steps(window(Period.TODAY, zone=COPENHAGEN, now=now))
    assert len(steps) == count
    assert steps[1] - steps[0] == timedelta(minutes=5)


def test_a_week_has_a_step_every_hour_until_tonight() -> None:
    steps = power.steps(window(Period.WEEK, zone=COPENHAGEN, now=NOW))
    assert len(steps) == 7 * 24
    assert steps[-1] == datetime(2026, 3, 14, 22, tzinfo=UTC)


def test_means_of_five_minutes() -> None:
    start = TODAY.current.start
    minute = timedelta(minutes=1)
    samples = [Power(start + n * minute, 100.0 * n, None) for n in (-1, 0, 2, 4, 7)]
    assert power.means(samples, 5 * minute, start) == {
        start: Power(start, 200.0, None),
        start + 5 * minute: Power(start + 5 * minute, 700.0, None),
    }


def test_typical_is_the_median_of_the_same_weekday_and_time() -> None:
    noon = datetime(2026, 4, 1, 10, tzinfo=UTC)  # 12:00, summer time began on 29 March
    day = window(Period.TODAY, zone=COPENHAGEN, now=noon)
    weeks = power.earlier_weeks(noon, day)
    assert weeks[0] == datetime(2026, 3, 25, 11, tzinfo=UTC)
    past = {at: sample(at, dc) for at, dc in zip(weeks, (500, 100, 300), strict=False)}
    assert power.typical([noon], past, day, "DC") == {noon: 300.0}


def test_one_week_is_not_typical() -> None:
    past = {at: sample(at, 5) for at in power.earlier_weeks(NOW, TODAY)[:1]}
    assert power.typical([NOW], past, TODAY, "DC") == {}


def test_typical_between_two_quarters() -> None:
    quarter = datetime(2026, 3, 14, 12, 15, tzinfo=UTC)
    known = {quarter: 100.0, quarter + power.QUARTER: 250.0}
    assert power.between(known, quarter) == 100.0
    assert power.between(known, quarter + timedelta(minutes=5)) == 150.0
    assert power.between(known, quarter - timedelta(minutes=5)) is None


def test_the_greater_kind_is_the_typical_one() -> None:
    assert power.typical_kind([sample(NOW, dc=1, ac=2)]) == "AC"
    assert power.typical_kind([sample(NOW, dc=2, ac=2)]) == "DC"


def test_the_curve_runs_to_midnight() -> None:
    start = TODAY.current.start
    measured = {start: Power(start, 1000.0, 200.0)}
    curve = power.curve(TODAY, measured, {start: 900.0}, "DC")
    assert curve.points[0] == Point(start, 1000.0, 200.0, 900.0)
    assert curve.points[1] == Point(start + timedelta(minutes=5), None, None, None)
    assert (len(curve.points), curve.latest) == (288, 0)


def test_without_measurements_there_is_no_curve() -> None:
    assert power.curve(TODAY, {}, {}, "DC").points == []
