"""Figures beside their targets, tables, and the JSON file of a run."""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import psutil

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured number, and the number to reach where there is one."""

    name: str
    value: float
    unit: str = ""
    target: float | None = None
    better: Literal["lower", "higher"] = "lower"

    @property
    def verdict(self) -> str:
        """ "ok", "MISSED" or, without a target, ""."""
        if self.target is None:
            return ""
        if math.isnan(self.value):
            return "MISSED"
        reached = self.value <= self.target if self.better == "lower" else self.value >= self.target
        return "ok" if reached else "MISSED"

    @property
    def target_text(self) -> str:
        if self.target is None:
            return ""
        sign = "≤" if self.better == "lower" else "≥"
        return f"{sign} {number(self.target)}"


@dataclass(slots=True)
class Report:
    """What one scenario found.

    Attributes:
        tables: (title, header, rows), printed as they are.
        details: everything else, for the JSON file.
        failure: why the scenario could not be carried out; empty when it was.
    """

    scenario: str
    figures: list[Figure] = field(default_factory=list)
    tables: list[tuple[str, Sequence[str], Sequence[Sequence[str]]]] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    failure: str = ""

    def figure(
        self,
        name: str,
        value: float,
        unit: str = "",
        *,
        at_most: float | None = None,
        at_least: float | None = None,
    ) -> None:
        """Note a figure; give `at_most` or `at_least` where there is one to reach."""
        self.figures.append(
            Figure(
                name=name,
                value=value,
                unit=unit,
                target=at_most if at_least is None else at_least,
                better="lower" if at_least is None else "higher",
            )
        )

    def table(self, title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self.tables.append((title, header, rows))

    @property
    def missed(self) -> list[Figure]:
        return [figure for figure in self.figures if figure.verdict == "MISSED"]

    def text(self) -> str:
        parts = [f"== {self.scenario} =="]
        if self.failure:
            return f"{parts[0]}\n  FAILED: {self.failure}\n"
        for title, header, rows in self.tables:
            parts += [title, aligned([header, *rows])]
        shown: list[Sequence[str]] = [
            (f.name, f"{number(f.value)} {f.unit}".strip(), f.target_text, f.verdict)
            for f in self.figures
        ]
        parts.append(aligned([("figure", "measured", "to reach", ""), *shown]))
        return "\n".join(parts) + "\n"

    def to_json(self) -> dict[str, Any]:
        return {
            "scenario": self.scenario,
            "figures": [
                {**asdict(figure), "value": _finite(figure.value), "verdict": figure.verdict}
                for figure in self.figures
            ],
            "details": self.details,
            "failure": self.failure,
        }


def step(text: str) -> None:
    """Say on standard error what comes next; a full run takes minutes."""
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


def number(value: float) -> str:
    """A number with as many digits as say something."""
    if math.isnan(value):
        return "-"
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return (
        f"{value:.3f}" if abs(value) < 1 else f"{value:.2f}" if abs(value) < 100 else f"{value:.0f}"
    )


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows of text in columns."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)


def environment() -> dict[str, Any]:
    """The machine, as far as it explains the numbers."""
    return {
        "cpu": _cpu_name(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "commit": _commit(),
        "load_before": os.getloadavg()[0],
    }


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, default=str) + "\n")


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _cpu_name() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()
