"""The autopilot: plays the people at one station, plug by plug, and now and then breaks things."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from random import Random

from chargers.simulator.evse import Evse
from chargers.simulator.scenario import Scenario, Visit
from chargers.simulator.simulated import NotAuthorized, SimulatedStation
from chargers.simulator.station import UnableToStart

LOOK = timedelta(seconds=20)

# fault, its cure, how long it lasts on average (minutes)
RANDOM_FAULTS: tuple[tuple[str, str | None, float], ...] = (
    ("connector_fault", "clear_fault", 25),
    ("offline", "online", 12),
    ("reboot", None, 0),
    ("malformed_frame", None, 0),
    ("duplicate_start", None, 0),
    ("lose_answer", None, 0),
    ("lost_stop", None, 0),
    ("deaf", "hearing", 10),
)
CODES = ("GroundFailure", "HighTemperature", "OverCurrentFailure", "PowerSwitchFailure",
         "ReaderFailure", "EVCommunicationError")  # fmt: skip


class Phase(Enum):
    """Where a visit stands."""

    IDLE = auto()
    PLUGGED = auto()
    CHARGING = auto()
    LEAVING = auto()


@dataclass(slots=True)
class PlugPilot:
    """The people at one EVSE."""

    next_at: datetime
    phase: Phase = Phase.IDLE
    visit: Visit | None = None
    leave_at: datetime | None = None
    full_at: datetime | None = None


class Autopilot:
    """The people at one station."""

    __slots__ = ("_cures", "_next_fault", "_plugs", "rng", "scenario", "station")

    def __init__(self, station: SimulatedStation, scenario: Scenario, rng: Random) -> None:
        self.station, self.scenario, self.rng = station, scenario, rng
        now = station.clock.now()
        self._plugs = [self._first(evse, now) for evse in station.model.evses]
        self._cures: list[tuple[datetime, str, dict[str, int]]] = []
        self._next_fault = self._draw_fault(now)

    def next_due(self) -> datetime:
        """Return when somebody acts next."""
        dues = [plug.next_at for plug in self._plugs]
        dues += [cure[0] for cure in self._cures]
        if self._next_fault is not None:
            dues.append(self._next_fault)
        return min(dues)

    async def act(self) -> None:
        """Do what is due at every plug."""
        now = self.station.clock.now()
        for plug, evse in zip(self._plugs, self.station.model.evses, strict=True):
            if evse.grant is not None and evse.vehicle is None:
                await self._answer_grant(plug, evse, now)
            elif plug.next_at <= now:
                await self._step(plug, evse, now)
        await self._faults(now)

    def _first(self, evse: Evse, now: datetime) -> PlugPilot:
        if self.rng.random() < self.scenario.warm:
            visit = self.scenario.warm_visit(evse.spec, self.rng)
            soon = now + timedelta(seconds=self.rng.uniform(3, 60))
            return PlugPilot(soon, visit=visit)
        return PlugPilot(self.scenario.next_arrival(now, evse.spec, self.rng))

    async def _step(self, plug: PlugPilot, evse: Evse, now: datetime) -> None:
        match plug.phase:
            case Phase.IDLE:
                await self._arrive(plug, evse, now)
            case Phase.PLUGGED:
                await self._present_card(plug, evse, now)
            case Phase.CHARGING:
                await self._watch(plug, evse, now)
            case Phase.LEAVING:
                await self._leave(plug, evse, now)

    async def _arrive(self, plug: PlugPilot, evse: Evse, now: datetime) -> None:
        visit = plug.visit or self.scenario.visit(evse.spec, self.rng)
        if not evse.usable or evse.vehicle is not None or evse.reservation is not None:
            plug.visit = None
            plug.next_at = self.scenario.next_arrival(now, evse.spec, self.rng)
            return
        plug.visit, plug.full_at = visit, None
        plug.phase = Phase.PLUGGED
        plug.next_at = now + timedelta(seconds=self.rng.uniform(4, 25))
        await self.station.plug_in(evse.number, visit.vehicle, visit.connector)

    async def _answer_grant(self, plug: PlugPilot, evse: Evse, now: datetime) -> None:
        """Somebody started from afar: they stand there and plug in."""
        if plug.phase is not Phase.IDLE:
            return
        visit = self.scenario.visit(evse.spec, self.rng)
        plug.visit, plug.phase, plug.full_at = visit, Phase.CHARGING, None
        plug.leave_at, plug.next_at = now + visit.stay, now + LOOK
        await self.station.plug_in(evse.number, visit.vehicle, visit.connector)

    async def _present_card(self, plug: PlugPilot, evse: Evse, now: datetime) -> None:
        visit = plug.visit
        if visit is None:
            plug.phase = Phase.LEAVING
            return
        plug.phase, plug.leave_at, plug.next_at = Phase.CHARGING, now + visit.stay, now + LOOK
        if evse.tx is not None:  # started from afar meanwhile
            return
        try:
            await self.station.authorize_and_start(evse.number, visit.id_token)
        except (NotAuthorized, UnableToStart):
            self._depart(plug, now)

    async def _watch(self, plug: PlugPilot, evse: Evse, now: datetime) -> None:
        visit, tx = plug.visit, evse.tx
        if tx is None or visit is None:
            self._depart(plug, now)
            return
        if visit.vehicle.satisfied and plug.full_at is None:
            plug.full_at = now
        full = plug.full_at is not None and now >= plug.full_at + visit.parking
        if not full and plug.leave_at is not None and now < plug.leave_at:
            plug.next_at = now + LOOK
            return
        self._depart(plug, now)
        if not visit.pulls_out:
            await self.station.stop(tx)

    def _depart(self, plug: PlugPilot, now: datetime) -> None:
        plug.phase = Phase.LEAVING
        plug.next_at = now + timedelta(seconds=self.rng.uniform(15, 120))

    async def _leave(self, plug: PlugPilot, evse: Evse, now: datetime) -> None:
        plug.phase, plug.visit = Phase.IDLE, None
        plug.next_at = self.scenario.next_arrival(now, evse.spec, self.rng)
        await self.station.unplug(evse.number)

    # --- faults ----------------------------------------------------------------------------------

    def _draw_fault(self, now: datetime) -> datetime | None:
        rate = self.scenario.faults_per_day
        return now + timedelta(days=self.rng.expovariate(rate)) if rate > 0 else None

    async def _faults(self, now: datetime) -> None:
        due = [cure for cure in self._cures if cure[0] <= now]
        for cure in due:
            self._cures.remove(cure)
            await self.station.inject(cure[1], **cure[2])
        if self._next_fault is not None and self._next_fault <= now:
            self._next_fault = self._draw_fault(now)
            await self._break_something(now)

    async def _break_something(self, now: datetime) -> None:
        fault, cure, minutes = self.rng.choice(RANDOM_FAULTS)
        place: dict[str, int] = {}
        if fault == "connector_fault":
            place["evse"] = self.rng.randint(1, len(self.station.model.evses))
        if cure is not None:
            until = now + timedelta(minutes=self.rng.expovariate(1 / minutes))
            self._cures.append((until, cure, place))
        if fault == "connector_fault":
            await self.station.inject(fault, code=self.rng.choice(CODES), **place)
        else:
            await self.station.inject(fault)
