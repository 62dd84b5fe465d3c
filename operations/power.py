"""The curve of the network's power over a period, and what is typical for it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple, Protocol

from operations.periods import Period, Window, days_before, hour_of

QUARTER = timedelta(minutes=15)
# How many weeks back the typical curve looks, and how many of them must have been measured.
TYPICAL_WEEKS = {Period.TODAY: 6, Period.WEEK: 4, Period.MONTH: 4}
_LEAST_WEEKS = 2
_STEPS = {
    Period.TODAY: timedelta(minutes=5),
    Period.WEEK: timedelta(hours=1),
    Period.MONTH: timedelta(hours=1),
}


class Power(NamedTuple):
    """Mean W at an instant; None where it was not measured."""

    at: datetime
    dc_w: float | None
    ac_w: float | None


class Point(NamedTuple):
    """One step of the curve: its start, W of DC, AC, and what is typical."""

    at: datetime
    dc_w: float | None
    ac_w: float | None
    typical_w: float | None


class Measured(Protocol):
    """Anything with W of both kinds (a sample, an hour)."""

    @property
    def ac_power_w(self) -> int | None: ...

    @property
    def dc_power_w(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Curve:
    """Steps from the period's first midnight to the midnight after today.

    Attributes:
        typical_of: "DC" or "AC": whose median is drawn; the network's greater part.
        latest: index of the last measured step, None when there is none.
    """

    points: list[Point]
    typical_of: str
    latest: int | None


def steps(window: Window) -> list[datetime]:
    """Starts of the curve's steps: five minutes for a day, else hours."""
    step = _STEPS[window.period]
    at = hour_of(window.current.start) if step >= timedelta(hours=1) else window.current.start
    found = []
    while at < window.ends:
        found.append(at)
        at += step
    return found


def quarters(window: Window) -> list[datetime]:
    """Quarters of an hour of the window's days, on which samples are kept for good."""
    at = window.current.start
    found = []
    while at <= window.ends:
        found.append(at)
        at += QUARTER
    return found


def earlier_weeks(at: datetime, window: Window) -> list[datetime]:
    """The same weekday and time by the local clock in the weeks that the typical curve looks at."""
    weeks = range(1, TYPICAL_WEEKS[window.period] + 1)
    return [days_before(at, 7 * week, window.zone) for week in weeks]


def typical(
    instants: Iterable[datetime], past: Mapping[datetime, Measured], window: Window, kind: str
) -> dict[datetime, float]:
    """Median W of one kind ("DC" or "AC") at each instant, where enough weeks were measured."""
    found = {}
    for at in instants:
        measured = [past[then] for then in earlier_weeks(at, window) if then in past]
        watts = [_watts(one, kind) for one in measured]
        known = [value for value in watts if value is not None]
        if len(known) >= _LEAST_WEEKS:
            found[at] = float(median(known))
    return found


def typical_kind(past: Iterable[Measured]) -> str:
    """The kind of current that carries more of the network's power."""
    dc = ac = 0
    for one in past:
        dc += one.dc_power_w or 0
        ac += one.ac_power_w or 0
    return "AC" if ac > dc else "DC"


def between(known: Mapping[datetime, float], at: datetime) -> float | None:
    """The value at `at` on straight lines between the quarters around it."""
    left = at - timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    if left == at:
        return known.get(at)
    before, after = known.get(left), known.get(left + QUARTER)
    if before is None or after is None:
        return None
    return before + (after - before) * ((at - left) / QUARTER)


def means(samples: Iterable[Power], step: timedelta, start: datetime) -> dict[datetime, Power]:
    """Mean of the samples of each step that has any."""
    groups: dict[datetime, list[Power]] = {}
    for sample in samples:
        if sample.at >= start:
            at = start + (sample.at - start) // step * step
            groups.setdefault(at, []).append(sample)
    return {at: _mean(at, group) for at, group in groups.items()}


def curve(
    window: Window,
    measured: Mapping[datetime, Power],
    expected: Mapping[datetime, float],
    typical_of: str,
) -> Curve:
    """Join what was measured with what is typical; empty when there is neither."""
    if not measured and not expected:
        return Curve(points=[], typical_of=typical_of, latest=None)
    points = [_point(at, measured.get(at), expected.get(at)) for at in steps(window)]
    seen = [i for i, point in enumerate(points) if point.dc_w is not None or point.ac_w is not None]
    return Curve(points=points, typical_of=typical_of, latest=seen[-1] if seen else None)


def _point(at: datetime, power: Power | None, expected: float | None) -> Point:
    if power is None:
        return Point(at, None, None, expected)
    return Point(at, power.dc_w, power.ac_w, expected)


def _mean(at: datetime, group: Sequence[Power]) -> Power:
    return Power(at, _average([one.dc_w for one in group]), _average([one.ac_w for one in group]))


def _average(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _watts(one: Measured, kind: str) -> int | None:
    return one.dc_power_w if kind == "DC" else one.ac_power_w
