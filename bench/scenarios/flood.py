"""One station floods with 1,000 messages a second beside 500 others: do they notice?"""

from __future__ import annotations

from typing import Any

from bench.loadclient import LoadClient
from bench.options import Options
from bench.percentiles import spread
from bench.report import Report
from bench.stack import Stack

STATIONS, QUICK_STATIONS = 500, 50
RATE = 1_000
READING_EVERY_SECONDS = 2.0
# A burst, and what a station may send in a second: `OCPP_MESSAGES_PER_SECOND`.
ALLOWED_PER_SECOND = 50
ALLOWED_BURST = 500
_SET_UP_SECONDS = 180.0


def run(options: Options) -> Report:
    """p95 of the others, quiet and in the flood; what the flooder got through; memory."""
    report = Report("flood")
    count = options.stations or (QUICK_STATIONS if options.quick else STATIONS)
    with Stack(first_port=options.first_port) as stack:
        stations = stack.seed(count + 1)
        with stack.web() as web:
            plan = {
                "host": f"127.0.0.1:{web.port}",
                "stations": stations,
                "seconds": options.seconds,
                "rate": RATE,
                "interval": READING_EVERY_SECONDS,
            }
            with LoadClient("flood", plan, stack.directory) as client:
                client.wait_for("ready", _SET_UP_SECONDS)
                client.say("go")
                client.wait_for("flooding", options.seconds + _SET_UP_SECONDS)
                before = web.resident_kb()
                client.wait_for("done", options.seconds + _SET_UP_SECONDS)
                after = web.resident_kb()
                result = client.result()
            log = web.log_text()
    _tell(report, result, (after - before) / before * 100)
    report.figure("exceptions in the server's log", log.count("Traceback (most recent"), at_most=0)
    return report


def _tell(report: Report, result: dict[str, Any], growth: float) -> None:
    quiet, loud = spread(result["quiet"]), spread(result["loud"])
    allowed = ALLOWED_PER_SECOND * result["seconds"] + ALLOWED_BURST
    report.figure("messages of the others, quiet", quiet.count)
    report.figure("messages of the others, in the flood", loud.count)
    report.figure("p95 of the others, quiet", quiet.p95 * 1000, "ms")
    report.figure("p95 of the others, in the flood", loud.p95 * 1000, "ms")
    report.figure("the one by the other", loud.p95 / quiet.p95, "x", at_most=2)
    report.figure("others' sockets closed", result["lost"], at_most=0)
    report.figure("flooder's messages wished", RATE * result["seconds"])
    report.figure("flooder's messages answered", result["answered"], at_most=allowed * 1.1)
    report.figure("memory growth", growth, "%", at_most=5)
