"""What processes cost: CPU seconds (user and system) and resident memory.

A process's own counters miss the children that it started and that have already ended, and a
PostgreSQL backend ends with its connection. The kernel adds an ended child's time to its parent
when the parent collects it, so a tree is: every living process, plus the collected children of
each. What the rest of the machine did in the same time is counted too, for the reader to judge
how disturbed a run was.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import psutil

Gauge = Callable[[], float]


def process_seconds(pid: int) -> float:
    """CPU seconds of one process and of its ended children; 0 when it is gone."""
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return times.user + times.system + times.children_user + times.children_system


def tree_seconds(pid: int) -> float:
    """CPU seconds of a process, of all below it, and of those among them that have ended."""
    try:
        root = psutil.Process(pid)
        members = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    return sum(process_seconds(member.pid) for member in members)


def resident_kb(pid: int) -> float:
    """Resident set size of one process in kB (1,024 bytes)."""
    return psutil.Process(pid).memory_info().rss / 1024


def machine_seconds() -> float:
    """CPU seconds that all cores together have been busy since the machine started."""
    times = psutil.cpu_times()
    steal = getattr(times, "steal", 0.0)
    return times.user + times.nice + times.system + getattr(times, "softirq", 0.0) + steal


@dataclass(frozen=True, slots=True)
class Use:
    """What a window of time cost.

    Attributes:
        wall: seconds.
        cpu: CPU seconds by the name of the gauge.
        others: CPU seconds of everything else on the machine.
    """

    wall: float
    cpu: Mapping[str, float]
    others: float

    def ms_per(self, count: int, names: Iterable[str] = ()) -> float:
        """CPU milliseconds per piece over the named gauges, or over all of them."""
        chosen = tuple(names) or tuple(self.cpu)
        return sum(self.cpu[name] for name in chosen) * 1000 / max(count, 1)

    def ms_by_name(self, count: int) -> dict[str, float]:
        return {name: self.ms_per(count, [name]) for name in self.cpu}


class Window:
    """Reads every gauge when made and again by `close()`."""

    def __init__(self, gauges: Mapping[str, Gauge]) -> None:
        self._gauges = dict(gauges)
        self._before = self._read()
        self._machine = machine_seconds()
        self._started = time.perf_counter()

    def _read(self) -> dict[str, float]:
        return {name: gauge() for name, gauge in self._gauges.items()}

    def close(self) -> Use:
        wall = time.perf_counter() - self._started
        after = self._read()
        cpu = {name: after[name] - self._before[name] for name in after}
        others = machine_seconds() - self._machine - sum(cpu.values())
        return Use(wall=wall, cpu=cpu, others=max(others, 0.0))


def raise_file_limit() -> int:
    """Allow as many open sockets as the system lets us, for us and all we start. Returns it."""
    with contextlib.suppress(ImportError):
        import resource  # noqa: PLC0415 -- not on Windows

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != hard:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        return hard
    return 0
