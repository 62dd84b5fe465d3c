"""The wall clock of a site. Pure: which instant a local time is, and the quarters of a local day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

QUARTER = timedelta(minutes=15)


class NoSuchTimeError(ValueError):
    """The clock was put forward over this time.

    Attributes:
        before, after: the clock went from `before` to `after`.
    """

    def __init__(self, before: datetime, after: datetime) -> None:
        super().__init__(f"the clock goes from {before:%H:%M} to {after:%H:%M}")
        self.before = before
        self.after = after


@dataclass(frozen=True, slots=True)
class Instant:
    """The UTC instant of a local time; `is_twice`: it comes again, and the first is meant."""

    at: datetime
    is_twice: bool = False


def instant_of(wall: datetime, zone: ZoneInfo) -> Instant:
    """The instant at which the clock of a zone shows a time (without tzinfo).

    Raises:
        NoSuchTimeError: it never does.
    """
    first = wall.replace(tzinfo=zone, fold=0)
    second = wall.replace(tzinfo=zone, fold=1)
    at = first.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != wall:
        raise _gap(wall, zone)
    return Instant(at, is_twice=first.utcoffset() != second.utcoffset())


def _gap(wall: datetime, zone: ZoneInfo) -> NoSuchTimeError:
    """In a gap fold 1 has the offset after it, so its instant lies before the change."""
    before = wall.replace(tzinfo=zone, fold=1).utcoffset() or timedelta(0)
    after = wall.replace(tzinfo=zone, fold=0).utcoffset() or timedelta(0)
    low, high = sorted((before, after))
    change = _change_between(wall - high, wall - low, zone)
    return NoSuchTimeError(change + low, change + high)


def _change_between(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    """The second of UTC (without tzinfo) at which the offset of a zone changes."""
    offset = early.replace(tzinfo=UTC).astimezone(zone).utcoffset()
    low, high = 0, int((late - early).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        at = (early + timedelta(seconds=middle)).replace(tzinfo=UTC)
        if at.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return early + timedelta(seconds=high)


def first_instant(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day, UTC; a day whose midnight is skipped begins later."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def quarters(day: date, zone: ZoneInfo) -> list[datetime]:
    """Every quarter of an hour of a local day, UTC: 96, or 92 and 100 where the clock is changed."""
    at, end = first_instant(day, zone), first_instant(day + timedelta(days=1), zone)
    found = []
    while at < end:
        found.append(at)
        at += QUARTER
    return found
