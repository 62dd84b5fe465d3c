"""Portal pages with 10,000 stations and 1,000,000 transactions: server time and queries."""

from __future__ import annotations

import json
import time
from typing import Any

from bench.options import Options
from bench.percentiles import Spread, spread
from bench.report import Report, step
from bench.stack import Stack

STATIONS = 10_000
TRANSACTIONS = 1_000_000
QUICK_STATIONS = 500
QUICK_TRANSACTIONS = 20_000
TARGET_MS = 150
_TIMES, _QUICK_TIMES = 40, 5


def run(options: Options) -> Report:
    """p50 and p95 of every portal page; a page that is missing or broken misses its figure."""
    report = Report("pages")
    stations = options.stations or (QUICK_STATIONS if options.quick else STATIONS)
    transactions = QUICK_TRANSACTIONS if options.quick else TRANSACTIONS
    with Stack(first_port=options.first_port) as stack:
        step(f"writing {stations} stations and {transactions} transactions")
        started = time.monotonic()
        seeded = stack.run("-m", "bench.seed_network", str(stations), str(transactions))
        report.details["seeded_in_seconds"] = time.monotonic() - started
        examples = stack.directory / "examples.json"
        examples.write_text(seeded)
        step("measuring pages")
        times = _QUICK_TIMES if options.quick else _TIMES
        pages = json.loads(stack.run("-m", "bench.page_probe", str(examples), str(times)))
        report.details["database"] = stack.database_facts()
        counts = stack.query(
            """
            SELECT (SELECT count(*) FROM chargers_chargingstation),
                   (SELECT count(*) FROM chargers_transaction),
                   (SELECT count(*) FROM chargers_metervalue)
            """
        )[0]
    _tell(report, pages)
    for name, count in zip(("stations", "transactions", "meter values"), counts, strict=True):
        report.figure(f"{name} in the database", count)
    return report


def _tell(report: Report, pages: list[dict[str, Any]]) -> None:
    measured = [(page, spread(page["waits"])) for page in pages if page["waits"]]
    broken = [page for page in pages if page["fault"]]
    slow = [page for page, found in measured if found.p95 > TARGET_MS]
    measured.sort(key=lambda item: -item[1].p95)
    rows = [_row(page, found) for page, found in measured]
    header = ["page", "queries", "kB", "p50 ms", "p95 ms", "Python CPU p50 ms", ""]
    report.table("Server time, slowest first", header, rows)
    if broken:
        faults = [[page["name"], page["fault"]] for page in broken]
        report.table("Not measured", ["page", "fault"], faults)
    others = [[page["name"], page["kind"]] for page in pages if page["kind"] != "page"]
    if others:
        report.table("Not timed, for they are no pages", ["address", "what"], others)
    every = spread(wait for page, _ in measured for wait in page["waits"])
    worst = measured[0][1].p95 if measured else float("nan")
    report.figure("pages measured", len(measured))
    report.figure("pages missing or broken", len(broken), at_most=0)
    report.figure("p95 of the slowest page", worst, "ms", at_most=TARGET_MS)
    report.figure("pages above that", len(slow), at_most=0)
    report.figure("p95 over all pages", every.p95, "ms", at_most=TARGET_MS)
    report.figure("p50 over all pages", every.p50, "ms")
    report.figure("most queries of a page", max((p["queries"] for p, _ in measured), default=0))
    report.details["pages"] = [
        {**page, "waits": None, "cpu": None, "p50_ms": found.p50, "p95_ms": found.p95}
        for page, found in measured
    ]
    report.details["faults"] = {page["name"]: page["fault"] for page in broken}


def _row(page: dict[str, Any], found: Spread) -> list[str]:
    return [
        page["name"],
        str(page["queries"]),
        f"{page['size'] / 1024:.0f}",
        f"{found.p50:.1f}",
        f"{found.p95:.1f}",
        f"{spread(page['cpu']).p50:.1f}",
        "" if found.p95 <= TARGET_MS else "slow",
    ]
