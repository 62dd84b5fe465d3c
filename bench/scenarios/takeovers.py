"""Connections that want another one's place: without a valid key, then with one.

Intruders try every way in that is no key of the station. Then each station itself dials three times
more while its older socket is open, and commands are asked of all of them all the while. What became
of it is read in the database: connections, frames that left, commands, security events.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from bench.loadclient import LoadClient
from bench.options import Options
from bench.percentiles import spread
from bench.report import ROOT, Report, step
from bench.stack import Stack

STATIONS = 100
QUICK_STATIONS = 20
ATTEMPTS = 1_000
QUICK_ATTEMPTS = 200
# One more would be a fight, and the newcomer held down.
TAKEOVERS = 3
_SECONDS = 300.0

_OVERLAPS = """
    SELECT count(*) FROM chargers_stationconnection a JOIN chargers_stationconnection b
      ON a.station_id = b.station_id AND b.epoch = a.epoch + 1
    WHERE a.closed_at IS NULL OR a.closed_at > b.opened_at
"""
# A call of ours that left over a socket after its successor was asked in.
_WRONG_SOCKET = """
    SELECT count(*) FROM chargers_ocppframe f JOIN chargers_stationconnection b
      ON f.station_id = b.station_id AND b.epoch = f.epoch + 1
    WHERE f.direction = 'out' AND f.at > b.opened_at
"""


def run(options: Options) -> Report:
    """Real sockets closed by intruders, overlaps, commands over the wrong socket, unlogged ones."""
    report = Report("takeovers")
    with Stack(first_port=options.first_port) as stack:
        count = options.stations or (QUICK_STATIONS if options.quick else STATIONS)
        web = stack.web()
        stations = stack.seed(count)
        web.start()
        plan = {
            "host": f"127.0.0.1:{web.port}",
            "stations": stations,
            "attempts": QUICK_ATTEMPTS if options.quick else ATTEMPTS,
            "takeovers": TAKEOVERS,
        }
        with LoadClient("takeovers", plan, stack.directory) as client:
            client.wait_for("ready", _SECONDS)
            client.say("go")
            client.wait_for("intruded", _SECONDS)
            step("newcomers with a valid key, and commands for all")
            commander = _commander(stack, seconds=2.0 + 3.0 * TAKEOVERS)
            client.wait_for("taken", _SECONDS)
            asked = int(commander.communicate(timeout=_SECONDS)[0])
            client.say("stop")
            client.wait_for("done", _SECONDS)
            result = client.result()
        _tell_intruders(report, result)
        _tell_newcomers(report, stack, count, asked)
        web.stop()
    return report


def _commander(stack: Stack, *, seconds: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bench.commander", str(seconds)],
        cwd=ROOT,
        env={**os.environ, **stack.env},
        stdout=subprocess.PIPE,
        text=True,
    )


def _tell_intruders(report: Report, result: dict[str, Any]) -> None:
    answers = result["answers"]
    report.figure("attempts without a valid key", len(answers))
    report.figure("of these let in", sum(status == 101 for status, _ in answers), at_most=0)
    report.figure("of these not answered 401", sum(s != 401 for s, _ in answers), at_most=0)
    report.figure("real sockets closed by them", result["real_sockets_closed"], at_most=0)
    report.figure("median answer to an attempt", spread(s for _, s in answers).p50, "s")


def _tell_newcomers(report: Report, stack: Stack, stations: int, asked: int) -> None:
    took_over = _count(stack, "SELECT count(*) FROM chargers_stationconnection WHERE took_over")
    logged = _count(
        stack,
        "SELECT coalesce(sum(count), 0) FROM chargers_securityevent"
        " WHERE type = 'ConnectionTakenOver'",
    )
    left = _count(stack, "SELECT count(*) FROM chargers_ocppframe WHERE direction = 'out'")
    report.figure("valid take-overs", took_over, at_least=stations * TAKEOVERS)
    report.figure("of these not logged", took_over - logged, at_most=0)
    report.figure("instants with two current connections", _count(stack, _OVERLAPS), at_most=0)
    report.figure("commands asked meanwhile", asked)
    report.figure("of these sent", left)
    report.figure("commands over the wrong socket", _count(stack, _WRONG_SOCKET), at_most=0)


def _count(stack: Stack, sql: str) -> int:
    return int(stack.query(sql)[0][0])
