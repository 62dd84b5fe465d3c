"""One station sends as fast as it is let beside many that charge.

Plan: host, stations (the first floods), seconds (of each window), rate (wished, a second),
interval (seconds between two readings of the others).

Words: "ready" when all charge; "go" measures a quiet window, then the flood; the flooder's calls
are sent without waiting for answers.
"""

from __future__ import annotations

import asyncio
import base64
import random
import time
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from bench.control import Control
from bench.station import Station, connect_and_boot, for_each, now


async def run(plan: dict[str, Any], control: Control) -> dict[str, Any]:
    flooder, *others = plan["stations"]
    stations = [
        Station(facts, host=plan["host"], protocol="ocpp2.0.1" if n % 2 else "ocpp1.6")
        for n, facts in enumerate(others)
    ]
    await for_each(stations, connect_and_boot)
    ending = asyncio.Event()
    charging = [asyncio.create_task(_charge(s, plan["interval"], ending)) for s in stations]
    await asyncio.sleep(2 * plan["interval"])
    await control.go()
    quiet = await _window(stations, plan["seconds"])
    flood = Flood(flooder, plan)
    await flood.open()
    flooding = asyncio.create_task(flood.send())
    listening = asyncio.create_task(flood.listen())
    await asyncio.sleep(1.0)
    control.say("flooding")
    loud = await _window(stations, plan["seconds"])
    flood.ended = True
    await asyncio.wait([flooding], timeout=5)
    sent = flood.sent
    ending.set()
    done = await asyncio.gather(*charging, return_exceptions=True)
    for task in (flooding, listening):
        task.cancel()
    await asyncio.gather(flooding, listening, return_exceptions=True)
    await flood.close()
    return {
        "quiet": quiet,
        "loud": loud,
        "lost": sum(isinstance(result, BaseException) for result in done),
        "sent": sent,
        "answered": flood.answered,
        "closed": flood.closed,
        "seconds": time.perf_counter() - flood.began,
    }


class Flood:
    """A station without a brake; TCP is what holds it."""

    def __init__(self, facts: dict[str, str], plan: dict[str, Any]) -> None:
        self._facts = facts
        self._plan = plan
        self.sent = 0
        self.answered = 0
        self.closed = 0
        self.ended = False
        self.began = 0.0

    async def open(self) -> None:
        identity, key = self._facts["identity"], self._facts["key"]
        credentials = base64.b64encode(f"{identity}:{key}".encode()).decode()
        self._socket: ClientConnection = await connect(
            f"ws://{self._plan['host']}/ocpp/{identity}",
            subprotocols=[Subprotocol("ocpp1.6")],
            additional_headers={"Authorization": f"Basic {credentials}"},
            compression=None,
            ping_interval=None,
            proxy=None,
            close_timeout=1,
        )

    async def send(self) -> None:
        self.began = time.perf_counter()
        try:
            while not self.ended:
                due = (time.perf_counter() - self.began) * self._plan["rate"]
                while self.sent < due and not self.ended:
                    self.sent += 1
                    await self._socket.send(self._message(self.sent))
                await asyncio.sleep(0.005)
        except ConnectionClosed:
            self.closed += 1

    async def listen(self) -> None:
        try:
            async for _ in self._socket:
                self.answered += 1
        except ConnectionClosed:
            self.closed += 1

    async def close(self) -> None:
        self._socket.transport.abort()

    def _message(self, number: int) -> str:
        sample = {"value": str(1_000_000 + number)}
        payload = {
            "connectorId": 1,
            "meterValue": [{"timestamp": now().isoformat(), "sampledValue": [sample]}],
        }
        return orjson.dumps([2, str(number), "MeterValues", payload]).decode()


async def _window(stations: list[Station], seconds: float) -> list[float]:
    """Seconds that calls waited for their answers in a stretch of time."""
    for station in stations:
        station.waits.clear()
    await asyncio.sleep(seconds)
    return [wait for station in stations for wait in station.waits]


async def _charge(station: Station, interval: float, ending: asyncio.Event) -> None:
    session = await station.start()
    await station.link.idle(random.uniform(0, interval))
    while not ending.is_set():
        await station.say(station.dialect.reading(session, now()))
        await station.link.idle(interval)
