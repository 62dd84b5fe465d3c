"""One charging place: plug, car, meter register and the transaction at it. Pure.

The register counts watt-milliseconds as an integer, so sums of constant power are exact.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from chargers.simulator.models import CurrentKind, EvseSpec
from chargers.simulator.neutral import (
    Context,
    IdToken,
    NeedsNotified,
    Reading,
    Status,
    Trigger,
    Tx,
)
from chargers.simulator.vehicle import (
    MAINS_V,
    MIN_AC_CURRENT_A,
    WMS_PER_WH,
    Draw,
    Hold,
    Limit,
    Vehicle,
)

ROOM_C = 25.0
TEMPERATURE_CHANCE = 0.1  # stations report it now and then


@dataclass(frozen=True, slots=True)
class Reservation:
    """A place kept for a token until an instant."""

    id: int
    id_token: IdToken
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave to charge that waits for a car."""

    id_token: IdToken
    trigger: Trigger
    expires_at: datetime
    remote_start_id: int | None = None


@dataclass(slots=True)
class Evse:
    """State of one EVSE; the station model above decides, this keeps the books."""

    number: int
    spec: EvseSpec
    register_wms: int = 0
    operative: bool = True
    inoperative_next: bool = False
    fault: str | None = None
    vendor_code: str | None = None
    vehicle: Vehicle | None = None
    connector: int = 1
    tx: Tx | None = None
    grant: Grant | None = None
    reservation: Reservation | None = None
    finished: bool = False
    draw: Draw = field(default_factory=Draw)
    next_sample_at: datetime | None = None
    reported: Status | None = None
    temperature_c: float = ROOM_C

    @property
    def register_wh(self) -> int:
        """The meter as it is read: whole Wh, rounded down."""
        return self.register_wms // WMS_PER_WH

    @property
    def connectors(self) -> tuple[int, ...]:
        """The connectors that a change of state concerns: the plugged one, else all."""
        if self.vehicle is not None:
            return (self.connector,)
        return tuple(range(1, len(self.spec.connectors) + 1))

    @property
    def tx_state(self) -> Status:
        """How the running transaction fares."""
        match self.draw.hold:
            case Hold.EV:
                return Status.SUSPENDED_EV
            case Hold.EVSE:
                return Status.SUSPENDED_EVSE
            case _:
                return Status.CHARGING

    @property
    def status(self) -> Status:
        """The one state that a person would read off the display."""
        if self.fault:
            return Status.FAULTED
        if self.tx is not None:
            return self.tx_state
        if not self.operative:
            return Status.UNAVAILABLE
        if self.vehicle is not None:
            return Status.FINISHING if self.finished else Status.PREPARING
        if self.grant is not None:
            return Status.PREPARING
        return Status.RESERVED if self.reservation else Status.AVAILABLE

    @property
    def usable(self) -> bool:
        """Whether a new transaction could begin here, reservations aside."""
        return self.fault is None and self.operative and self.tx is None and self.grant is None

    def refresh_draw(self, limit: Limit, rng: Random) -> None:
        """Look anew at what flows; nothing does without a transaction."""
        if self.tx is None or self.vehicle is None or self.fault:
            self.draw = Draw()
        else:
            self.draw = self.vehicle.draw(self.spec, limit, rng)

    def integrate(self, milliseconds: int) -> None:
        """Let the present power flow for so long."""
        if self.draw.power_w and self.vehicle is not None:
            self.register_wms += self.vehicle.absorb(self.draw.power_w * milliseconds)

    def read(self, at: datetime, context: Context, rng: Random) -> Reading:
        """Read the meter; `at` is the device's time."""
        soc = None
        if self.vehicle is not None and self.spec.kind == "DC":
            soc = int(self.vehicle.soc_percent + 1e-6)
        warm = context is Context.PERIODIC and rng.random() < TEMPERATURE_CHANCE
        return Reading(
            at=at,
            context=context,
            energy_wh=self.register_wh,
            power_w=self.draw.power_w,
            currents_a=self.draw.currents_a,
            voltages_v=self.draw.voltages_v,
            soc_percent=soc,
            temperature_c=rng.randint(18, 46) if warm else None,
        )

    def needs(self, energy_wh: int, departure_at: datetime | None) -> NeedsNotified:
        """Return what the car here asks for; raises `LookupError` without one."""
        if self.vehicle is None:
            raise LookupError(f"no car at EVSE {self.number}")
        ac = self.spec.kind is CurrentKind.AC
        vehicle = self.vehicle
        amps = vehicle.ac_max_current_a if ac else vehicle.dc_max_power_w / vehicle.dc_nominal_v
        return NeedsNotified(
            evse=self.number,
            transfer="AC_three_phase" if ac else "DC",
            energy_wh=energy_wh,
            min_current_a=int(MIN_AC_CURRENT_A),
            max_current_a=round(amps),
            max_voltage_v=MAINS_V if ac else vehicle.dc_nominal_v,
            soc_percent=int(vehicle.soc_percent),
            capacity_wh=vehicle.battery_wh,
            departure_at=departure_at,
        )
