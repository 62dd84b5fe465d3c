"""Whole sessions, OCPP 1.6 and 2.0.1: Authorize, Start, 20 readings, Stop.

A Celery worker runs beside the web process, for a session's events are work, too.
"""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

from bench import checks
from bench.cpu import Window
from bench.loadclient import LoadClient
from bench.options import Options
from bench.percentiles import spread
from bench.report import Report, step
from bench.stack import BenchFailed, Stack

STATIONS = 200
READINGS = 20
_SET_UP_SECONDS = 120.0
_DRAIN_SECONDS = 60.0
_DISPATCH_SECONDS = 120.0


def run(options: Options) -> Report:
    """CPU of a session in all processes, and whether every session ended as it should."""
    report = Report("session")
    with Stack(first_port=options.first_port) as stack:
        stations = stack.seed(options.stations or STATIONS)
        half = len(stations) // 2
        with stack.web() as web, stack.worker() as worker:
            for protocol, part in (
                ("ocpp1.6", stations[:half]),
                ("ocpp2.0.1", stations[half:]),
            ):
                plan = {
                    "host": f"127.0.0.1:{web.port}",
                    "stations": part,
                    "protocol": protocol,
                    "seconds": options.seconds,
                    "readings": READINGS,
                }
                with LoadClient("sessions", plan, stack.directory) as client:
                    client.wait_for("ready", _SET_UP_SECONDS)
                    # What set-up left to the worker is not charged to the sessions, but theirs is.
                    _wait_for_dispatch(stack)
                    step(f"measuring {protocol} for {options.seconds:g} s")
                    gauges = stack.gauges(web, worker)
                    window = Window({**gauges, "client": client.cpu_seconds})
                    client.say("go")
                    client.wait_for("done", options.seconds + _DRAIN_SECONDS)
                    _wait_for_dispatch(stack)
                    use = window.close()
                    result = client.result()
                worker.check_alive()
                _tell(report, protocol, result, use.ms_by_name(result["sessions"]))
                _check(report, stack, protocol, result["rows"])
        report.details["database"] = stack.database_facts()
    return report


def _wait_for_dispatch(stack: Stack) -> None:
    """Return when the worker has handled every event.

    Raises:
        BenchFailed: it does not come to an end.
    """
    deadline = time.monotonic() + _DISPATCH_SECONDS
    pending = "SELECT count(*) FROM events_outboxevent WHERE dispatched_at IS NULL"
    while left := stack.query(pending)[0][0]:
        if time.monotonic() > deadline:
            raise BenchFailed(f"the worker left {left} events after {_DISPATCH_SECONDS:g} s")
        time.sleep(0.2)


def _tell(report: Report, protocol: str, result: dict[str, Any], cost: dict[str, float]) -> None:
    server = sum(value for name, value in cost.items() if name != "client")
    rows = [[name, f"{value:.2f}"] for name, value in cost.items()]
    report.table(f"{protocol}: CPU ms a session", ["process", "ms"], rows)
    report.figure(f"{protocol}: CPU a session, all processes", server, "ms", at_most=20)
    report.figure(f"{protocol}: by the load client's CPU", server / cost["client"], "x")
    report.figure(f"{protocol}: sessions", result["sessions"] / result["wall"], "/s")
    answers = spread(wait * 1000 for wait in result["waits"])
    report.figure(f"{protocol}: p95 answer", answers.p95, "ms")
    report.details[protocol] = {
        "sessions": result["sessions"],
        "wall": result["wall"],
        "cpu_ms": cost,
        "answers_ms": asdict(answers),
    }


def _check(report: Report, stack: Stack, protocol: str, rows: list[dict[str, Any]]) -> None:
    ended = checks.ended_sessions(stack, rows)
    stored = checks.readings(stack, rows)
    report.figure(f"{protocol}: sessions not ended", ended.missing, at_most=0)
    report.figure(f"{protocol}: sessions with wrong energy", ended.wrong_energy, at_most=0)
    report.figure(f"{protocol}: readings missing", stored.missing, at_most=0)
    report.figure(f"{protocol}: readings stored twice", stored.surplus, at_most=0)
