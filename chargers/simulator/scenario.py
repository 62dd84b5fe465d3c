"""Who comes when, with which car, and how they behave. Pure, random by an injected source."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from chargers.simulator.models import CurrentKind, EvseSpec
from chargers.simulator.neutral import IdToken
from chargers.simulator.vehicle import Vehicle

# relative arrivals by hour of the local day
AC_DAY = (2, 1, 1, 1, 2, 4, 10, 22, 26, 16, 10, 9, 11, 10, 9, 10, 16, 24, 26, 20, 14, 9, 6, 3)
DC_DAY = (2, 1, 1, 1, 2, 4, 8, 13, 14, 13, 14, 16, 18, 17, 17, 18, 20, 22, 20, 16, 12, 8, 5, 3)


class Car(NamedTuple):
    """A kind of car and how common it is."""

    weight: int
    battery_wh: int
    ac_phases: int
    ac_max_current_a: int
    dc_max_power_w: int
    dc_nominal_v: int


CARS = (
    Car(8, 58_000, 3, 16, 125_000, 400),
    Car(6, 77_000, 3, 16, 175_000, 400),
    Car(7, 75_000, 3, 16, 210_000, 400),
    Car(4, 77_400, 3, 16, 235_000, 800),
    Car(2, 93_400, 3, 32, 270_000, 800),
    Car(4, 40_000, 1, 32, 46_000, 400),
    Car(3, 52_000, 3, 32, 100_000, 400),
    Car(3, 42_000, 3, 16, 75_000, 400),
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """Traffic of a network. `arrivals` are per EVSE and day, `warm` the share busy at the start."""

    id_tokens: tuple[IdToken, ...] = (IdToken("04A1B2C3D4E580"),)
    arrivals_ac: float = 3.0
    arrivals_dc: float = 12.0
    utc_offset_hours: float = 1.0
    warm: float = 0.4
    stranger: float = 0.02
    faults_per_day: float = 0.0

    def next_arrival(self, now: datetime, spec: EvseSpec, rng: Random) -> datetime:
        """Draw the next arrival of a Poisson process whose rate follows the hour (thinning)."""
        is_ac = spec.kind is CurrentKind.AC
        day = AC_DAY if is_ac else DC_DAY
        per_day = self.arrivals_ac if is_ac else self.arrivals_dc
        if per_day <= 0:
            return now + timedelta(days=365)
        peak_per_hour = per_day * max(day) / sum(day)
        at = now
        while True:
            at += timedelta(hours=rng.expovariate(peak_per_hour))
            local = at + timedelta(hours=self.utc_offset_hours)
            if rng.random() * max(day) < day[local.hour]:
                return at

    def visit(self, spec: EvseSpec, rng: Random) -> Visit:
        """Draw a car and what its driver is up to."""
        car = rng.choices(CARS, weights=[kind.weight for kind in CARS])[0]
        is_ac = spec.kind is CurrentKind.AC
        soc = rng.uniform(15, 75) if is_ac else rng.uniform(6, 45)
        target = rng.choice((80, 90, 100)) if is_ac else rng.choice((70, 80, 80, 85, 90))
        vehicle = Vehicle(
            battery_wh=car.battery_wh,
            soc_percent=round(soc, 1),
            target_soc_percent=float(max(target, soc + 5)),
            ac_phases=car.ac_phases,
            ac_max_current_a=float(car.ac_max_current_a),
            dc_max_power_w=car.dc_max_power_w,
            dc_nominal_v=car.dc_nominal_v,
            noise=0.015,
        )
        stay = rng.uniform(40, 400) if is_ac else rng.uniform(12, 55)
        parking = rng.expovariate(1 / 45) if is_ac else rng.expovariate(1 / 6)
        token = rng.choice(self.id_tokens)
        if rng.random() < self.stranger:
            token = IdToken(f"{rng.getrandbits(56):014X}")
        return Visit(
            vehicle=vehicle,
            id_token=token,
            connector=rng.randint(1, len(spec.connectors)),
            stay=timedelta(minutes=stay),
            parking=timedelta(minutes=parking),
            pulls_out=rng.random() < 0.25,
        )

    def warm_visit(self, spec: EvseSpec, rng: Random) -> Visit:
        """Draw a visit that is already under way."""
        visit = self.visit(spec, rng)
        car = visit.vehicle
        car.soc_percent += rng.random() * 0.7 * (car.target_soc_percent - car.soc_percent)
        return replace(visit, stay=visit.stay * rng.uniform(0.3, 1))


@dataclass(frozen=True, slots=True)
class Visit:
    """One person at one plug: stays so long to charge, parks so long after the car is full.

    `pulls_out` ends by unplugging alone, without the card.
    """

    vehicle: Vehicle
    id_token: IdToken
    connector: int
    stay: timedelta
    parking: timedelta
    pulls_out: bool
