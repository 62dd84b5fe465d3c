"""Thousands of stations held by one process: memory per connection.

A few stations come first, so that what is loaded once is not charged to the connections. Then the
others connect, boot and stay; the process's resident memory is read before and after.
"""

from __future__ import annotations

import contextlib
import time
from typing import Any

from bench.cpu import Window
from bench.loadclient import LoadClient
from bench.options import Options
from bench.report import Report
from bench.stack import Stack

STATIONS = 5_000
QUICK_STATIONS = 500
_WARM_UP_STATIONS = 50
_CLIENTS = 2
_SETTLE_SECONDS = 3.0
_SET_UP_SECONDS = 300.0
_STATIONS_PER_SOURCE = 10_000  # an address has some 28,000 ports to dial from


def run(options: Options) -> Report:
    """Resident kB a connection, and that every one of them is alive."""
    report = Report("connections")
    count = options.stations or (QUICK_STATIONS if options.quick else STATIONS)
    with contextlib.ExitStack() as exits:
        stack = exits.enter_context(Stack(first_port=options.first_port))
        stations = stack.seed(count + _WARM_UP_STATIONS)
        web = exits.enter_context(stack.web())
        parts = [stations[:_WARM_UP_STATIONS]]
        parts += [stations[_WARM_UP_STATIONS + n :: _CLIENTS] for n in range(_CLIENTS)]
        clients = []
        fresh = before = web.resident_kb()
        window = Window(stack.gauges(web))
        seconds = 0.0
        for number, part in enumerate(parts):
            plan = _plan(web.port, part)
            client = exits.enter_context(LoadClient("hold", plan, stack.directory))
            took = client.wait_for("ready", _SET_UP_SECONDS)["seconds"]
            clients.append(client)
            if number:
                seconds += took
            else:
                time.sleep(_SETTLE_SECONDS)
                before = web.resident_kb()
                window = Window(stack.gauges(web))
        use = window.close()
        time.sleep(_SETTLE_SECONDS)
        after = web.resident_kb()
        cpu = web.cpu_seconds()
        time.sleep(_SETTLE_SECONDS)
        idle_cores = (web.cpu_seconds() - cpu) / _SETTLE_SECONDS
        held, lost, alive = _count(clients)
        beaten = web.resident_kb()
    report.figure("stations held by one process", held)
    report.figure("of them not answered afterwards", held - alive + lost, at_most=0)
    report.figure("memory a connection", (after - before) / count, "kB", at_most=60)
    report.figure("the same after a heartbeat of each", (beaten - before) / count, "kB")
    report.figure("process, freshly started", fresh / 1024, "MB")
    report.figure("process, with all stations", after / 1024, "MB")
    report.figure("connects and boots", count / seconds, "/s")
    report.figure("CPU of a connect and boot, all processes", use.ms_per(count), "ms")
    report.figure("CPU while they are idle", idle_cores, "cores")
    return report


def _plan(port: int, stations: list[dict[str, Any]]) -> dict[str, Any]:
    sources = max(1, len(stations) // _STATIONS_PER_SOURCE + 1)
    return {
        "host": f"127.0.0.1:{port}",
        "stations": stations,
        "sources": [f"127.0.0.{n + 1}" for n in range(sources)] if sources > 1 else [""],
    }


def _count(clients: list[LoadClient]) -> tuple[int, int, int]:
    held = lost = alive = 0
    for client in clients:
        client.say("go")
        client.wait_for("counted", 60)
        client.say("stop")
        client.wait_for("done", 60)
        result = client.result()
        held += result["held"]
        lost += result["lost"]
        alive += result["alive"]
    return held, lost, alive
