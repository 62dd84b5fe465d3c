"""A simulated station over a real websocket: the machine, its link and its people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from chargers.simulator.client import StationClient, as_token
from chargers.simulator.clock import VirtualClock
from chargers.simulator.faults import FAULTS
from chargers.simulator.neutral import (
    IdToken,
    LimitNotified,
    PlanNotified,
    Reason,
    Trigger,
    Tx,
)
from chargers.simulator.profiles import Kind, Period, Profile, Purpose
from chargers.simulator.station import UnableToStart
from chargers.simulator.vehicle import Vehicle


class NotAuthorized(Exception):
    """The token may not charge."""


class SimulatedStation(StationClient):
    """One station. `async with` connects and closes; nothing boots by itself.

    With a `VirtualClock` time stands still but for `charge` and `wait`; with a `RunningClock`
    somebody (the fleet) calls `tick` now and then.
    """

    # --- people ----------------------------------------------------------------------------------

    async def plug_in(
        self, evse: int = 1, vehicle: Vehicle | None = None, connector: int = 1
    ) -> Tx | None:
        """Connect a car; returns the transaction if one was only waiting for it."""
        self._advance()
        self.post(self.model.plug_in(evse, vehicle or Vehicle(), connector))
        await self.flush()
        return self.model.evse(evse).tx

    async def unplug(self, evse: int = 1) -> None:
        """Take the car away."""
        self._advance()
        self.post(self.model.unplug(evse))
        await self.flush()

    async def authorize_and_start(self, evse: int = 1, id_token: IdToken | str = "") -> Tx:
        """Present a card where a car is plugged in; raises `NotAuthorized`, `UnableToStart`."""
        token = as_token(id_token)
        if not await self.authorize(token):
            raise NotAuthorized(token.value)
        return await self.start(evse, token)

    async def start(self, evse: int = 1, id_token: IdToken | str = "") -> Tx:
        """Start without asking; raises `UnableToStart`."""
        self._advance()
        if self.model.evse(evse).vehicle is None:
            raise UnableToStart(f"no car at EVSE {evse}")
        self.post(self.model.grant(evse, as_token(id_token)))
        tx = self.model.evse(evse).tx
        await self.flush()
        if tx is None:
            raise UnableToStart(f"nothing began at EVSE {evse}")
        return tx

    async def stop(self, tx: Tx, id_token: IdToken | str | None = None) -> None:
        """Present the card again, or another one, which must be allowed."""
        self._advance()
        token = as_token(id_token) if id_token else tx.id_token
        if token.value != tx.id_token.value and not await self.authorize(token):
            raise NotAuthorized(token.value)
        if self.model.evse(tx.evse).tx is tx:
            events = self.model.end(tx.evse, Reason.LOCAL, Trigger.STOP_AUTHORIZED, id_token=token)
            self.post(events)
        await self.flush()

    # --- systems beside, vehicles that speak ISO 15118 -------------------------------------------------

    async def limit_from_outside(
        self, source: str, *, unit: str = "W", limit: float, evse: int = 0, critical: bool = False
    ) -> None:
        """Have another system limit the station (or an EVSE), and say so where the version can."""
        self._advance()
        taken = (entry.id for _, entry in self.model.profiles.entries)
        profile = Profile(
            id=max(taken, default=0) + 1,
            stack_level=0,
            purpose=Purpose.EXTERNAL,
            kind=Kind.ABSOLUTE,
            unit=unit,
            periods=(Period(0, limit),),
            start=self.model.device_time(),
            source=source,
        )
        self.model.profiles.install(evse, profile)
        told = LimitNotified(evse, source, profile, is_grid_critical=critical)
        self.post([told, *self.model.reevaluate()])
        await self.flush()

    async def lift_limit(self, source: str, *, evse: int = 0) -> None:
        """Have the other system take its limit back."""
        self._advance()
        self.model.profiles.clear_external(source, evse)
        self.post([LimitNotified(evse, source, None), *self.model.reevaluate()])
        await self.flush()

    async def tell_needs(
        self, evse: int, *, energy_wh: int, departure_at: datetime | None = None
    ) -> None:
        """Pass on what the vehicle at an EVSE asks for."""
        self._advance()
        self.post([self.model.evse(evse).needs(energy_wh, departure_at)])
        await self.flush()

    async def tell_plan(
        self, evse: int, periods: tuple[tuple[int, float], ...], unit: str = "W"
    ) -> None:
        """Pass on how the vehicle at an EVSE means to charge."""
        self._advance()
        self.post([PlanNotified(evse, self.model.device_time(), unit, periods)])
        await self.flush()

    # --- time --------------------------------------------------------------------------------------

    async def charge(self, *, minutes: float = 0, seconds: float = 0) -> None:
        """Let virtual time pass; every message goes out, and is answered, at its own instant."""
        await charge_together([self], minutes=minutes, seconds=seconds)

    wait = charge

    def next_due(self) -> datetime | None:
        """Return when `tick` is due next."""
        interval = self.model.settings.heartbeat_interval
        dues = [self.model.next_due(), self._outbox.retry_at, self.wire.next_due()]
        if self.booted and self.reachable and interval:
            dues.append(self.last_sent_at + timedelta(seconds=interval))
        return min((due for due in dues if due is not None), default=None)

    async def tick(self) -> None:
        """Catch up with the clock: send what fell due."""
        self._advance()
        await self.flush()
        if self.desk.reset_when_idle and not any(self.model.transactions()):
            self.desk.reset_when_idle = False
            await self.reboot("ScheduledReset")
        interval = self.model.settings.heartbeat_interval
        quiet = (self.clock.now() - self.last_sent_at).total_seconds()
        if self.booted and self.reachable and interval and quiet >= interval:
            await self.heartbeat()

    # --- faults --------------------------------------------------------------------------------------

    async def inject(self, fault: str, **details: Any) -> None:
        """Bring a fault about, or its cure; the names are those of `faults.FAULTS`."""
        if fault not in FAULTS:
            raise ValueError(f"unknown fault {fault!r}; known: {', '.join(sorted(FAULTS))}")
        self._advance()
        await FAULTS[fault](self, **details)


async def charge_together(
    stations: Iterable[SimulatedStation], *, minutes: float = 0, seconds: float = 0
) -> None:
    """Let virtual time pass for stations that share one `VirtualClock`."""
    everyone = list(stations)
    clock = everyone[0].clock
    if not isinstance(clock, VirtualClock):
        raise TypeError("only a VirtualClock can be moved")
    end = clock.now() + timedelta(minutes=minutes, seconds=seconds)
    while clock.now() < end:
        dues = [due for station in everyone if (due := station.next_due()) is not None]
        later = [due for due in dues if due > clock.now()]
        clock.move_to(min(end, min(later, default=end)))
        for station in everyone:
            await station.tick()
