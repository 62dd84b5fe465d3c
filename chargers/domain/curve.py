"""Power curves short enough to draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One drawn instant: corrected time, register in Wh, power in W, state of charge in %."""

    at: datetime
    energy_wh: int | None
    power_w: int | None
    soc_percent: int | None


def downsample(points: Sequence[CurvePoint], *, limit: int) -> list[CurvePoint]:
    """At most `limit` (3 or more) points: the first, the last, and the peak of each stretch."""
    if len(points) <= limit:
        return list(points)
    inner = points[1:-1]
    stretches = limit - 2
    bounds = [len(inner) * i // stretches for i in range(stretches + 1)]
    peaks = [max(inner[low:high], key=_power) for low, high in pairwise(bounds) if high > low]
    return [points[0], *peaks, points[-1]]


def _power(point: CurvePoint) -> int:
    return -1 if point.power_w is None else point.power_w
