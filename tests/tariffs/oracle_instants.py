"""The instants of a charging for the oracle, and every restriction by itself.

Time is cut so fine that nothing can change between two cuts: at every multiple of the minutes that
the tariff's times of day have in common, and wherever a count of seconds or of energy is reached.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import floor, gcd
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tariffs.pricing.charging import Charging, Period, State
from tariffs.pricing.result import Exact
from tariffs.pricing.terms import ReservationRule, Restrictions, Terms

_QUARTER = 15  # minutes: offsets of zones, days and slots of spot prices are multiples of it


class Instant(NamedTuple):
    """All that a restriction may ask about."""

    local: datetime
    reserved: bool
    expired: bool
    energy: Exact
    elapsed: Exact
    idle: Exact
    power: int | None
    current: int | None
    peak: int | None
    average: Exact | None


class Slice(NamedTuple):
    """Between two cuts, where nothing changes."""

    start: Exact
    end: Exact
    energy: Exact
    state: State
    instant: Instant


class Before(NamedTuple):
    """First second of the session or of the reservation; what there was before a period."""

    first: int
    energy: int
    idle: int


@lru_cache(maxsize=200_000)
def _local(second: int, zone: ZoneInfo) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)).astimezone(zone)


def slices(terms: Terms, charging: Charging, zone: ZoneInfo) -> Iterator[Slice]:
    """All instants, cut wherever anything can change."""
    session = [period for period in charging.periods if period.state is not State.RESERVED]
    grid = 60 * _grid_minutes(terms)
    peak, average = _peak(session), _average(session)
    begun: dict[bool, int] = {}
    energy, idle = 0, 0
    for period in charging.periods:
        reserved = period.state is State.RESERVED
        first = begun.setdefault(reserved, period.start)
        taken = 0 if reserved else period.energy_wh
        length = period.end - period.start
        cuts = sorted(_cuts(terms, period, grid, Before(first, energy, idle)))
        for start, end in pairwise(cuts):
            instant = Instant(
                local=_local(floor(start), zone),
                reserved=reserved,
                expired=charging.reservation_expired,
                energy=energy + (Fraction(taken * (start - period.start), length) if taken else 0),
                elapsed=start - first,
                idle=idle + (start - period.start if period.state is State.IDLE else 0),
                power=None if reserved else period.power_w,
                current=None if reserved else period.current_ma,
                peak=peak,
                average=average,
            )
            part = Fraction(taken * (end - start), length) if taken else 0
            yield Slice(start, end, part, period.state, instant)
        energy += taken
        idle += length if period.state is State.IDLE else 0


def _grid_minutes(terms: Terms) -> int:
    """Every time of day of the tariff is a multiple of this, and every slot of spot prices."""
    minutes = _QUARTER
    for element in terms.elements:
        limits = element.restrictions
        minutes = gcd(minutes, limits.start_minute or 0, limits.end_minute or 0)
    return minutes


def _cuts(terms: Terms, period: Period, grid: int, before: Before) -> set[Exact]:
    taken = 0 if period.state is State.RESERVED else period.energy_wh
    cuts: set[Exact] = {period.start, period.end}
    cuts |= set(range(-(-period.start // grid) * grid, period.end, grid))
    for element in terms.elements:
        limits = element.restrictions
        cuts |= {before.first + s for s in (limits.min_duration_s, limits.max_duration_s) if s}
        if period.state is State.IDLE:
            starts = period.start - before.idle
            cuts |= {starts + s for s in (limits.min_idle_s, limits.max_idle_s) if s}
        for wh in (limits.min_energy_wh, limits.max_energy_wh):
            if wh is not None and before.energy < wh < before.energy + taken:
                share = Fraction(wh - before.energy, taken)
                cuts.add(period.start + share * (period.end - period.start))
    return {cut for cut in cuts if period.start <= cut <= period.end}


def _peak(session: list[Period]) -> int | None:
    powers = [p.power_w for p in session if p.state is State.CHARGING and p.power_w is not None]
    return max(powers) if powers else None


def _average(session: list[Period]) -> Fraction | None:
    """Watts, over all the charging periods."""
    charging = [period for period in session if period.state is State.CHARGING]
    seconds = sum(period.end - period.start for period in charging)
    wh = sum(period.energy_wh for period in charging)
    return Fraction(wh * 3600, seconds) if seconds else None


# Restrictions, one by one.


def holds(limits: Restrictions, instant: Instant) -> bool:
    """Whether an element with these restrictions holds at that instant."""
    return (
        _reservation(limits, instant)
        and _clock(limits, instant.local)
        and (not limits.days or instant.local.weekday() in limits.days)
        and _date(limits, instant.local.date())
        and _season(limits, instant.local)
        and _within(instant.energy, limits.min_energy_wh, limits.max_energy_wh)
        and _within(instant.elapsed, limits.min_duration_s, limits.max_duration_s)
        and _within(instant.idle, limits.min_idle_s, limits.max_idle_s)
        and _within(instant.power, limits.min_power_w, limits.max_power_w)
        and _within(instant.current, limits.min_current_ma, limits.max_current_ma)
        and _within(instant.peak, limits.min_peak_power_w, limits.max_peak_power_w)
        and _within(instant.average, limits.min_average_power_w, limits.max_average_power_w)
    )


def _within(value: Exact | None, least: int | None, below: int | None) -> bool:
    """Minimum included, maximum excluded; of what is unknown neither is known to hold."""
    if least is None and below is None:
        return True
    if value is None:
        return False
    return (least is None or value >= least) and (below is None or value < below)


def _reservation(limits: Restrictions, instant: Instant) -> bool:
    if limits.reservation is None:
        return not instant.reserved
    if limits.reservation is ReservationRule.EXPIRES:
        return instant.reserved and instant.expired
    return instant.reserved


def _clock(limits: Restrictions, local: datetime) -> bool:
    if limits.start_minute is None and limits.end_minute is None:
        return True
    minute = local.hour * 60 + local.minute
    start = limits.start_minute or 0
    end = limits.end_minute or 24 * 60
    if start == limits.end_minute:
        return True
    if end < start:
        return minute >= start or minute < end
    return start <= minute < end


def _date(limits: Restrictions, day: date) -> bool:
    return (limits.start_date is None or day >= limits.start_date) and (
        limits.end_date is None or day < limits.end_date
    )


def _season(limits: Restrictions, local: datetime) -> bool:
    today = (local.month, local.day)
    start, end = limits.season_start, limits.season_end
    if start is None or end is None:
        return (start is None or today >= start) and (end is None or today < end)
    if start == end:
        return True
    if end < start:
        return today >= start or today < end
    return start <= today < end
