"""What a kWh and an idle minute cost at each time of the week, for a chart. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from tariffs.pricing.terms import Component, Dimension, Restrictions, Terms

SLOT: Final = timedelta(minutes=15)
_SLOTS_A_DAY: Final = 96
_DAYS: Final = 7


@dataclass(frozen=True, kw_only=True)
class Moment:
    """An instant within a session, as far as prices depend on it."""

    local: datetime
    energy_wh: int
    duration_s: int
    idle_s: int
    power_w: int
    current_ma: int


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Prices of slots of 15 minutes, in the tariff's basis of VAT.

    Attributes:
        starts: local begin of each slot; one day where every day is the same, else a week.
        energy: per kWh; None: it follows a market.
        idle: per minute.
        spot: a price of energy follows a market.
    """

    starts: tuple[datetime, ...]
    energy: tuple[Fraction | None, ...]
    idle: tuple[Fraction, ...]
    spot: bool

    @property
    def is_daily(self) -> bool:
        """Every day is the same."""
        return len(self.starts) == _SLOTS_A_DAY


def curve_of(terms: Terms, monday: datetime, *, power_w: int, idle_s: int) -> Curve:
    """The week from a local midnight on, for the middle of a usual session.

    Args:
        monday: the first midnight, with its zone.
        power_w: with which the vehicle charges.
        idle_s: how long it has been idle where idling is priced.
    """
    slots = list(_slots(monday))
    charging = [_moment(local, power_w=power_w, idle_s=0) for local in slots]
    parked = [_moment(local, power_w=0, idle_s=idle_s) for local in slots]
    energy = [component_at(terms, Dimension.ENERGY, moment) for moment in charging]
    idle = [component_at(terms, Dimension.PARKING_TIME, moment) for moment in parked]
    prices = tuple(map(_per_kwh, energy)), tuple(map(_per_minute, idle))
    count = _SLOTS_A_DAY if all(map(_is_daily, prices)) else len(slots)
    return Curve(
        starts=tuple(slots[:count]),
        energy=prices[0][:count],
        idle=prices[1][:count],
        spot=any(component and component.spot for component in energy),
    )


def _slots(monday: datetime) -> Iterator[datetime]:
    """By the wall clock, so that a week has the same slots whatever the season."""
    zone = monday.tzinfo
    for number in range(_DAYS * _SLOTS_A_DAY):
        yield (monday.replace(tzinfo=None) + number * SLOT).replace(tzinfo=zone)


def _is_daily(prices: tuple[Fraction | None, ...]) -> bool:
    return prices == prices[:_SLOTS_A_DAY] * _DAYS


def _moment(local: datetime, *, power_w: int, idle_s: int) -> Moment:
    return Moment(
        local=local,
        energy_wh=20_000,
        duration_s=3600 + idle_s,
        idle_s=idle_s,
        power_w=power_w,
        current_ma=power_w * 1000 // 230,
    )


def _per_kwh(component: Component | None) -> Fraction | None:
    if component is None:
        return Fraction(0)
    return None if component.spot else Fraction(component.price)


def _per_minute(component: Component | None) -> Fraction:
    return Fraction(component.price) * 60 / component.per_seconds if component else Fraction(0)


def component_at(terms: Terms, dimension: Dimension, moment: Moment) -> Component | None:
    """The first component of a dimension whose restrictions hold; outside reservations."""
    for element in terms.elements:
        for component in element.components:
            if component.dimension is dimension and _holds(element.restrictions, moment):
                return component
    return None


def _holds(when: Restrictions, moment: Moment) -> bool:
    return (
        when.reservation is None
        and _holds_by_calendar(when, moment.local)
        and _within(when.min_energy_wh, moment.energy_wh, when.max_energy_wh)
        and _within(when.min_duration_s, moment.duration_s, when.max_duration_s)
        and _within(when.min_idle_s, moment.idle_s, when.max_idle_s)
        and _within(when.min_power_w, moment.power_w, when.max_power_w)
        and _within(when.min_current_ma, moment.current_ma, when.max_current_ma)
        and _within(when.min_peak_power_w, moment.power_w, when.max_peak_power_w)
        and _within(when.min_average_power_w, moment.power_w, when.max_average_power_w)
    )


def _holds_by_calendar(when: Restrictions, local: datetime) -> bool:
    day = local.date()
    return (
        (not when.days or local.weekday() in when.days)
        and (when.start_date is None or day >= when.start_date)
        and (when.end_date is None or day < when.end_date)
        and _around(when.start_minute, local.hour * 60 + local.minute, when.end_minute, 1440)
        and _around(_place(when.season_start), _place((day.month, day.day)), _place(when.season_end), _place((13, 1)) or 0)
    )  # fmt: skip


def _place(day: tuple[int, int] | None) -> int | None:
    """Days of the year in order."""
    return None if day is None else day[0] * 32 + day[1]


def _around(low: int | None, value: int | None, high: int | None, size: int) -> bool:
    """Within [low, high) of a circle; equal ends are all of it."""
    start, end = low or 0, high or size
    at = value or 0
    if start == end % size:
        return True
    return start <= at < end if start < end else at >= start or at < end


def _within(low: int | None, value: int, high: int | None) -> bool:
    return (low is None or value >= low) and (high is None or value < high)


def seconds_of(moments: tuple[datetime, ...]) -> list[int]:
    """Epoch seconds, for charts."""
    return [int(moment.timestamp()) for moment in moments]


def monday_of(now: datetime, tz: ZoneInfo) -> datetime:
    """The local midnight at which the week of an instant began."""
    local = now.astimezone(tz).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return (local - timedelta(days=local.weekday())).replace(tzinfo=tz)


def number_of(price: Fraction | None) -> float | None:
    """For drawing only."""
    return None if price is None else float(round(price, 6))


def plain_price(price: Fraction) -> Decimal:
    """For words: up to six decimals."""
    return Decimal(price.numerator) / Decimal(price.denominator)
