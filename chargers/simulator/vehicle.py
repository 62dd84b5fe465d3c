"""Vehicles: how much a car draws from a plug, and when it has had enough. Pure.

AC follows the on-board charger (phases and amps), DC a power curve over the state of charge.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from chargers.simulator.models import CurrentKind, EvseSpec

if TYPE_CHECKING:
    from random import Random

MAINS_V = 230
MIN_AC_CURRENT_A = 6.0  # IEC 61851-1: no duty cycle means less
MIN_DC_POWER_W = 500.0
WMS_PER_WH = 3_600_000  # the register counts watt-milliseconds so that sums stay exact
FULL_EPSILON = 1e-6

# (state of charge in percent, share of the car's peak power), linear in between
DC_CURVE: tuple[tuple[float, float], ...] = (
    (0, 0.60), (5, 0.90), (10, 1.0), (45, 1.0), (55, 0.85),
    (65, 0.68), (75, 0.52), (80, 0.42), (90, 0.18), (97, 0.06), (100, 0.03),
)  # fmt: skip
AC_CURVE: tuple[tuple[float, float], ...] = ((0, 1.0), (97, 1.0), (100, 0.30))


class Hold(StrEnum):
    """Who keeps the power at zero."""

    NONE = "none"
    EV = "ev"
    EVSE = "evse"


@dataclass(frozen=True, slots=True)
class Limit:
    """An upper bound from outside; amps are per phase. None means unbounded.

    `least_a` and `least_w` say below which rate charging makes no sense (minChargingRate).
    """

    amps: float | None = None
    watts: float | None = None
    phases: int | None = None
    least_a: float = 0.0
    least_w: float = 0.0

    def tightened(self, other: Limit) -> Limit:
        """Combine two bounds into the stricter."""
        return Limit(
            _least(self.amps, other.amps),
            _least(self.watts, other.watts),
            min(self.phases or 3, other.phases or 3) if self.phases or other.phases else None,
            max(self.least_a, other.least_a),
            max(self.least_w, other.least_w),
        )


@dataclass(frozen=True, slots=True)
class Draw:
    """What flows now; `power_w` is what the meter integrates."""

    power_w: int = 0
    currents_a: tuple[float, ...] = ()
    voltages_v: tuple[float, ...] = ()
    hold: Hold = Hold.NONE


@dataclass(slots=True)
class Vehicle:
    """A car at a plug. `noise` is the relative spread of its power, 0 for exact figures."""

    battery_wh: int = 60_000
    soc_percent: float = 30.0
    target_soc_percent: float = 80.0
    ac_phases: int = 3
    ac_max_current_a: float = 16.0
    dc_max_power_w: int = 120_000
    dc_nominal_v: int = 400
    efficiency: float = 0.93
    noise: float = 0.0
    pauses: bool = False  # the driver's app told the car to wait

    @property
    def satisfied(self) -> bool:
        """Whether the target state of charge is reached."""
        return self.soc_percent >= self.target_soc_percent - FULL_EPSILON

    def draw(self, spec: EvseSpec, limit: Limit, rng: Random) -> Draw:
        """Tell what the car takes from such a plug under such a limit."""
        if spec.kind is CurrentKind.AC:
            return self._draw_ac(spec, limit, rng)
        return self._draw_dc(spec, limit, rng)

    def absorb(self, energy_wms: int) -> int:
        """Store up to `energy_wms`; returns what was taken, which ends exactly at the target."""
        room_percent = max(0.0, self.target_soc_percent - self.soc_percent)
        room = round(room_percent / 100 * self.battery_wh / self.efficiency * WMS_PER_WH)
        if energy_wms >= room:
            self.soc_percent = max(self.soc_percent, self.target_soc_percent)
            return room
        stored_wh = energy_wms / WMS_PER_WH * self.efficiency
        self.soc_percent += stored_wh / self.battery_wh * 100
        return energy_wms

    def _draw_ac(self, spec: EvseSpec, limit: Limit, rng: Random) -> Draw:
        phases = min(self.ac_phases, spec.phases, limit.phases or spec.phases)
        voltages = tuple(self._noisy(MAINS_V, rng, 0.3) for _ in range(phases))
        offered = _least(limit.amps, float(spec.max_current_a)) or 0.0
        if limit.watts is not None:
            offered = min(offered, limit.watts / (MAINS_V * phases))
        least_w = limit.least_w / (MAINS_V * phases)
        if offered < max(MIN_AC_CURRENT_A, limit.least_a, least_w):
            return Draw(0, (0.0,) * phases, voltages, Hold.EVSE)
        if self.satisfied or self.pauses:
            return Draw(0, (0.0,) * phases, voltages, Hold.EV)
        wanted = self.ac_max_current_a * _on_curve(AC_CURVE, self.soc_percent)
        amps = min(offered, max(MIN_AC_CURRENT_A, self._noisy(wanted, rng)))
        currents = (round(amps, 2),) * phases
        power = sum(amps * volts for volts in voltages)
        return Draw(round(power), currents, voltages)

    def _draw_dc(self, spec: EvseSpec, limit: Limit, rng: Random) -> Draw:
        volts = round(self.dc_nominal_v * (0.88 + 0.2 * self.soc_percent / 100), 1)
        offered = min(float(spec.max_power_w), spec.max_current_a * volts)
        if limit.watts is not None:
            offered = min(offered, limit.watts)
        if limit.amps is not None:
            # an amps limit bounds the grid side, three phases
            offered = min(offered, limit.amps * 3 * MAINS_V)
        if offered < max(MIN_DC_POWER_W, limit.least_w, limit.least_a * 3 * MAINS_V):
            return Draw(0, (0.0,), (volts,), Hold.EVSE)
        if self.satisfied or self.pauses:
            return Draw(0, (0.0,), (volts,), Hold.EV)
        wanted = self._noisy(self.dc_max_power_w * _on_curve(DC_CURVE, self.soc_percent), rng)
        power = round(min(offered, wanted))
        return Draw(power, (round(power / volts, 2),), (volts,))

    def _noisy(self, value: float, rng: Random, share: float = 1.0) -> float:
        if not self.noise:
            return value
        return round(value * (1 + rng.uniform(-self.noise, self.noise) * share), 2)


def _least(first: float | None, second: float | None) -> float | None:
    if first is None:
        return second
    return first if second is None else min(first, second)


def _on_curve(curve: tuple[tuple[float, float], ...], at: float) -> float:
    """Interpolate linearly; outside the curve its end holds."""
    left = curve[0]
    for right in curve[1:]:
        if at <= right[0]:
            span = right[0] - left[0]
            return left[1] + (right[1] - left[1]) * max(0.0, at - left[0]) / span
        left = right
    return curve[-1][1]
