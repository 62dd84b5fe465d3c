"""The server is killed under charging stations, and all of them redial within ten seconds.

Half of the stations speak 1.6, half 2.0.1; a tenth is busy starting and stopping short sessions.
Everything unanswered is sent again. Time counts from the kill, so the server's own start is in it.
Answers count as those of the storm until all are back and a few seconds more; then every station
stops its session in the same moment, which no storm does: those answers are told apart.
"""

from __future__ import annotations

import time
from typing import Any

from bench import checks
from bench.loadclient import LoadClient
from bench.options import Options
from bench.percentiles import spread
from bench.report import Report, step
from bench.stack import Stack

STATIONS = 2_000
QUICK_STATIONS = 200
REDIAL_SECONDS = 10.0
READING_EVERY_SECONDS = 2.0
SHORT_SESSIONS_EVERY = 10
_CHARGE_BEFORE_SECONDS = 6.0
_CHARGE_AFTER_SECONDS = 6.0
_SET_UP_SECONDS = 180.0
_COMEBACK_SECONDS = 180.0


def run(options: Options) -> Report:
    """Time until all are booted again, p99 answer, lost and doubled messages and sessions."""
    report = Report("storm")
    with Stack(first_port=options.first_port) as stack:
        stations = stack.seed(options.stations or (QUICK_STATIONS if options.quick else STATIONS))
        web = stack.web()
        web.start()
        plan = {
            "host": f"127.0.0.1:{web.port}",
            "stations": stations,
            "interval": READING_EVERY_SECONDS,
            "redial": REDIAL_SECONDS,
            "sessions_every": SHORT_SESSIONS_EVERY,
        }
        with LoadClient("storm", plan, stack.directory) as client:
            client.wait_for("ready", _SET_UP_SECONDS)
            client.say("go")
            time.sleep(_CHARGE_BEFORE_SECONDS)
            step("killing the web process")
            killed = time.monotonic()
            web.kill9()
            web.start()
            serving = time.monotonic()
            client.wait_for("booted", _COMEBACK_SECONDS)
            time.sleep(_CHARGE_AFTER_SECONDS)
            client.say("stop")
            client.wait_for("done", _COMEBACK_SECONDS)
            result = client.result()
        _tell_times(report, result, killed, serving)
        _tell_checks(report, stack, result)
        web.stop()
    return report


def _tell_times(report: Report, result: dict[str, Any], killed: float, serving: float) -> None:
    booted = spread(at - killed for at in result["booted_at"])
    answers = spread(result["waits"])
    dials = spread(result["dials"])
    report.figure("stations", booted.count)
    report.figure("all booted, from the kill", booted.longest, "s", at_most=30)
    report.figure("half of them booted, from the kill", booted.p50, "s")
    report.figure("server back, from the kill", serving - killed, "s")
    report.figure("p99 answer in the storm", answers.p99, "s", at_most=5)
    report.figure("p50 answer in the storm", answers.p50, "s")
    report.figure("p99 handshake in the storm", dials.p99, "s")
    report.figure("p99 answer when all stop at once", spread(result["waits_at_end"]).p99, "s")
    report.figure("dials refused meanwhile", result["refused_dials"])
    report.figure("messages sent again", result["resent"])


def _tell_checks(report: Report, stack: Stack, result: dict[str, Any]) -> None:
    ended = checks.ended_sessions(stack, result["sessions"])
    stored = checks.readings(stack, result["sessions"])
    report.figure("sessions", ended.sessions)
    report.figure("sessions lost", ended.missing, at_most=0)
    report.figure("sessions counted twice", ended.rows - ended.sessions, at_most=0)
    report.figure("sessions with wrong energy", ended.wrong_energy, at_most=0)
    report.figure("acknowledged readings", stored.acknowledged)
    report.figure("transaction messages lost", stored.missing + ended.missing, at_most=0)
    report.figure("readings stored twice", stored.surplus, at_most=0)
