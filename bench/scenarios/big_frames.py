"""100 MB frames, a compression bomb, JSON a hundred thousand deep: memory, and who else suffers."""

from __future__ import annotations

import time

from bench.loadclient import LoadClient
from bench.memory import Peak
from bench.options import Options
from bench.percentiles import spread
from bench.report import Report
from bench.stack import Stack

NEIGHBOURS = 50
KINDS = 6
ROUNDS, QUICK_ROUNDS = 5, 1
_SET_UP_SECONDS = 180.0
_RUN_SECONDS = 600.0


def run(options: Options) -> Report:
    """Peak resident memory above the quiet value, neighbours' sockets and answers."""
    report = Report("big-frames")
    with Stack(first_port=options.first_port) as stack:
        stations = stack.seed(NEIGHBOURS + KINDS)
        with stack.web() as web:
            plan = {
                "host": f"127.0.0.1:{web.port}",
                "stations": stations,
                "giants": stations[:KINDS],
                "neighbours": stations[KINDS:],
                "rounds": QUICK_ROUNDS if options.quick else ROUNDS,
            }
            with LoadClient("big", plan, stack.directory) as client:
                client.wait_for("ready", _SET_UP_SECONDS)
                time.sleep(2)
                before = web.resident_kb()
                with Peak(web) as peak:
                    client.say("go")
                    client.wait_for("done", _RUN_SECONDS)
                result = client.result()
            log = web.log_text()
    report.figure("giant frames", result["frames"])
    report.figure("memory before", before / 1024, "MB")
    report.figure("peak of memory above that", (peak.highest_kb - before) / 1024, "MB", at_most=20)
    report.figure("neighbours' sockets closed", result["lost"], at_most=0)
    report.figure("neighbours' p95 answer", spread(result["waits"]).p95 * 1000, "ms")
    report.figure("exceptions in the server's log", log.count("Traceback (most recent"), at_most=0)
    return report
