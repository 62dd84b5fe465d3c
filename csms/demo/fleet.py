"""The demo's stations: busy at every hour of the day, with something broken to look at.

Run as a module, in a process of its own, without Django.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from chargers.simulator.fleet import Fleet, read_fleet_file, report_until
from chargers.simulator.link import CallRefused, LinkLost, NoAnswer
from chargers.simulator.models import CurrentKind, EvseSpec
from chargers.simulator.scenario import Scenario
from chargers.simulator.simulated import SimulatedStation

_GAP_AC_MIN, _GAP_DC_MIN = 380.0, 120.0
_BROKEN = ("GroundFailure", "ReaderFailure", "HighTemperature")
_BROKEN_MIN = 45.0
_SETTLE_SECONDS = 20.0
_REPORT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Steady(Scenario):
    """People come at the same rate day and night, so that about a quarter of the plugs is always busy."""

    def next_arrival(self, now: datetime, spec: EvseSpec, rng: Random) -> datetime:
        gap = _GAP_AC_MIN if spec.kind is CurrentKind.AC else _GAP_DC_MIN
        return now + timedelta(minutes=rng.expovariate(1 / gap))


async def run(*, url: str, fleet_file: Path, seed: int) -> None:
    """Play the stations of the file until SIGINT or SIGTERM."""
    fleet = Fleet(
        url,
        read_fleet_file(fleet_file),
        scenario=Steady(warm=0.22, faults_per_day=1.0),
        seed=seed,
        ramp_per_s=25,
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, fleet.stop)
    beside = [
        asyncio.create_task(_break_some(fleet, Random(seed))),
        asyncio.create_task(report_until(fleet, _REPORT_SECONDS, _say)),
    ]
    try:
        await fleet.run()
    finally:
        for task in beside:
            task.cancel()


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 -- the log of this process


async def _break_some(fleet: Fleet, rng: Random) -> None:
    """A few connectors show a fault for a while."""
    await asyncio.sleep(_SETTLE_SECONDS)
    count = min(len(_BROKEN), len(fleet.members) // 20)
    for member, code in zip(rng.sample(fleet.members, count), _BROKEN, strict=False):
        await _inject(member.station, "connector_fault", evse=1, code=code)
        cure_in = rng.uniform(0.6, 1.4) * _BROKEN_MIN * 60
        asyncio.get_running_loop().call_later(cure_in, _cure_soon, member.station)


_cures: set[asyncio.Task[None]] = set()


def _cure_soon(station: SimulatedStation) -> None:
    task = asyncio.ensure_future(_inject(station, "clear_fault", evse=1))
    _cures.add(task)
    task.add_done_callback(_cures.discard)


async def _inject(station: SimulatedStation, fault: str, **details: object) -> None:
    with contextlib.suppress(LinkLost, NoAnswer, CallRefused):
        await station.inject(fault, **details)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--fleet", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    asyncio.run(run(url=options.url, fleet_file=options.fleet, seed=options.seed))


if __name__ == "__main__":
    main()
