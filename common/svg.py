"""Geometry of the small charts that are drawn on the server as inline SVG.

Pure functions from numbers to path data and rectangles: the same drawing serves pages and PDF.
Coordinates are SVG user units, y grows downwards.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Number = float | int


@dataclass(frozen=True)
class Sparkline:
    """Path data of a line, of the area under it, and the last point."""

    line: str
    area: str
    last: tuple[float, float]


@dataclass(frozen=True)
class Bar:
    """One column of a bar chart."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Arc:
    """One segment of a ring, as stroke-dasharray and stroke-dashoffset of a circle."""

    dash: float
    gap: float
    offset: float


def _text(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def points(
    values: Sequence[Number], width: float, height: float, inset: float = 2
) -> list[tuple[float, float]]:
    """Spread `values` over `width`, smallest at the bottom.

    `inset` keeps the stroke inside the box. A flat series runs through the middle.
    """
    if not values:
        return []
    low, high = min(values), max(values)
    span = high - low
    step = width / (len(values) - 1) if len(values) > 1 else 0
    inner = height - 2 * inset
    return [
        (i * step, height / 2 if span == 0 else inset + inner * (1 - (value - low) / span))
        for i, value in enumerate(values)
    ]


def line_path(coordinates: Sequence[tuple[float, float]]) -> str:
    """SVG path data through the points; empty for no points."""
    return " ".join(
        f"{'L' if i else 'M'}{_text(x)},{_text(y)}" for i, (x, y) in enumerate(coordinates)
    )


def sparkline(values: Sequence[Number], width: float = 96, height: float = 30) -> Sparkline | None:
    """A trend line with the area under it, or None when there are fewer than two values."""
    if len(values) < 2:
        return None
    coordinates = points(values, width, height)
    line = line_path(coordinates)
    area = f"{line} L{_text(width)},{_text(height)} L0,{_text(height)}Z"
    return Sparkline(line=line, area=area, last=coordinates[-1])


def bars(
    values: Sequence[Number],
    width: float,
    height: float,
    *,
    gap: float = 0.4,
    top: float | None = None,
) -> list[Bar]:
    """Columns on a zero line at `height`; `gap` is the share of a slot left empty.

    `top` is the value that reaches the full height (default: the largest). Negative values
    are drawn as zero. A value above zero is at least one unit high, so that it can be seen.
    """
    if not values:
        return []
    full = top if top is not None else max(values)
    slot = width / len(values)
    columns = []
    for i, value in enumerate(values):
        tall = max(1.0, height * value / full) if full > 0 and value > 0 else 0.0
        tall = min(tall, height)
        columns.append(Bar(i * slot + slot * gap / 2, height - tall, slot * (1 - gap), tall))
    return columns


def ring(values: Sequence[Number], radius: float, gap: float = 0) -> list[Arc]:
    """Share a circle's circumference among `values`, clockwise from twelve o'clock.

    `gap` is the empty length between segments, left out when there is only one.
    """
    total = sum(values)
    around = 2 * math.pi * radius
    if total <= 0:
        return []
    if sum(value > 0 for value in values) < 2:
        gap = 0
    arcs, start = [], 0.0
    for value in values:
        length = around * value / total
        drawn = max(0.0, length - gap)
        arcs.append(
            Arc(dash=round(drawn, 2), gap=round(around - drawn, 2), offset=-round(start, 2))
        )
        start += length
    return arcs


def nice_ceiling(value: Number) -> float:
    """The next 1, 2, 2.5 or 5 times a power of ten at or above `value`; 1 for nothing."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    for factor in (1, 2, 2.5, 5, 10):
        if value <= factor * power * (1 + 1e-9):
            return factor * power
    return 10 * power
