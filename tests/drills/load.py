"""Stations that charge one session after the other, redial when cut off, and remember everything.

What a station got a result for must be in the database afterwards; what it did not, it tells again
after the next boot, as its queue of transaction messages survives a lost connection.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from chargers.simulator import (
    CallRefused,
    LinkLost,
    NoAnswer,
    NotAuthorized,
    SimulatedStation,
    Tx,
    UnableToConnect,
    Vehicle,
)
from tests.drills.conftest import CARD
from tests.journeys.site import Site, Web
from tests.journeys.stations import PROTOCOLS, eventually, simulated

_REDIAL_SECONDS = 0.2
_CUT_OFF = (LinkLost, NoAnswer, CallRefused, UnableToConnect)
# 16 A on three phases at 230 V, for two minutes.
SESSION_WH = 368
SESSION_MINUTES = 2


@dataclass
class Charger:
    """One station and its drivers; `done` are the sessions that it has told to their end."""

    station: SimulatedStation
    done: list[Tx] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    boots: int = 0

    async def live(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            await self._one_session()
        await self.told()

    async def told(self) -> None:
        """Go on until nothing waits to be told."""
        while self.station.queued or not self.station.booted or not self.station.connected:
            await self._be_connected()
            with contextlib.suppress(*_CUT_OFF):
                await self.station.flush()

    async def _one_session(self) -> None:
        station = self.station
        await self._be_connected()
        with contextlib.suppress(*_CUT_OFF, NotAuthorized):
            await station.plug_in(1, Vehicle(ac_max_current_a=16))
            await station.authorize_and_start(1, CARD)
        tx = station.model.evse(1).tx
        if tx is None:  # cut off before it began: what was plugged in goes away again
            await self._leave()
            return
        self.done.append(tx)
        for _ in range(SESSION_MINUTES):
            await self._patiently(station.charge(minutes=1))
        await self._patiently(station.stop(tx))
        await self._leave()

    async def _leave(self) -> None:
        if self.station.model.evse(1).vehicle is not None:
            await self._patiently(self.station.unplug(1))

    async def _patiently(self, step: Any) -> None:
        """The machine does it whatever the link does; what was to be told waits."""
        with contextlib.suppress(*_CUT_OFF):
            await step
        await self._be_connected()

    async def _be_connected(self) -> None:
        while not (self.station.connected and self.station.booted):
            try:
                await self.station.connect()
                await self.station.boot()
                self.boots += 1
            except _CUT_OFF as error:
                self.errors.append(str(error))
                await asyncio.sleep(_REDIAL_SECONDS)


@contextlib.asynccontextmanager
async def charging(web: Web, identities: list[str]) -> AsyncIterator[list[Charger]]:
    """Chargers of both versions at work; at the end of the block they finish and tell the rest."""
    stopping = asyncio.Event()
    chargers = [
        Charger(simulated(web, identity, PROTOCOLS[number % 2], call_timeout_s=40.0))
        for number, identity in enumerate(identities)
    ]
    jobs = [asyncio.ensure_future(charger.live(stopping)) for charger in chargers]
    try:
        yield chargers
        stopping.set()
        async with asyncio.timeout(60):
            await asyncio.gather(*jobs)
    finally:
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
        for charger in chargers:
            await charger.station.close()


async def every_one_has_done(chargers: list[Charger], sessions: int) -> None:
    """Wait until each charger has begun so many sessions."""
    await eventually(
        lambda: [len(charger.done) for charger in chargers],
        lambda done: min(done) >= sessions,
        within=40,
    )


def check(site: Site, charger: Charger) -> None:
    """Every session is there once, with its exact energy; nothing else is there."""
    identity = charger.station.identity
    stored = {row["station_ref"]: row for row in site.do("transactions", identity=identity)}
    told = {str(tx.reference): tx for tx in charger.done}
    assert stored.keys() == told.keys()
    assert len(told) == len(charger.done)
    for reference, tx in told.items():
        row = stored[reference]
        assert tx.energy_wh == SESSION_WH
        assert (row["state"], row["energy_wh"]) == ("ended", SESSION_WH), row
        assert row["meter_stop_wh"] - row["meter_start_wh"] == SESSION_WH


def check_acknowledged(site: Site, charger: Charger) -> None:
    """Every result that reached the station answers a frame that is in the log, word for word."""
    got = [
        frame.message
        for frame in charger.station.frames
        if not frame.sent and frame.message[0] == 3
    ]
    logged = {
        frame["message_id"]: frame["reply"]
        for frame in site.do("frames", identity=charger.station.identity)
        if frame["direction"] == "in"
    }
    missing = [message for message in got if message[1] not in logged]
    assert missing == []
    assert all(logged[message[1]].startswith(f'[3,"{message[1]}",') for message in got)
