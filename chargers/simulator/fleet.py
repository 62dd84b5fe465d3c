"""Many stations in one process: dialled on a ramp, driven by the autopilot, redialled when lost.

One task works a heap of (when, member); a member costs its socket's reader and nothing else
between its turns, so there is no timer and no loop per station.
"""

from __future__ import annotations

import asyncio
import heapq
import json
import logging
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random

from chargers.simulator.clock import Clock, RunningClock
from chargers.simulator.driver import Autopilot
from chargers.simulator.link import CallRefused, LinkLost, NoAnswer, Stats, UnableToConnect
from chargers.simulator.models import MODELS
from chargers.simulator.neutral import IdToken, Reason, Trigger
from chargers.simulator.scenario import Scenario
from chargers.simulator.simulated import SimulatedStation

logger = logging.getLogger(__name__)

BACKOFF_FIRST_S, BACKOFF_MAX_S = 2.0, 60.0
LONGEST_REST_S = 30.0
SHORTEST_REST_S = 0.05
REACTION_S = (1.5, 5.0)


@dataclass(frozen=True, slots=True)
class Spec:
    """One station of a fleet."""

    identity: str
    password: str
    model: str = "alfen-eve-double"
    protocol: str | None = None
    id_tokens: tuple[str, ...] = ()
    signs: bool = False


def read_fleet_file(path: Path) -> list[Spec]:
    """Read a JSON list of stations; raises `ValueError` naming the entry at fault."""
    entries = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(entries, list):
        raise ValueError(f"{path}: a JSON list is due")  # noqa: TRY004 - bad content, no wrong call
    specs = []
    for n, entry in enumerate(entries):
        try:
            tokens = tuple(entry.pop("id_tokens", ()))
            spec = Spec(**entry, id_tokens=tokens)
        except (TypeError, AttributeError) as error:
            raise ValueError(f"{path}: entry {n}: {error}") from None
        if spec.model not in MODELS:
            raise ValueError(f"{path}: entry {n}: unknown model {spec.model!r}")
        specs.append(spec)
    return specs


class Member:
    """One station and its people."""

    __slots__ = ("failures", "pilot", "rng", "scenario", "station", "wake_at", "working")

    def __init__(self, station: SimulatedStation, scenario: Scenario | None, rng: Random) -> None:
        self.station, self.scenario, self.rng = station, scenario, rng
        self.pilot: Autopilot | None = None
        self.failures = 0
        self.working = False
        self.wake_at = 0.0

    async def work(self) -> float:
        """Do what is due; returns the real seconds until the next turn."""
        station = self.station
        if station.rebooting:
            return 1.0
        try:
            if not station.connected and not station.flags.held_offline:
                await self._dial()
            if station.connected and not station.booted:
                reply = await station.boot()
                if not reply.accepted:
                    return max(1.0, float(reply.interval or 30))
            await station.tick()
            if station.booted and self.scenario is not None:
                self.pilot = self.pilot or Autopilot(station, self.scenario, self.rng)
                await self.pilot.act()
        except UnableToConnect as error:
            station.stats.error(str(error))
            return self._backoff()
        except (LinkLost, NoAnswer, CallRefused) as error:
            station.stats.error(f"{type(error).__name__}: {error}")
            return self._backoff()
        self.failures = 0
        lost = not (station.connected or station.flags.held_offline)
        return self.rng.uniform(*REACTION_S) if lost else self._rest()

    async def _dial(self) -> None:
        await self.station.connect()
        if self.station.booted:
            await self.station.resume()

    def _backoff(self) -> float:
        self.failures += 1
        ceiling = min(BACKOFF_MAX_S, BACKOFF_FIRST_S * 2 ** min(self.failures, 10))
        return self.rng.uniform(ceiling / 2, ceiling)

    def _rest(self) -> float:
        """Real seconds to the next turn."""
        station = self.station
        dues = [station.next_due(), self.pilot.next_due() if self.pilot else None]
        due = min((due for due in dues if due is not None), default=None)
        if due is None:
            return LONGEST_REST_S
        speed = getattr(station.clock, "speed", 1.0)
        seconds = (due - station.clock.now()) / timedelta(seconds=1) / speed
        return float(min(LONGEST_REST_S, max(SHORTEST_REST_S, seconds)))


class Fleet:
    """Stations that live until `stop`.

    `ramp_per_s` bounds new connections a second, `scenario=None` leaves the stations idle.
    """

    def __init__(
        self,
        url: str,
        specs: Sequence[Spec],
        *,
        scenario: Scenario | None,
        seed: int = 0,
        clock: Clock | None = None,
        ramp_per_s: float = 50.0,
        tls: ssl.SSLContext | None = None,
        call_timeout_s: float = 30.0,
    ) -> None:
        self.stats = Stats()
        self.clock = clock or RunningClock()
        self.ramp_per_s = ramp_per_s
        self.members = []
        for number, spec in enumerate(specs):
            rng = Random(f"{seed}/{spec.identity}")
            station = SimulatedStation(
                url,
                spec.identity,
                spec.password,
                model=spec.model,
                protocol=spec.protocol,
                clock=self.clock,
                rng=rng,
                tls=tls,
                frame_limit=0,
                call_timeout_s=call_timeout_s,
                stats=self.stats,
                on_change=partial(self._hurry, number),
                signs=spec.signs,
            )
            self.members.append(Member(station, _own_scenario(scenario, spec), rng))
        self._heap: list[tuple[float, int]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()
        self._wake = asyncio.Event()

    @property
    def active(self) -> int:
        """How many transactions run."""
        return sum(1 for member in self.members for _ in member.station.model.transactions())

    async def run(self) -> None:
        """Work until `stop`, then close all sockets."""
        start = time.monotonic()
        for number in range(len(self.members)):
            self._schedule(number, start + number / self.ramp_per_s)
        try:
            while not self._stopping.is_set():
                await self._turn()
        finally:
            await self._shut_down()

    def stop(self) -> None:
        """End `run` soon; fit for a signal handler."""
        self._stopping.set()
        self._wake.set()

    async def _turn(self) -> None:
        now = time.monotonic()
        while self._heap and self._heap[0][0] <= now:
            when, number = heapq.heappop(self._heap)
            member = self.members[number]
            if when != member.wake_at:
                continue  # it was scheduled anew
            member.working = True
            task = asyncio.create_task(self._work(number))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        pause = self._heap[0][0] - now if self._heap else LONGEST_REST_S
        self._wake.clear()
        if self._stopping.is_set():
            return
        try:
            await asyncio.wait_for(self._wake.wait(), timeout=max(pause, 0))
        except TimeoutError:
            return

    async def _work(self, number: int) -> None:
        member = self.members[number]
        try:
            rest = await member.work()
        except Exception:
            logger.exception("simulated station %s", member.station.identity)
            self.stats.error(f"{member.station.identity}: broken autopilot")
            rest = LONGEST_REST_S
        member.working = False
        self._schedule(number, time.monotonic() + rest)

    def _schedule(self, number: int, when: float) -> None:
        self.members[number].wake_at = when
        heapq.heappush(self._heap, (when, number))
        if self._heap[0][0] == when:
            self._wake.set()

    def _hurry(self, number: int) -> None:
        """Look after a station soon: it lost its link or did what it was told."""
        member = self.members[number]
        soon = time.monotonic() + member.rng.uniform(*REACTION_S)
        if not member.working and soon < member.wake_at and not self._stopping.is_set():
            self._schedule(number, soon)

    async def _shut_down(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        endings = (_leave(member.station) for member in self.members)
        await asyncio.gather(*endings, return_exceptions=True)


def _own_scenario(scenario: Scenario | None, spec: Spec) -> Scenario | None:
    if scenario is None or not spec.id_tokens:
        return scenario
    return replace(scenario, id_tokens=tuple(IdToken(token) for token in spec.id_tokens))


async def _leave(station: SimulatedStation) -> None:
    """End the sessions properly if the CSMS still listens, then hang up."""
    try:
        async with asyncio.timeout(5):
            for evse in station.model.evses:
                station.post(station.model.end(evse.number, Reason.REBOOT, Trigger.RESET_COMMAND))
            await station.flush()
    except (TimeoutError, LinkLost):
        pass
    finally:
        await station.close()


async def report_until(fleet: Fleet, every_s: float, write: Callable[[str], None]) -> None:
    """Write a status line now and then, for ever."""
    before = fleet.stats.sent + fleet.stats.received
    while True:
        await asyncio.sleep(every_s)
        stats = fleet.stats
        total = stats.sent + stats.received
        last = f" · last: {stats.last_errors[-1]}" if stats.last_errors else ""
        write(
            f"{stats.connected}/{len(fleet.members)} connected · {stats.booted} booted · "
            f"{fleet.active} charging · {(total - before) / every_s:.1f} messages/s · "
            f"{stats.errors} errors{last}"
        )
        before = total
