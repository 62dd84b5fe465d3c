"""What "today", "7 days" and "30 days" are in an operator's time zone. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)


class Period(StrEnum):
    """The periods of the dashboard's switch; the values stand in addresses."""

    TODAY = "today"
    WEEK = "7d"
    MONTH = "30d"

    @property
    def days(self) -> int:
        return {Period.TODAY: 1, Period.WEEK: 7, Period.MONTH: 30}[self]

    @classmethod
    def of(cls, text: str) -> Period:
        """The period that an address names; today for anything else."""
        return cls(text) if text in set(cls) else cls.TODAY


@dataclass(frozen=True, slots=True)
class Span:
    """An interval of time, UTC, without its end."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A period up to now, and the one that it is compared with.

    Attributes:
        current: from the first day's midnight to now.
        previous: as many days earlier, to the same time of day, so that both are equally far on.
        ends: midnight after today; charts run up to it.
        zone: the operator's.
    """

    period: Period
    current: Span
    previous: Span
    ends: datetime
    zone: ZoneInfo


def window(period: Period, *, zone: ZoneInfo, now: datetime) -> Window:
    """The window of a period. Days are local: one with a change of clocks has 23 or 25 hours."""
    first = days_before(_midnight(now, zone), period.days - 1, zone)
    return Window(
        period=period,
        current=Span(first, now),
        previous=Span(days_before(first, period.days, zone), days_before(now, period.days, zone)),
        ends=days_before(_midnight(now, zone), -1, zone),
        zone=zone,
    )


def days_before(instant: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same time by the local clock so many days earlier, UTC."""
    local = instant.astimezone(zone).replace(tzinfo=None) - timedelta(days=days)
    return local.replace(tzinfo=zone).astimezone(UTC)


def _midnight(now: datetime, zone: ZoneInfo) -> datetime:
    today = now.astimezone(zone).date()
    return datetime.combine(today, time.min, tzinfo=zone).astimezone(UTC)


def hour_of(instant: datetime) -> datetime:
    """Start of the UTC hour."""
    return instant.replace(minute=0, second=0, microsecond=0)


def whole_hours(span: Span, *, settled: datetime) -> tuple[Span, list[Span]]:
    """Split a span into whole UTC hours, which have figures, and the rest around them.

    Args:
        span: any; zones such as India's begin their day at half past.
        settled: figures from this hour on may still be incomplete.

    Returns:
        The hours (perhaps empty) and up to two spans that they leave over.
    """
    first = hour_of(span.start)
    if first < span.start:
        first += HOUR
    last = min(hour_of(span.end), hour_of(settled))
    if first >= last:
        return Span(first, first), [span]
    rest = [Span(span.start, first), Span(last, span.end)]
    return Span(first, last), [part for part in rest if part.start < part.end]
