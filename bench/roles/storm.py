"""Stations that charge, lose their server, redial, and send again what was not acknowledged.

Plan: host, stations (every second one speaks 2.0.1), interval (seconds between readings), redial
(all dial within so many seconds after the loss), sessions_every (each nth station charges in short
sessions, so that starts and stops are in flight, too).

Readings go on while the server is away; they are sent after the boot, oldest first, as stations
do that queue. Every message is repeated until it is answered. Words: "ready", then "booted" when
all have come back; "stop" ends all sessions.
"""

from __future__ import annotations

import asyncio
import random
import time
from datetime import datetime, timedelta
from typing import Any

from bench.control import Control
from bench.link import LinkLost
from bench.messages import Message, Session
from bench.station import Station, for_each, now

_SHORT_SESSION_READINGS = 2


class StormStation(Station):
    """Keeps every message until it is answered.

    Attributes:
        lost_at, booted_at: monotonic seconds of the loss and of the boot's answer after it.
        resent: messages that had been sent when the socket broke.
        waits_in_storm: answers before all were told to stop.
    """

    def __init__(self, facts: dict[str, str], plan: dict[str, Any], number: int) -> None:
        protocol = "ocpp2.0.1" if number % 2 else "ocpp1.6"
        super().__init__(facts, host=plan["host"], protocol=protocol)
        self._random = random.Random(number)
        self._plan = plan
        self._short = number % plan["sessions_every"] == 0
        self.done: list[dict[str, Any]] = []
        self.lost_at = 0.0
        self.booted_at = 0.0
        self.resent = 0
        self.refused_dials = 0
        self.back = asyncio.Event()
        self.waits_in_storm = 0

    async def work(self, session: Session, ending: asyncio.Event) -> None:
        """Charge until told to end; the last session is stopped then."""
        interval = self._plan["interval"]
        await self._pause(self._random.uniform(0, interval))
        while not ending.is_set():
            await self.deliver(self.dialect.reading(session, now()))
            if self._short and session.readings % _SHORT_SESSION_READINGS == 0:
                await self._finish(session)
                session = self.new_session()
                answer = await self.deliver(self.dialect.start(session, now()))
                self.dialect.started(session, answer)
            missed = await self._pause(interval)
            for taken_at in missed:
                await self.deliver(self.dialect.reading(session, taken_at))
        await self._finish(session)

    async def deliver(self, message: Message) -> Any:
        """Send until it is answered, over as many connections as it takes."""
        while True:
            try:
                return await self.say(message)
            except LinkLost:
                self.resent += 1
                await self._come_back()

    async def _finish(self, session: Session) -> None:
        await self.deliver(self.dialect.stop(session, now()))
        self.next_register = session.register
        self.done.append(session.facts(self.identity))

    async def _pause(self, seconds: float) -> list[datetime]:
        """Wait for the next reading; the instants of those that fell into an outage."""
        try:
            await self.link.idle(seconds)
        except LinkLost:
            gone = now()
            await self._come_back()
            step = timedelta(seconds=self._plan["interval"])
            count = int((now() - gone) / step)
            return [gone + step * n for n in range(1, count + 1)]
        return []

    async def _come_back(self) -> None:
        self.lost_at = self.lost_at or time.monotonic()
        if not self.booted_at:
            self.waits.clear()
            self.dials.clear()
        await asyncio.sleep(self._random.uniform(0, self._plan["redial"]))
        while True:
            try:
                await self.connect()
                await self.boot()
            except LinkLost:
                self.refused_dials += 1
                await asyncio.sleep(self._random.uniform(0.5, 1.5))
            else:
                return

    async def boot(self) -> None:
        answer = await self.say(self.dialect.boot())
        assert answer["status"] == "Accepted", answer
        if self.lost_at and not self.booted_at:
            self.booted_at = time.monotonic()
            self.back.set()
        await self.say(self.dialect.status(now(), "Occupied" if self.lost_at else "Available"))


async def run(plan: dict[str, Any], control: Control) -> dict[str, Any]:
    stations = [StormStation(facts, plan, n) for n, facts in enumerate(plan["stations"])]
    sessions = await for_each(stations, _set_up)
    ending = asyncio.Event()
    await control.go()
    work = [
        station.work(session, ending) for station, session in zip(stations, sessions, strict=True)
    ]
    await asyncio.gather(_until_told(stations, ending, control), *work)
    return {
        "lost_at": min(station.lost_at for station in stations),
        "booted_at": [station.booted_at for station in stations],
        "waits": [wait for s in stations for wait in s.waits[: s.waits_in_storm]],
        "waits_at_end": [wait for s in stations for wait in s.waits[s.waits_in_storm :]],
        "dials": [wait for station in stations for wait in station.dials],
        "resent": sum(station.resent for station in stations),
        "refused_dials": sum(station.refused_dials for station in stations),
        "sessions": [row for station in stations for row in station.done],
    }


async def _until_told(
    stations: list[StormStation], ending: asyncio.Event, control: Control
) -> None:
    for station in stations:
        await station.back.wait()
    control.say("booted")
    await control.stopped()
    for station in stations:
        station.waits_in_storm = len(station.waits)
    ending.set()


async def _set_up(station: Station) -> Session:
    await station.connect()
    await station.boot()
    return await station.start()
