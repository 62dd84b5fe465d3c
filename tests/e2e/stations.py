"""Simulated stations beside the browser, in a thread with an event loop of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Self, TypeVar

from chargers.simulator import SimulatedStation, VirtualClock
from chargers.simulator.neutral import Tx
from tests.e2e.live_site import SeededStation

T = TypeVar("T")

WITHIN_SECONDS = 60.0
# Their clocks stand an hour back, so that what is charged at once has happened when it is told.
BACK = timedelta(hours=1)


class LiveStation:
    """A simulated station with blocking calls; `seeded` says who it is."""

    def __init__(self, simulators: Simulators, url: str, seeded: SeededStation) -> None:
        self.seeded = seeded
        self._simulators = simulators
        self._tx: Tx | None = None
        self._station = SimulatedStation(
            url,
            seeded.identity,
            seeded.key,
            model=seeded.model,
            protocol=seeded.protocol,
            clock=VirtualClock(datetime.now(tz=UTC).replace(microsecond=0) - BACK),
            rng=Random(seeded.identity),
            call_timeout_s=WITHIN_SECONDS,
        )

    def boot(self) -> None:
        """Connect and boot."""

        async def boot(station: SimulatedStation) -> None:
            await station.connect()
            await station.boot()

        self._do(boot)

    def plug_in(self) -> None:
        """A car comes to EVSE 1."""
        self._do(lambda station: station.plug_in(1))

    def start_charging(self) -> None:
        """A car comes to EVSE 1 and its driver shows the station's token."""
        self.plug_in()
        self._tx = self._do(lambda station: station.authorize_and_start(1, self.seeded.token))

    def charge(self, *, minutes: float) -> None:
        self._do(lambda station: station.charge(minutes=minutes))

    def stop_charging(self) -> None:
        """The driver shows the token again."""
        tx = self._tx
        assert tx is not None
        self._do(lambda station: station.stop(tx))

    def fault(self, *, evse: int) -> None:
        self._do(lambda station: station.inject("connector_fault", evse=evse))

    def close(self) -> None:
        self._do(lambda station: station.close())

    def _do(self, what: Callable[[SimulatedStation], Coroutine[Any, Any, T]]) -> T:
        return self._simulators.run(what(self._station))


class Simulators:
    """The thread of the stations, which are closed with it at the latest."""

    def __init__(self) -> None:
        self._made: list[LiveStation] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="stations")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for station in self._made:
            station.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def station(self, url: str, seeded: SeededStation) -> LiveStation:
        """Not connected yet."""
        station = LiveStation(self, url, seeded)
        self._made.append(station)
        return station

    def run(self, what: Coroutine[Any, Any, T]) -> T:
        """Wait for it in the calling thread."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(WITHIN_SECONDS)
