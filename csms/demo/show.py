"""One run of the demo: database, server, stations, and a clean end."""

from __future__ import annotations

import http.client
import os
import secrets
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import TextIO

from django.core.management import call_command
from django.db import connections

from chargers.models import ChargingStation
from chargers.simulator.fleet import read_fleet_file
from common.clock import utc_now
from common.tenancy import system_scope
from csms.demo.children import Child
from csms.demo.environment import HOST
from csms.seed.handover import FLEET_FILE, LogIns, read_log_ins, seed_installation
from csms.seed.plan import Chance, standard_plan
from csms.seed.progress import Shown
from csms.seed.seeding import is_seeded

_SERVER_START_SECONDS = 60.0
_FLEET_START_SECONDS = 90.0
_ENOUGH_PERCENT = 95
_POLL_SECONDS = 0.25
# The fleet ends its sessions properly while the server still listens.
_FLEET_STOP_SECONDS = 7.0
_SERVER_STOP_SECONDS = 12.0


class UnableToShow(Exception):
    """The demo cannot run; the message is for the person who started it."""


@dataclass(slots=True, kw_only=True)
class Show:
    """What runs."""

    data_dir: Path
    port: int
    out: TextIO
    children: list[Child] = field(default_factory=list)

    def prepare(self, *, stations: int, days: int) -> None:
        """Migrate, and seed when the data directory is new."""
        self._say("Preparing the database")
        call_command("migrate", interactive=False, verbosity=0)
        plan = standard_plan(stations=stations, days=days)
        if is_seeded(plan):
            self._say("Found the network of an earlier run (--fresh starts anew)")
            return
        self._say(f"Making up a charging network: {stations} stations, {days} days of history")
        seed_installation(
            plan=plan,
            chance=Chance(rng=Random(1), secret_bits=secrets.randbits, now=utc_now()),
            directory=self.data_dir,
            progress=Shown(self.out),
        )

    def start_server(self) -> None:
        """Start it and wait until it answers."""
        self._say("Starting the server")
        server = self._start(
            "server", "manage.py", "serve", "--host", HOST, "--port", str(self.port)
        )
        self._wait(
            server, _SERVER_START_SECONDS, lambda: _answers(self.port), "the server did not start"
        )

    def start_fleet(self) -> None:
        """Start the simulated stations and wait until most are connected."""
        fleet_file = self.data_dir / FLEET_FILE
        due = len(read_fleet_file(fleet_file))
        started, progress = utc_now(), Shown(self.out)
        progress.step("Stations connect")
        fleet = self._start(
            "fleet", "-m", "csms.demo.fleet",
            "--url", f"ws://{HOST}:{self.port}/ocpp/", "--fleet", str(fleet_file),
            "--seed", str(secrets.randbelow(10_000)),
        )  # fmt: skip

        def enough() -> bool:
            there = _connected_since(started)
            progress.advance(there, due)
            return there * 100 >= due * _ENOUGH_PERCENT

        self._wait(fleet, _FLEET_START_SECONDS, enough, "the stations did not connect")
        progress.finish()
        connections.close_all()

    def announce(self) -> None:
        """Where to go and who to be."""
        log_ins = read_log_ins(self.data_dir)
        self.out.write(_box(_invitation(log_ins, self.port, self.data_dir)))
        self.out.flush()

    def watch(self) -> None:
        """Return never, but raise when a process ends by itself."""
        while True:
            for child in self.children:
                if not child.is_alive:
                    raise UnableToShow(f"the {child.name} ended:\n{child.tail()}")
            time.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """End everything, stations first; a second Ctrl-C ends it at once."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._kill)
        for child in reversed(self.children):
            fleet = child.name == "fleet"
            child.stop(_FLEET_STOP_SECONDS if fleet else _SERVER_STOP_SECONDS)

    def _kill(self, _number: int, _frame: object) -> None:
        for child in self.children:
            child.kill()

    def _start(self, name: str, *arguments: str) -> Child:
        log = self.data_dir / f"{name}.log"
        child = Child(name, arguments, environment=os.environ, log=log)
        self.children.append(child)
        return child

    def _wait(self, child: Child, seconds: float, ready: Callable[[], bool], failure: str) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            if not child.is_alive or time.monotonic() > deadline:
                raise UnableToShow(f"{failure}:\n{child.tail()}")
            time.sleep(_POLL_SECONDS)

    def _say(self, line: str) -> None:
        self.out.write(f"{line}\n")
        self.out.flush()


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def _connected_since(started: datetime) -> int:
    """Stations that are here and have said what they are, now or in an earlier run."""
    with system_scope("the demo waits for the stations of every operator"):
        return ChargingStation.objects.filter(
            is_online=True, connected_at__gte=started, booted_at__isnull=False
        ).count()


def _invitation(log_ins: LogIns, port: int, data_dir: Path) -> list[str]:
    first, *others = log_ins.people
    roles = [person for person in others if person.operator == first.operator]
    neighbour = next((p for p in others if p.operator != first.operator), None)
    lines = [
        f"{first.operator} is running:  http://localhost:{port}/",
        "",
        f"Log in as  {first.email}",
        f"Password   {log_ins.password}",
        "",
        "The same password opens",
        *(f"  {person.email:<30} {person.role}" for person in roles),
    ]
    if neighbour is not None:
        lines += [
            "and another operator at",
            f"  http://ribera.localhost:{port}/",
            f"  {neighbour.email}",
        ]
    lines += ["", f"Data and logs: {data_dir}", "Ctrl-C stops everything."]
    return lines


def _box(lines: list[str]) -> str:
    width = max(len(line) for line in lines)
    rows = [f"│  {line:<{width}}  │" for line in lines]
    edge = "─" * (width + 4)
    return "\n".join(["", f"┌{edge}┐", *rows, f"└{edge}┘", "", ""])
