"""What a kWh and an idle minute cost at each time of the week, for a chart. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from tariffs.pricing.compiled import Compiled, Ready, compiled
from tariffs.pricing.terms import Terms

SLOT: Final = timedelta(minutes=15)
_SLOTS_A_DAY: Final = 96
_DAYS: Final = 7
# Slots are of the wall clock: to the engine it is a zone without jumps.
_WALL: Final = ZoneInfo("UTC")
# The middle of a usual session.
_ENERGY_WH: Final = 20_000
_DURATION_S: Final = 3600
_VOLTAGE_V: Final = 230


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
    ready = compiled(terms, _WALL)
    charging = _holding(ready, power_w=power_w, idle_s=0)
    parked = _holding(ready, power_w=0, idle_s=idle_s)
    by_clock = [_by_clock(ready, local) for local in slots]
    energy = [ready.found(charging & mask).energy for mask in by_clock]
    idle = [ready.found(parked & mask).parking for mask in by_clock]
    prices = tuple(map(_per_kwh, energy)), tuple(map(_per_minute, idle))
    count = _SLOTS_A_DAY if all(map(_is_daily, prices)) else len(slots)
    return Curve(
        starts=tuple(slots[:count]),
        energy=prices[0][:count],
        idle=prices[1][:count],
        spot=any(found is not None and found.spot is not None for found in energy),
    )


def _slots(monday: datetime) -> Iterator[datetime]:
    """By the wall clock, so that a week has the same slots whatever the season."""
    zone = monday.tzinfo
    for number in range(_DAYS * _SLOTS_A_DAY):
        yield (monday.replace(tzinfo=None) + number * SLOT).replace(tzinfo=zone)


def _is_daily(prices: tuple[Fraction | None, ...]) -> bool:
    return prices == prices[:_SLOTS_A_DAY] * _DAYS


def _holding(ready: Compiled, *, power_w: int, idle_s: int) -> int:
    """Elements that hold in the middle of a usual session, whatever the clock says."""
    return (
        ready.in_session
        & ready.energy.mask(_ENERGY_WH)
        & ready.duration.mask(_DURATION_S + idle_s)
        & ready.idle.mask(idle_s)
        & ready.power.mask(power_w)
        & ready.current.mask(power_w * 1000 // _VOLTAGE_V)
        & ready.peak.mask(power_w)
        & ready.average.mask(power_w)
    )


def _by_clock(ready: Compiled, local: datetime) -> int:
    if ready.clock is None:
        return ready.every
    return ready.clock.at(int(local.replace(tzinfo=_WALL).timestamp())).mask


def _per_kwh(found: Ready | None) -> Fraction | None:
    if found is None:
        return Fraction(0)
    return None if found.spot is not None else Fraction(found.component.price)


def _per_minute(found: Ready | None) -> Fraction:
    return Fraction(0) if found is None else Fraction(found.component.price) * 60 / found.per


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
