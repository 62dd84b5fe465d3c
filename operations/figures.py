"""Energy and uptime from stored hours. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from operations.measured import Hour
from operations.periods import Period, Span, Window, days_before, hour_of, whole_hours

UPTIME_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Energy:
    """Wh of a period and of the one before; `trend` by hour (a day) or by local day."""

    wh: int
    previous_wh: int
    trend: list[int]

    @property
    def change(self) -> float | None:
        """Growth as a share of one; None when there was nothing before."""
        return (self.wh - self.previous_wh) / self.previous_wh if self.previous_wh else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Uptime:
    """Mean share of operative connectors, as shares of one; `trend` by local day."""

    share: float | None
    previous: float | None
    trend: list[float]

    @property
    def change(self) -> float | None:
        """Difference of the shares, None when one of them is not known."""
        if self.share is None or self.previous is None:
            return None
        return self.share - self.previous


def needed_spans(window: Window, *, settled: datetime) -> list[Span]:
    """The spans whose sessions must be added up, because no whole hour covers them."""
    spans: list[Span] = []
    for part in (window.current, window.previous):
        spans += whole_hours(part, settled=settled)[1]
    return spans


def energy_of(
    window: Window, hours: Sequence[Hour], ended: Mapping[Span, int], *, settled: datetime
) -> Energy:
    """Add up a window.

    Args:
        window: the period and the one before it.
        hours: figures that cover both.
        ended: Wh for each of `needed_spans`.
        settled: as given to `needed_spans`.
    """
    return Energy(
        wh=_wh(window.current, hours, ended, settled),
        previous_wh=_wh(window.previous, hours, ended, settled),
        trend=_trend(window, hours),
    )


def _wh(span: Span, hours: Sequence[Hour], ended: Mapping[Span, int], settled: datetime) -> int:
    whole, rest = whole_hours(span, settled=settled)
    stored = sum(hour.energy_wh for hour in hours if whole.start <= hour.start < whole.end)
    return stored + sum(ended[part] for part in rest)


def _trend(window: Window, hours: Sequence[Hour]) -> list[int]:
    span = window.current
    inside = [hour for hour in hours if hour_of(span.start) <= hour.start < span.end]
    if window.period is Period.TODAY:
        count = int((span.end - hour_of(span.start)) / timedelta(hours=1)) + 1
        by_hour = {hour.start: hour.energy_wh for hour in inside}
        starts = [hour_of(span.start) + timedelta(hours=n) for n in range(count)]
        return [by_hour.get(start, 0) for start in starts]
    by_day: dict[date, int] = defaultdict(int)
    for hour in inside:
        by_day[hour.start.astimezone(window.zone).date()] += hour.energy_wh
    first = span.start.astimezone(window.zone).date()
    return [by_day[first + timedelta(days=n)] for n in range(window.period.days)]


def uptime_of(hours: Sequence[Hour], *, now: datetime, zone: ZoneInfo) -> Uptime:
    """Uptime of the last 30 days and of the 30 before; hours without samples do not count."""
    middle = days_before(now, UPTIME_DAYS, zone)
    first = days_before(now, 2 * UPTIME_DAYS, zone)
    current = [hour for hour in hours if middle <= hour.start < now]
    earlier = [hour for hour in hours if first <= hour.start < middle]
    by_day: dict[date, list[Hour]] = defaultdict(list)
    for hour in current:
        by_day[hour.start.astimezone(zone).date()].append(hour)
    daily = [_share(of_day) for _, of_day in sorted(by_day.items())]
    return Uptime(
        share=_share(current),
        previous=_share(earlier),
        trend=[share for share in daily if share is not None],
    )


def _share(hours: Sequence[Hour]) -> float | None:
    known = [hour.uptime_ppm for hour in hours if hour.uptime_ppm is not None]
    return sum(known) / len(known) / 1_000_000 if known else None
