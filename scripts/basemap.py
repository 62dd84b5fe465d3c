"""Turns world-atlas TopoJSON (Natural Earth, public domain) into small GeoJSON basemaps.

Arcs are simplified before rings are joined, so that neighbours keep one common border.
TopoJSON: https://github.com/topojson/topojson-specification
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Point = tuple[float, float]
Line = list[Point]


@dataclass(frozen=True)
class Box:
    """A longitude and latitude window in degrees."""

    west: float
    south: float
    east: float
    north: float


WORLD = Box(-180, -85, 180, 85)
EUROPE = Box(-25, 34, 42, 71.5)


def build(source: Path, target: Path, box: Box, tolerance: float, digits: int) -> None:
    """Write land, borders and country names inside `box`; `tolerance` is in degrees."""
    topology = json.loads(source.read_text(encoding="utf-8"))
    arcs = [_simplify(arc, tolerance) for arc in _decode_arcs(topology)]
    smallest = tolerance * tolerance * 4
    countries = topology["objects"]["countries"]["geometries"]
    features = [
        _land(topology["objects"]["land"]["geometries"], arcs, box, smallest, digits),
        _borders(countries, arcs, box, digits),
        *_names(countries, arcs, box),
    ]
    document = {"type": "FeatureCollection", "features": features}
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    target.write_text(text + "\n", encoding="utf-8")


def _decode_arcs(topology: dict[str, Any]) -> Iterator[Line]:
    scale_x, scale_y = topology["transform"]["scale"]
    move_x, move_y = topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * scale_x + move_x, y * scale_y + move_y))
        yield line


def _simplify(line: Line, tolerance: float) -> Line:
    """Douglas-Peucker; the ends stay, so that arcs still join."""
    keep = {0, len(line) - 1}
    spans = [(0, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        index, distance = _farthest(line, first, last)
        if distance > tolerance:
            keep.add(index)
            spans += [(first, index), (index, last)]
    return [line[i] for i in sorted(keep)]


def _farthest(line: Line, first: int, last: int) -> tuple[int, float]:
    (ax, ay), (bx, by) = line[first], line[last]
    dx, dy = bx - ax, by - ay
    length = (dx * dx + dy * dy) ** 0.5
    best, best_distance = first, -1.0
    for i in range(first + 1, last):
        px, py = line[i][0] - ax, line[i][1] - ay
        distance = abs(px * dy - py * dx) / length if length else (px * px + py * py) ** 0.5
        if distance > best_distance:
            best, best_distance = i, distance
    return best, best_distance


def _polygons(geometry: dict[str, Any]) -> list[list[list[int]]]:
    if geometry.get("type") == "Polygon":
        return [geometry["arcs"]]
    return list(geometry.get("arcs", []))


def _ring(indexes: Sequence[int], arcs: Sequence[Line]) -> Line:
    ring: Line = []
    for index in indexes:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring += arc[1:] if ring else arc
    return ring


def _area(ring: Line) -> float:
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs)) / 2


def _clip_ring(ring: Line, box: Box) -> Line:
    """Sutherland-Hodgman against the four sides of the box."""
    for axis, bound, sign in (
        (0, box.west, 1),
        (0, box.east, -1),
        (1, box.south, 1),
        (1, box.north, -1),
    ):
        ring = _clip_side(ring, axis, bound, sign)
    return ring


def _clip_side(ring: Line, axis: int, bound: float, sign: int) -> Line:
    clipped: Line = []
    for start, end in zip(ring[-1:] + ring[:-1], ring, strict=True):
        start_in, end_in = ((p[axis] - bound) * sign >= 0 for p in (start, end))
        if start_in != end_in:
            part = (bound - start[axis]) / (end[axis] - start[axis])
            other = start[1 - axis] + part * (end[1 - axis] - start[1 - axis])
            clipped.append((bound, other) if axis == 0 else (other, bound))
        if end_in:
            clipped.append(end)
    return clipped


def _rounded(line: Iterable[Point], digits: int) -> list[list[float]]:
    points: list[list[float]] = []
    for x, y in line:
        point = [round(x, digits), round(y, digits)]
        if not points or points[-1] != point:
            points.append(point)
    return points


def _land(
    geometries: list[dict[str, Any]],
    arcs: Sequence[Line],
    box: Box,
    smallest: float,
    digits: int,
) -> dict[str, Any]:
    polygons = []
    for geometry in geometries:
        for polygon in _polygons(geometry):
            rings = [_clip_ring(_ring(ring, arcs), box) for ring in polygon]
            if not rings[0] or _area(rings[0]) < smallest:
                continue
            kept = [rings[0], *(hole for hole in rings[1:] if hole and _area(hole) >= smallest)]
            polygons.append([_closed(_rounded(ring, digits)) for ring in kept])
    return {
        "type": "Feature",
        "properties": {"kind": "land"},
        "geometry": {"type": "MultiPolygon", "coordinates": polygons},
    }


def _closed(ring: list[list[float]]) -> list[list[float]]:
    return ring if ring[0] == ring[-1] else [*ring, ring[0]]


def _borders(
    countries: list[dict[str, Any]], arcs: Sequence[Line], box: Box, digits: int
) -> dict[str, Any]:
    """Arcs that two countries share, cut where they leave the box."""
    uses = Counter(
        index if index >= 0 else ~index
        for country in countries
        for polygon in _polygons(country)
        for ring in polygon
        for index in ring
    )
    lines = []
    for index in sorted(index for index, count in uses.items() if count > 1):
        for part in _inside(arcs[index], box):
            line = _rounded(part, digits)
            if len(line) > 1:
                lines.append(line)
    return {
        "type": "Feature",
        "properties": {"kind": "border"},
        "geometry": {"type": "MultiLineString", "coordinates": lines},
    }


def _inside(line: Line, box: Box) -> Iterator[Line]:
    part: Line = []
    for x, y in line:
        if box.west <= x <= box.east and box.south <= y <= box.north:
            part.append((x, y))
        elif part:
            yield part
            part = []
    if part:
        yield part


def _names(
    countries: list[dict[str, Any]], arcs: Sequence[Line], box: Box
) -> Iterator[dict[str, Any]]:
    """One label a country, in the middle of its largest visible polygon."""
    for country in sorted(countries, key=lambda c: str(c["properties"]["name"])):
        rings = [_clip_ring(_ring(polygon[0], arcs), box) for polygon in _polygons(country)]
        largest = max(rings, key=_area, default=[])
        if not largest or _area(largest) < 0.2:
            continue
        x, y = _centroid(largest)
        yield {
            "type": "Feature",
            "properties": {
                "kind": "country",
                "name": country["properties"]["name"],
                "rank": round(_area(largest), 1),
            },
            "geometry": {"type": "Point", "coordinates": [round(x, 2), round(y, 2)]},
        }


def _centroid(ring: Line) -> Point:
    twice_area = x = y = 0.0
    for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = ax * by - bx * ay
        twice_area += cross
        x += (ax + bx) * cross
        y += (ay + by) * cross
    return x / (3 * twice_area), y / (3 * twice_area)
