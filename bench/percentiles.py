"""Percentiles of samples, by linear interpolation."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


def percentile(ordered: list[float], percent: float) -> float:
    """The value below which `percent` of the samples lie (0 to 100).

    Linear between the two nearest ranks, as numpy's default does.

    Args:
        ordered: at least one sample, ascending.
        percent: 0 is the smallest sample, 100 the largest.

    Raises:
        ValueError: no samples, or a percentage out of range.
    """
    if not ordered:
        raise ValueError("no samples")
    if not 0 <= percent <= 100:
        raise ValueError(f"{percent} is no percentage")
    rank = (len(ordered) - 1) * percent / 100
    below = math.floor(rank)
    above = math.ceil(rank)
    return ordered[below] + (ordered[above] - ordered[below]) * (rank - below)


@dataclass(frozen=True, slots=True)
class Spread:
    """Percentiles of one series; its unit is that of the samples."""

    count: int
    p50: float
    p95: float
    p99: float
    longest: float


def spread(samples: Iterable[float]) -> Spread:
    """Percentiles of `samples` in any order; not-a-number throughout when there are none."""
    ordered = sorted(samples)
    if not ordered:
        return Spread(0, math.nan, math.nan, math.nan, math.nan)
    return Spread(
        count=len(ordered),
        p50=percentile(ordered, 50),
        p95=percentile(ordered, 95),
        p99=percentile(ordered, 99),
        longest=ordered[-1],
    )
