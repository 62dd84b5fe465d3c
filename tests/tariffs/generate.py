"""Random tariffs and sessions that meet: a tariff's thresholds lie where its session passes.

Everything comes from a `random.Random`, so a pair can be had again by its seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from tariffs.pricing.charging import Charging, Period, State
from tariffs.pricing.terms import (
    Cap,
    CapPeriod,
    Component,
    Dimension,
    Element,
    PriceLimit,
    ReservationRule,
    Restrictions,
    Spot,
    Terms,
)

# Nights of 23 and 25 hours (in Lord Howe of 23.5 and 24.5), and a day that Apia never had.
_NIGHTS = {
    "Europe/Copenhagen": ("2026-03-28", "2026-10-24", "2027-03-27"),
    "Europe/Berlin": ("2026-03-28", "2026-10-24", "2025-10-25"),
    "America/New_York": ("2026-03-07", "2026-10-31", "2027-03-13"),
    "Asia/Kolkata": ("2026-08-14",),
    "Australia/Lord_Howe": ("2026-04-04", "2026-10-03", "2027-04-03"),
    "Pacific/Apia": ("2011-12-29", "2011-04-01", "2021-04-03", "2026-05-01"),
}
_ANYWHERE = ("2028-02-28", "2028-02-29", "2027-02-28", "2026-12-31", "2027-01-01", "2026-06-05")
ZONES = {name: ZoneInfo(name) for name in _NIGHTS}
_DURATIONS = (60, 300, 600, 900, 1800, 2700, 3600, 5400, 7200, 61, 137, 1009, 10800)
_AREAS = ("DK1", "DK2")


@dataclass
class Pair:
    terms: Terms
    charging: Charging
    zone: ZoneInfo
    spot: Mapping[tuple[str, int, int], Decimal] = field(default_factory=dict)


def pair(random: Random) -> Pair:
    """A tariff and a session for it."""
    zone = ZONES[random.choice(list(ZONES))]
    charging = _charging(random, zone)
    terms = _Tariffs(random, charging, zone).terms()
    return Pair(terms, charging, zone, _spot(random, charging))


def _chance(random: Random, share: float) -> bool:
    return random.random() < share


# Sessions.


def _charging(random: Random, zone: ZoneInfo) -> Charging:
    expired = _chance(random, 0.04)
    at = _start(random, zone)
    periods: list[Period] = []
    if expired or _chance(random, 0.15):
        for _ in range(random.choice((1, 1, 2))):
            end = at + _duration(random)
            # a station may say that it metered something, which is not the reservation's
            energy = random.choice((0, 0, 0, random.randrange(2000)))
            periods.append(Period(at, end, energy, State.RESERVED))
            at = end + random.choice((0, 0, 0, 300))
    if not expired:
        periods += _session(random, at)
    return Charging(periods=tuple(periods), reservation_expired=expired)


def _start(random: Random, zone: ZoneInfo) -> int:
    """Mostly late on an eventful day, so that midnight and the night are met."""
    day = datetime.fromisoformat(random.choice((*_NIGHTS[zone.key], *_ANYWHERE)))
    hour = random.choice((*range(24), 20, 21, 22, 23, 23))
    second = random.choice((0, 0, 900, 1800, random.randrange(3600), random.randrange(60) * 60))
    local = day.replace(hour=hour, tzinfo=zone, fold=random.randrange(2))
    return int(local.timestamp()) + second


def _duration(random: Random) -> int:
    return random.choice((*_DURATIONS, random.randrange(1, 9000)))


def _session(random: Random, at: int) -> list[Period]:
    periods = []
    has_power = random.choice((0.0, 0.7, 1.0, 1.0, 1.0))
    count = random.choice((0, 1, 1, 2, 3, 4, 5, 6, 8, 12))
    state = random.choice((State.CHARGING, State.CHARGING, State.IDLE, State.PAUSED))
    for _ in range(count):
        end = at + _duration(random)
        if _chance(random, 0.1):
            at += random.choice((1, 60, 900, 4000))
            end = at + _duration(random)
        energy = _energy(random, end - at, state)
        power = energy * 3600 // (end - at) if _chance(random, 0.7) else random.randrange(50_000)
        known = _chance(random, has_power)
        periods.append(
            Period(
                at,
                end,
                energy,
                state,
                power if known else None,
                power * 1000 // 230 if known and _chance(random, 0.9) else None,
            )
        )
        at = end
        state = random.choice((State.CHARGING, State.CHARGING, State.IDLE, State.PAUSED))
    return periods


def _energy(random: Random, seconds: int, state: State) -> int:
    if state is State.CHARGING:
        choices = (0, seconds, 2 * seconds, random.randrange(20_000), random.randrange(seconds * 6))
    else:
        choices = (0, 0, 0, random.randrange(300), seconds)
    return random.choice(choices)


def _spot(random: Random, charging: Charging) -> dict[tuple[str, int, int], Decimal]:
    """Prices of the slots of a session; some are missing, some negative."""
    prices: dict[tuple[str, int, int], Decimal] = {}
    if not charging.periods:
        return prices
    missing = random.choice((0.0, 0.0, 0.1, 1.0))
    first, last = charging.periods[0].start, charging.periods[-1].end
    for minutes in (15, 30, 60):
        slot = minutes * 60
        for start in range(first // slot * slot, last, slot):
            for area in _AREAS:
                if not _chance(random, missing):
                    price = Decimal(random.randrange(-40_000, 200_000)).scaleb(-5)
                    prices[area, minutes, start] = price
    return prices


# Tariffs.


class _Tariffs:
    """A tariff for one session."""

    def __init__(self, random: Random, charging: Charging, zone: ZoneInfo) -> None:
        self.random = random
        self.periods = charging.periods or (Period(1_780_000_000, 1_780_003_600),)
        self.zone = zone
        self.vats = random.choice(
            (
                (Decimal(25),),
                (Decimal(20), Decimal(10)),
                (Decimal("5.2"), Decimal(19), None),
                (None,),
                (Decimal(0), None, Decimal(25)),
            )
        )
        self.clock = random.choice((1, 5, 15, 15, 30, 60, 60))

    def terms(self) -> Terms:
        random = self.random
        elements = [self._element() for _ in range(random.choice((1, 1, 2, 3, 4, 5, 7)))]
        if _chance(random, 0.5):
            elements.append(Element(components=tuple(map(self._component, Dimension))))
        return Terms(
            currency=random.choice(("EUR", "EUR", "DKK", "JPY", "KWD", "ISK")),
            elements=tuple(elements),
            tax_included=_chance(random, 0.4),
            min_price=self._limit() if _chance(random, 0.2) else None,
            max_price=self._limit() if _chance(random, 0.2) else None,
            caps=tuple(self._cap() for _ in range(random.choice((0, 0, 0, 1, 1, 2, 3)))),
        )

    def _element(self) -> Element:
        random = self.random
        dimensions = random.sample(list(Dimension), random.choice((1, 1, 2, 2, 3, 4)))
        return Element(
            components=tuple(self._component(dimension) for dimension in dimensions),
            restrictions=self._restrictions(),
        )

    def _component(self, dimension: Dimension) -> Component:
        random = self.random
        is_time = dimension in {Dimension.TIME, Dimension.PARKING_TIME}
        steps = (0, 1, 60, 300, 420, 900, 1800, 3600, 7) if is_time else (0, 1, 10, 500, 1000, 333)
        spot = None
        if dimension is Dimension.ENERGY and _chance(random, 0.25):
            spot = Spot(
                area=random.choice(_AREAS),
                slot_minutes=random.choice((15, 30, 60)),
                factor=random.choice((Decimal(1), Decimal("1.25"), Decimal("0.8"))),
                fallback=random.choice((Decimal(0), Decimal("0.3"))),
                floor=random.choice((Decimal(0), None, Decimal("0.05"))),
            )
        return Component(
            dimension=dimension,
            price=self._price() if spot is None else self._price() / 16,
            vat=random.choice(self.vats),
            step_size=1 if _chance(random, 0.5) else random.choice(steps),
            per_seconds=random.choice((3600, 3600, 60, 900, 420)) if is_time else 3600,
            spot=spot,
        )

    def _price(self) -> Decimal:
        random = self.random
        digits = random.choice((0, 1, 2, 2, 2, 4, 6))
        price = Decimal(random.randrange(1, 5 * 10**digits + 1)).scaleb(-digits)
        return Decimal(0) if _chance(random, 0.15) else price

    def _limit(self) -> PriceLimit:
        random = self.random
        net = Decimal(random.choice((0, 50, 100, 250, 1000, random.randrange(4000)))).scaleb(-2)
        rate = random.choice(self.vats) or Decimal(0)
        gross = random.choice((net + net * rate / 100, net, net * 2, net * Decimal("1.1")))
        return random.choice(
            (PriceLimit(net=net), PriceLimit(gross=gross), PriceLimit(net=net, gross=gross))
        )

    def _cap(self) -> Cap:
        random = self.random
        return Cap(
            dimension=random.choice((Dimension.TIME, Dimension.PARKING_TIME)),
            amount=Decimal(random.choice((0, 50, 200, 1000, random.randrange(3000)))).scaleb(-2),
            per=random.choice(list(CapPeriod)),
        )

    # Restrictions.

    def _restrictions(self) -> Restrictions:
        random = self.random
        chosen: dict[str, Any] = {}
        kinds = (
            self._hours,
            self._days,
            self._dates,
            self._season,
            self._energy,
            self._duration,
            self._idle,
            self._power,
            self._current,
            self._peak,
            self._average,
        )
        for _ in range(random.choice((0, 0, 1, 1, 2, 3))):
            chosen |= random.choice(kinds)()
        if _chance(random, 0.12):
            chosen["reservation"] = random.choice(list(ReservationRule))
        return Restrictions(**chosen)

    def _moment(self) -> datetime:
        """A local time at which the session runs, or about so."""
        first, last = self.periods[0].start, self.periods[-1].end
        return datetime.fromtimestamp(self.random.randrange(first, last), self.zone)

    def _between(self, name: str, unit: str, values: tuple[int, int]) -> dict[str, Any]:
        """One or two thresholds; sometimes beyond what the session reaches."""
        random = self.random
        low, high = values
        thresholds = sorted(random.randrange(low, max(high, low) * 11 // 10 + 2) for _ in range(2))
        if _chance(random, 0.5):
            thresholds = [value // 100 * 100 for value in thresholds]
        return self._one_or_both(f"min_{name}_{unit}", f"max_{name}_{unit}", *thresholds)

    def _one_or_both(self, least: str, below: str, low: Any, high: Any) -> dict[str, Any]:
        return self.random.choice(({least: low}, {below: high}, {least: low, below: high}))

    def _hours(self) -> dict[str, Any]:
        moments = [self._moment() for _ in range(2)]
        minutes = [(m.hour * 60 + m.minute) // self.clock * self.clock for m in moments]
        low, high = self.random.choice((minutes, sorted(minutes), (minutes[0], 0)))
        return self._one_or_both("start_minute", "end_minute", low, high)

    def _days(self) -> dict[str, Any]:
        days = {self._moment().weekday(), self.random.randrange(7)}
        return {"days": frozenset(days) if _chance(self.random, 0.7) else frozenset({1, 3, 5})}

    def _dates(self) -> dict[str, Any]:
        days: list[date] = sorted(self._moment().date() for _ in range(2))
        later = days[1] + timedelta(days=self.random.randrange(2))
        return self._one_or_both("start_date", "end_date", days[0], later)

    def _season(self) -> dict[str, Any]:
        start, end = (
            (day.month, day.day)
            for day in (self._moment() + timedelta(self.random.randrange(-40, 40)) for _ in "12")
        )
        if _chance(self.random, 0.05):
            end = start
        return self._one_or_both("season_start", "season_end", start, end)

    def _energy(self) -> dict[str, Any]:
        total = sum(p.energy_wh for p in self.periods)
        return self._between("energy", "wh", (0, total))

    def _duration(self) -> dict[str, Any]:
        return self._between("duration", "s", (0, self.periods[-1].end - self.periods[0].start))

    def _idle(self) -> dict[str, Any]:
        seconds = sum(p.end - p.start for p in self.periods if p.state is State.IDLE)
        return self._between("idle", "s", (0, seconds))

    def _power(self) -> dict[str, Any]:
        return self._band("power", "w", [p.power_w for p in self.periods])

    def _current(self) -> dict[str, Any]:
        return self._band("current", "ma", [p.current_ma for p in self.periods])

    def _peak(self) -> dict[str, Any]:
        return self._band("peak_power", "w", [p.power_w for p in self.periods])

    def _average(self) -> dict[str, Any]:
        seconds = sum(p.end - p.start for p in self.periods) or 1
        return self._band(
            "average_power", "w", [sum(p.energy_wh for p in self.periods) * 3600 // seconds]
        )

    def _band(self, name: str, unit: str, known: list[int | None]) -> dict[str, Any]:
        values = [value for value in known if value is not None] or [5000]
        middle = self.random.choice(values)
        if _chance(self.random, 0.3):
            return self._one_or_both(f"min_{name}_{unit}", f"max_{name}_{unit}", middle, middle + 1)
        return self._between(name, unit, (0, max(values)))
