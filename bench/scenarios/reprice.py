"""A day of 100,000 ended sessions: priced, and priced again to the last bit.

The records are made as the sweep makes them, from 20 readings a session; then every stored record
is priced twice by what it holds, and every session once more by its readings.
"""

from __future__ import annotations

import json
from typing import Any

from bench.cpu import Use, Window
from bench.options import Options
from bench.report import Report, step
from bench.stack import Stack

SESSIONS = 100_000
QUICK_SESSIONS = 2_000
TARGET_MS = 3
_STEPS = (
    ("make", "records made"),
    ("again", "stored records priced again"),
    ("again", "and once more"),
    ("readings", "priced again by the readings"),
)


def run(options: Options) -> Report:
    """CPU of a record, made and priced again; how many differ."""
    report = Report("reprice")
    sessions = QUICK_SESSIONS if options.quick else SESSIONS
    found: list[tuple[str, dict[str, Any], Use]] = []
    with Stack(first_port=options.first_port) as stack:
        step(f"writing {sessions} sessions")
        stack.run("-m", "bench.priced_day", "seed", str(sessions))
        for name, label in _STEPS:
            step(label)
            window = Window({"postgres": stack.postgres.cpu_seconds})
            result = json.loads(stack.run("-m", "bench.priced_day", name, str(sessions)))
            found.append((label, result, window.close()))
        report.details["database"] = stack.database_facts()
    _tell(report, sessions, found)
    return report


def _tell(report: Report, sessions: int, found: list[tuple[str, dict[str, Any], Use]]) -> None:
    rows = [
        [
            label,
            f"{result['count']:,}",
            f"{_python_ms(result):.2f}",
            f"{use.ms_per(result['count']):.2f}",
            f"{use.wall:.0f}",
        ]
        for label, result, use in found
    ]
    header = ["", "sessions", "Python CPU ms", "PostgreSQL CPU ms", "seconds"]
    report.table("CPU of a session", header, rows)
    (_, made, used), *others = found
    different = sum(result["count"] - result["equal"] for _, result, _ in others)
    report.figure("records", made["count"], at_least=sessions)
    report.figure("records without a price", made["unpriced"], at_most=0)
    report.figure("records that differ when priced again", different, at_most=0)
    digests = {result["digest"] for _, result, _ in found}
    report.figure("different digests over the day", len(digests), at_most=1)
    report.figure(
        "CPU of a record, with PostgreSQL",
        _python_ms(made) + used.ms_per(made["count"]),
        "ms",
        at_most=TARGET_MS,
    )
    report.figure("CPU of a record priced again", _python_ms(others[0][1]), "ms")
    report.details["steps"] = [
        {"step": label, **result, "postgres_cpu": use.cpu["postgres"], "wall": use.wall}
        for label, result, use in found
    ]


def _python_ms(result: dict[str, Any]) -> float:
    cpu, count = float(result["cpu"]), int(result["count"])
    return cpu * 1000 / max(count, 1)
