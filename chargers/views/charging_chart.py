"""The chart of a station's limits: expected, told by the station, and what flowed so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from django.utils.translation import gettext as _

from chargers.domain.charging_profiles import RateUnit
from chargers.domain.composite_schedules import Step, Supply
from chargers.domain.curve import CurvePoint
from chargers.models import StationCommand

_AHEAD = timedelta(hours=24)
_BEHIND = timedelta(hours=1)
_MOST_BEHIND = timedelta(hours=3)
_MAX_INSTANTS = 1_000
_IN_SIGHT = 3


@dataclass(frozen=True, slots=True)
class Window:
    """What the chart shows: the session so far, or an hour, and the next day."""

    begin: datetime
    now: datetime
    end: datetime

    @classmethod
    def around(cls, now: datetime, *, started_at: datetime | None) -> Self:
        now = now.replace(microsecond=0)
        begin = now - _BEHIND
        if started_at is not None:
            begin = max(now - _MOST_BEHIND, min(started_at, begin))
        return cls(begin, now, now + _AHEAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """In which unit limits are shown: A per phase, or W of all phases (drawn as kW)."""

    unit: RateUnit
    supply: Supply

    @property
    def label(self) -> str:
        return "A" if self.unit == RateUnit.AMPS else "kW"

    def convert(self, limit: float, unit: str, phases: int | None = None) -> float:
        """A limit given in `unit`, in ours."""
        if unit == self.unit:
            return limit
        if self.unit == RateUnit.WATTS:
            return round(self.supply.watts(limit, phases), 1)
        return round(self.supply.amps(limit, phases), 1)

    def drawn(self, limit: float | None) -> float | None:
        """The number on the axis."""
        if limit is None or self.unit == RateUnit.AMPS:
            return limit
        return round(limit / 1000, 3)


def told_steps(answer: StationCommand, scale: Scale) -> list[Step]:
    """A station's own composite schedule; after its end it says nothing."""
    told = answer.result
    start = datetime.fromisoformat(told["start_at"]) if told.get("start_at") else answer.finished_at
    if start is None:
        return []
    steps = []
    for period in told["periods"]:
        limit = period["limit"]
        if limit is not None:
            limit = scale.convert(limit, told["unit"], period.get("phases"))
        steps.append(Step(start + timedelta(seconds=period["start_seconds"]), limit))
    return [*steps, Step(start + timedelta(seconds=told["duration_seconds"]), None)]


def at_instant(steps: Sequence[Step], at: datetime) -> Step | None:
    """The step in force at an instant."""
    return next((step for step in reversed(steps) if step.at <= at), None)


def next_change(steps: Iterable[Step], after: datetime) -> Step | None:
    return next((step for step in steps if step.at > after), None)


def chart_data(
    window: Window,
    scale: Scale,
    *,
    expected: Sequence[Step],
    told: Sequence[Step],
    points: Sequence[CurvePoint],
    max_power_w: int,
    time_zone: str,
) -> dict[str, Any]:
    """For `static/app/js/chart.js`; all series share the instants at which one changes."""
    flowed = [
        Step(point.at, scale.convert(point.power_w, RateUnit.WATTS))
        for point in points
        if point.power_w is not None
    ]
    x = _instants(window, (expected, told, flowed))
    last = flowed[-1].at if flowed else None

    def values(steps: Sequence[Step], until: datetime | None = None) -> list[float | None]:
        return [None if until and at > until else _drawn(scale, steps, at) for at in x]

    lines: list[tuple[str, str, str, list[float | None]]] = [
        (_("Measured"), "area", "charging", values(flowed, last)),
        (_("Our limits"), "stepped", "brand", values(expected)),
        (_("The station's answer"), "stepped", "3", values(told)),
    ]
    peak = max((value for line in lines for value in line[3] if value is not None), default=0)
    most = _most(scale, max_power_w, peak)
    lines.append((_("Hardware"), "dashed", "muted", [most] * len(x)))
    return {
        "x": [round(at.timestamp()) for at in x],
        "unit": scale.label,
        "tz": time_zone,
        "series": [
            {"label": label, "kind": kind, "colour": colour, "values": drawn}
            for label, kind, colour, drawn in lines
        ],
    }


def _most(scale: Scale, max_power_w: int, peak: float) -> float | None:
    """What the hardware can do, unless that would press all else to the floor of the chart."""
    most = scale.drawn(scale.convert(max_power_w, RateUnit.WATTS)) if max_power_w else None
    return None if most is None or 0 < peak * _IN_SIGHT < most else most


def _instants(window: Window, lines: Iterable[Sequence[Step]]) -> list[datetime]:
    found = {window.begin, window.now, window.end}
    for steps in lines:
        inside = [step.at for step in steps if window.begin <= step.at <= window.end]
        found.update(inside[:_MAX_INSTANTS])
    return sorted(found)


def _drawn(scale: Scale, steps: Sequence[Step], at: datetime) -> float | None:
    """What holds at an instant, None before the first step and where nothing does."""
    found = at_instant(steps, at)
    return None if found is None else scale.drawn(found.limit)
