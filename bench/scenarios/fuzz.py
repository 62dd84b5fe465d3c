"""Malformed frames and handshakes from 50 stations beside 50 that charge.

What is counted: exceptions in the server's log, neighbours that suffered, calls with a readable id
that got no answer, pages that no longer render what is now in the database, and memory.
"""

from __future__ import annotations

import json
import time
from typing import Any

from bench.loadclient import LoadClient
from bench.memory import Peak
from bench.options import Options
from bench.percentiles import spread
from bench.report import Report, step
from bench.stack import Stack

STATIONS = 50
FRAMES, QUICK_FRAMES = 95_000, 4_000
KNOCKS, QUICK_KNOCKS = 5_000, 400
OBJECTS_A_PAGE = 10
_WARM_UP_SHARE = 0.1
_SET_UP_SECONDS = 300.0
_RUN_SECONDS = 3_000.0
_SETTLE_SECONDS = 5.0
_SHOWN = 12


def run(options: Options) -> Report:
    """F9 of the reliability figures; the seed is printed and can be given again."""
    report = Report("fuzz")
    count = options.stations or STATIONS
    frames = QUICK_FRAMES if options.quick else FRAMES
    with Stack(first_port=options.first_port) as stack:
        stations = stack.seed(2 * count + 1)
        with stack.web() as web:
            plan = {
                "host": f"127.0.0.1:{web.port}",
                "villains": stations[:count],
                "neighbours": stations[count : 2 * count],
                "stations": stations,
                "victim": stations[-1],
                "seed": options.seed,
                "frames": frames,
                "knocks": QUICK_KNOCKS if options.quick else KNOCKS,
                "warm_up": int(frames * _WARM_UP_SHARE),
            }
            with LoadClient("fuzz", plan, stack.directory) as client:
                client.wait_for("ready", _SET_UP_SECONDS)
                time.sleep(_SETTLE_SECONDS)
                before = web.resident_kb()
                step(f"{frames} frames with seed {options.seed}")
                with Peak(web) as peak:
                    client.say("go")
                    client.wait_for("done", _RUN_SECONDS)
                result = client.result()
            time.sleep(_SETTLE_SECONDS)
            after = web.resident_kb()
            log = web.log_text()
        step("getting every page")
        pages = json.loads(stack.run("-m", "bench.poisoned", str(OBJECTS_A_PAGE)))
    _tell(report, options, result, log)
    _tell_pages(report, pages)
    report.details["memory_mb"] = [round(kb / 1024) for kb in peak.course_kb]
    growth = (after - before) / before * 100
    report.figure("memory before", before / 1024, "MB")
    report.figure("memory growth", growth, "%", at_most=10)
    return report


def _tell(report: Report, options: Options, result: dict[str, Any], log: str) -> None:
    villains, door, suffered = result["villains"], result["door"], result["neighbours"]
    report.details |= {
        "examples": result["examples"],
        "kinds": result["kinds"],
        "log": log[-20_000:],
    }
    if result["examples"]:
        rows = [[text[:160]] for text in result["examples"][:_SHOWN]]
        report.table("What went wrong", ["example"], rows)
    report.figure("seed", options.seed)
    report.figure("malformed frames", villains["sent"])
    report.figure("malformed handshakes", door["knocks"])
    report.figure("frames a second", villains["sent"] / result["wall"], "/s")
    report.figure("exceptions in the server's log", log.count("Traceback (most recent"), at_most=0)
    report.figure("error lines in it", _errors(log), at_most=0)
    report.figure("let in without the right key", door.get("intruders", 0), at_most=0)
    report.figure("handshakes left hanging", door.get("no answer", 0), at_most=0)
    report.figure("neighbours' sockets closed", suffered["lost"], at_most=0)
    report.figure("neighbours' calls refused", suffered["refused"], at_most=0)
    report.figure("neighbours' sessions", suffered["sessions"])
    report.figure("neighbours' p95 answer", spread(result["waits"]).p95 * 1000, "ms")
    report.figure("calls with a readable id", villains["expected"])
    report.figure("of them unanswered", villains.get("unanswered", 0), at_most=0)
    report.figure("of them answered twice", villains.get("twice", 0), at_most=0)
    report.figure("sockets closed without need", villains.get("lost", 0), at_most=0)


def _errors(log: str) -> int:
    """Of our own format, and of uvicorn's."""
    words = (" ERROR ", " CRITICAL ", "ERROR:  ", "CRITICAL:  ")
    return sum(any(word in line[:60] for word in words) for line in log.splitlines())


def _tell_pages(report: Report, pages: dict[str, Any]) -> None:
    if pages["broken"]:
        rows = [[url, fault.strip()[-200:]] for url, fault in pages["broken"].items()]
        report.table("Broken afterwards", ["address", "fault"], rows[:_SHOWN])
    report.details["pages"] = pages
    report.figure("pages and API answers got", pages["got"])
    report.figure("addresses without an object to show", len(pages["without_object"]))
    report.figure("pages broken afterwards", len(pages["broken"]), at_most=0)
