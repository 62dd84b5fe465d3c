"""When people come, how long they stay and what their cars take. Pure, chance injected."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from chargers.simulator.models import CurrentKind, EvseSpec
from chargers.simulator.scenario import AC_DAY, CARS, DC_DAY, Car
from chargers.simulator.vehicle import DC_CURVE, MAINS_V
from csms.seed.places import SiteKind


class Habits(NamedTuple):
    """Of one kind of site: arrivals by local hour and weekday, per EVSE and day; parking in minutes."""

    hours: tuple[int, ...]
    weekdays: tuple[float, ...]
    ac_per_day: float
    dc_per_day: float
    parking_min: float


_OFFICE = (0, 0, 0, 0, 0, 2, 12, 30, 28, 12, 5, 3, 5, 5, 3, 2, 1, 1, 1, 0, 0, 0, 0, 0)
_SHOPS = (0, 0, 0, 0, 0, 0, 1, 3, 8, 15, 20, 22, 22, 20, 20, 22, 26, 28, 22, 12, 5, 2, 1, 0)
_HOME = (2, 1, 0, 0, 0, 1, 3, 5, 5, 4, 3, 3, 4, 4, 6, 10, 20, 30, 28, 22, 16, 12, 8, 4)

HABITS: dict[SiteKind, Habits] = {
    SiteKind.CITY: Habits(AC_DAY, (1, 1, 1, 1, 1.1, 1.1, 0.8), 2.0, 4.5, 60),
    SiteKind.COMMUTER: Habits(_OFFICE, (1.1, 1.15, 1.1, 1.1, 0.9, 0.15, 0.1), 1.4, 3.0, 240),
    SiteKind.RESIDENTIAL: Habits(_HOME, (1, 1, 1, 1, 0.9, 0.9, 1.1), 1.1, 3.0, 240),
    SiteKind.RETAIL: Habits(_SHOPS, (0.8, 0.8, 0.85, 0.9, 1.2, 1.5, 0.7), 2.4, 5.0, 20),
    SiteKind.FAST: Habits(DC_DAY, (0.95, 0.85, 0.9, 1, 1.3, 1.1, 1.15), 1.8, 7.0, 5),
}


@dataclass(frozen=True, slots=True)
class Curve:
    """Power over time as straight lines between corners.

    Attributes:
        seconds: of each corner since the start, ascending from 0.
        watts: at each corner.
        joules: delivered up to each corner.
    """

    seconds: tuple[float, ...]
    watts: tuple[float, ...]
    joules: tuple[float, ...]

    def power_at(self, second: float) -> int:
        """W at an instant; 0 outside."""
        if not 0 <= second <= self.seconds[-1]:
            return 0
        return round(self._between(second)[0])

    def energy_at(self, second: float) -> int:
        """Wh delivered up to an instant."""
        return int(self._between(min(max(second, 0.0), self.seconds[-1]))[1] / 3600)

    def _between(self, second: float) -> tuple[float, float]:
        left = min(bisect_right(self.seconds, second) - 1, len(self.seconds) - 2)
        span = self.seconds[left + 1] - self.seconds[left]
        into = second - self.seconds[left]
        slope = (self.watts[left + 1] - self.watts[left]) / span
        power = self.watts[left] + slope * into
        return power, self.joules[left] + (self.watts[left] + power) / 2 * into


def curve_through(corners: list[tuple[float, float]]) -> Curve:
    """A curve through (second, watt) corners in ascending order."""
    joules = [0.0]
    for (t0, p0), (t1, p1) in pairwise(corners):
        joules.append(joules[-1] + (p0 + p1) / 2 * (t1 - t0))
    return Curve(tuple(t for t, _ in corners), tuple(p for _, p in corners), tuple(joules))


@dataclass(frozen=True, slots=True)
class Stay:
    """One car at one plug; state of charge in percent at both ends (None where AC hides it)."""

    curve: Curve
    plugged: timedelta
    soc_start: int | None
    soc_end: int | None


def arrivals(
    *, kind: SiteKind, spec: EvseSpec, zone: ZoneInfo, since: datetime, rng: Random
) -> Arrivals:
    """The arrivals at one EVSE from `since` on."""
    habits = HABITS[kind]
    per_day = habits.ac_per_day if spec.kind is CurrentKind.AC else habits.dc_per_day
    return Arrivals(habits, per_day, zone, since, rng)


class Arrivals:
    """A Poisson process whose rate follows hour and weekday (thinning)."""

    def __init__(
        self, habits: Habits, per_day: float, zone: ZoneInfo, since: datetime, rng: Random
    ) -> None:
        self._habits, self._zone, self._rng = habits, zone, rng
        self._peak = max(habits.hours) * max(habits.weekdays)
        self._per_hour = per_day * self._peak / sum(habits.hours)
        self.at = since

    def after(self, earliest: datetime) -> datetime:
        """The next arrival at or after `earliest`."""
        at = max(self.at, earliest)
        habits, rng = self._habits, self._rng
        while True:
            at += timedelta(hours=rng.expovariate(self._per_hour))
            local = at.astimezone(self._zone)
            rate = habits.hours[local.hour] * habits.weekdays[local.weekday()]
            if rng.random() * self._peak < rate:
                self.at = at.replace(microsecond=0)
                return self.at


def stay(*, kind: SiteKind, spec: EvseSpec, shared_power_w: int, rng: Random) -> Stay:
    """Draw a car and let it charge.

    Args:
        shared_power_w: what the whole station can give.
    """
    car = rng.choices(CARS, weights=[kind_of_car.weight for kind_of_car in CARS])[0]
    if spec.kind is CurrentKind.AC:
        return _ac_stay(car, spec, HABITS[kind].parking_min, rng)
    return _dc_stay(car, spec, min(spec.max_power_w, shared_power_w), HABITS[kind].parking_min, rng)


def _ac_stay(car: Car, spec: EvseSpec, parking_min: float, rng: Random) -> Stay:
    phases = min(car.ac_phases, spec.phases)
    amps = min(car.ac_max_current_a, spec.max_current_a)
    power = amps * phases * MAINS_V * rng.uniform(0.96, 1.0)
    wanted_wh = car.battery_wh * rng.uniform(0.12, 0.62)
    charging = wanted_wh / power * 3600 + 300
    plugged = charging + rng.expovariate(1 / (parking_min * 60))
    if rng.random() < 0.45:  # left before the car was full
        plugged = charging = charging * rng.uniform(0.25, 0.95)
        return Stay(
            curve_through([(0, 0), (15, power), (charging, power)]),
            timedelta(seconds=round(plugged)),
            None,
            None,
        )
    corners = [(0, 0), (15, power), (charging - 600 if charging > 1200 else charging / 2, power)]
    corners += [(charging, power * 0.3), (charging + 1, 0), (plugged + 2, 0)]
    return Stay(curve_through(corners), timedelta(seconds=round(plugged + 2)), None, None)


def _dc_stay(car: Car, spec: EvseSpec, limit_w: int, parking_min: float, rng: Random) -> Stay:
    start = rng.uniform(7, 48)
    end = max(start + 8, rng.choice((60, 70, 80, 80, 80, 85, 90)) - rng.uniform(0, 9))
    limit = min(limit_w, spec.max_current_a * car.dc_nominal_v)
    warmth = rng.uniform(0.72, 1.0)  # a cold battery takes less
    levels = [start, *(level for level, _ in DC_CURVE if start < level < end), end]
    powers = [min(limit, car.dc_max_power_w * warmth * _share(level)) for level in levels]
    corners: list[tuple[float, float]] = [(0, 0), (25, powers[0])]
    at = 25.0
    for (low, high), (p0, p1) in zip(pairwise(levels), pairwise(powers), strict=True):
        energy_wh = (high - low) / 100 * car.battery_wh / 0.93
        at += energy_wh * 3600 / ((p0 + p1) / 2)
        corners.append((at, p1))
    plugged = at + 2 + rng.expovariate(1 / (parking_min * 60))
    corners += [(at + 1, 0), (plugged, 0)]
    return Stay(curve_through(corners), timedelta(seconds=round(plugged)), round(start), round(end))


def _share(level: float) -> float:
    """Share of the car's peak power at a state of charge, linear between the knots."""
    for (low, p0), (high, p1) in pairwise(DC_CURVE):
        if level <= high:
            return p0 + (p1 - p0) * (level - low) / (high - low)
    return DC_CURVE[-1][1]
