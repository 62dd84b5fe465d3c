"""Round trips on a server with nothing to do: what the group commit's waiting costs.

One station alone, then fifty that report once a second, out of step. Beside them the floor (no
database) and the naive way (one commit, no waiting) with the same single station.
"""

from __future__ import annotations

from typing import Any

from bench.loadclient import LoadClient
from bench.options import Options
from bench.percentiles import Spread, spread
from bench.report import Report
from bench.served import Served
from bench.stack import Stack

FEW = 50
_COUNT = 100
_GAP_SECONDS = 0.05


def run(options: Options) -> Report:
    """p50, p95 and p99 of Heartbeat and MeterValues."""
    report = Report("idle-latency")
    rows: list[list[str]] = []
    with Stack(first_port=options.first_port) as stack:
        stations = stack.seed(FEW + 1)
        one = {"stations": stations[:1], "count": _COUNT, "gap": _GAP_SECONDS}
        rounds = max(2, int(options.seconds / 2))
        few = {"stations": stations[1:], "count": rounds, "gap": 1.0}
        with stack.web() as web:
            alone = _measure(stack, web, one)
            together = _measure(stack, web, few)
        (ref,) = stack.query(
            "SELECT assigned_id FROM chargers_transaction WHERE assigned_id IS NOT NULL LIMIT 1"
        )[0]
        references = {}
        for name in ("floor", "naive"):
            with stack.reference(name) as server:
                references[name] = _measure(stack, server, {**one, "transactions": [ref]})
    rows.append(_row("one station, Heartbeat", alone["heartbeat"]))
    rows.append(_row("one station, MeterValues", alone["reading"]))
    rows.append(_row(f"{FEW} stations, Heartbeat a second", together["heartbeat"]))
    rows.append(_row(f"{FEW} stations, MeterValues a second", together["reading"]))
    for name, found in references.items():
        rows.append(_row(f"{name}, one station, MeterValues", found["reading"]))
    report.table("Round trip in ms", ["", "count", "p50", "p95", "p99", "longest"], rows)
    report.figure("one station, MeterValues, p50", alone["reading"].p50, "ms")
    report.figure("one station, MeterValues, p95", alone["reading"].p95, "ms")
    report.figure(f"{FEW} stations, MeterValues, p50", together["reading"].p50, "ms")
    report.figure(f"{FEW} stations, MeterValues, p95", together["reading"].p95, "ms")
    return report


def _measure(stack: Stack, server: Served, plan: dict[str, Any]) -> dict[str, Spread]:
    plan = {**plan, "host": f"127.0.0.1:{server.port}"}
    with LoadClient("pings", plan, stack.directory) as client:
        client.wait_for("ready", 60)
        client.say("go")
        client.wait_for("done", 120)
        result = client.result()
    return {kind: spread(wait * 1000 for wait in waits) for kind, waits in result.items()}


def _row(name: str, found: Spread) -> list[str]:
    values = (found.p50, found.p95, found.p99, found.longest)
    return [name, str(found.count), *(f"{value:.2f}" for value in values)]
