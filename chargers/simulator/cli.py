"""The command line, shared by `python -m chargers.simulator` and `manage.py simulate`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

from chargers.simulator.clock import RunningClock
from chargers.simulator.fleet import Fleet, Spec, read_fleet_file, report_until
from chargers.simulator.models import MODELS
from chargers.simulator.neutral import IdToken
from chargers.simulator.scenario import Scenario
from chargers.simulator.wires import WIRES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--url", default="ws://127.0.0.1:8000/ocpp/", help="ws:// or wss://")
    parser.add_argument("--station", help="identity of a single station")
    parser.add_argument("--key", default="", help="Basic-auth password, of all stations counted")
    parser.add_argument("--protocol", choices=sorted(WIRES), help="default: the model's own")
    parser.add_argument("--model", choices=sorted(MODELS), help="default: alfen-eve-double")
    parser.add_argument("--fleet", type=Path, help="JSON list of identity, password, model …")
    parser.add_argument("--count", type=int, help="so many stations, PREFIX0001 …")
    parser.add_argument("--prefix", default="SIM-", help="of counted identities")
    parser.add_argument("--token", action="append", default=[], help="RFID card, repeatable")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=float, default=1.0, help="simulated s per real s")
    parser.add_argument("--busy", type=float, default=1.0, help="factor on arrivals")
    parser.add_argument("--warm", type=float, default=0.4, help="share of plugs busy at once")
    parser.add_argument("--faults", type=float, default=0.0, help="faults a station and day")
    parser.add_argument("--ramp", type=float, default=50.0, help="connections a second")
    parser.add_argument("--idle", action="store_true", help="connect and boot, no drivers")
    parser.add_argument("--ca", type=Path, help="certificate authority for wss://")
    parser.add_argument("--report", type=float, default=5.0, help="seconds between status lines")
    parser.add_argument("--duration", type=float, help="stop after so many seconds")


def specs_from(options: dict[str, Any]) -> list[Spec]:
    """Name the stations; raises `ValueError` with a message for people."""
    if options["fleet"]:
        try:
            return read_fleet_file(options["fleet"])
        except OSError as error:
            raise ValueError(str(error)) from None
    model, protocol = options["model"] or "alfen-eve-double", options["protocol"]
    if options["station"]:
        return [Spec(options["station"], options["key"], model, protocol)]
    if not options["count"] or options["count"] < 1:
        raise ValueError("say --station, --fleet or --count")
    keys = sorted(MODELS)
    identities = [f"{options['prefix']}{n:04d}" for n in range(1, options["count"] + 1)]
    return [
        Spec(identity, options["key"], options["model"] or _pick(keys, identity), protocol)
        for identity in identities
    ]


def _pick(keys: Sequence[str], identity: str) -> str:
    return keys[crc32(identity.encode()) % len(keys)]


def scenario_from(options: dict[str, Any]) -> Scenario | None:
    """Make the traffic; None for idle stations."""
    if options["idle"]:
        return None
    base = Scenario()
    return Scenario(
        id_tokens=tuple(IdToken(token) for token in options["token"]) or base.id_tokens,
        arrivals_ac=base.arrivals_ac * options["busy"],
        arrivals_dc=base.arrivals_dc * options["busy"],
        warm=options["warm"],
        faults_per_day=options["faults"],
    )


async def run(options: dict[str, Any], write: Callable[[str], None]) -> None:
    """Run a fleet until SIGINT, SIGTERM or the end of `--duration`."""
    fleet = Fleet(
        options["url"],
        specs_from(options),
        scenario=scenario_from(options),
        seed=options["seed"],
        clock=RunningClock(speed=options["speed"]),
        ramp_per_s=options["ramp"],
        tls=_tls(options),
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, fleet.stop)
    if options["duration"]:
        loop.call_later(options["duration"], fleet.stop)
    reporter = asyncio.create_task(report_until(fleet, options["report"], write))
    try:
        await fleet.run()
    finally:
        reporter.cancel()
    write(f"stopped; {fleet.stats.sent} sent, {fleet.stats.received} received")


def _tls(options: dict[str, Any]) -> ssl.SSLContext | None:
    if not options["url"].startswith("wss://"):
        return None
    return ssl.create_default_context(cafile=options["ca"])


def main(arguments: Sequence[str] | None = None, write: Callable[[str], None] = print) -> int:
    """Run from a shell; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m chargers.simulator", description=__doc__)
    add_arguments(parser)
    options = vars(parser.parse_args(arguments))
    try:
        asyncio.run(run(options, write))
    except ValueError as error:
        parser.error(str(error))
    return 0
