"""Faults of the order of elements: what is never used, and what is priced twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tariffs.pricing.faults import words
from tariffs.pricing.faults.fault import Fault, fault
from tariffs.pricing.faults.region import Axis, Box, may_happen, say
from tariffs.pricing.terms import Dimension, Element

MOST_OVERLAPS = 20


def order_faults(elements: Sequence[Element], axes: Sequence[Axis]) -> Iterator[Fault]:
    """Unreachable elements and components, and overlaps of which neither contains the other."""
    dimensions = [_dimensions(element) for element in elements]
    packed, fields = _packed(axes, len(elements))
    overlaps: list[Fault] = []
    for later, region in enumerate(packed):
        hidden: dict[Dimension, int] = {}
        for earlier in range(later):
            shared = dimensions[earlier] & dimensions[later]
            both = region & packed[earlier]
            if not shared or not all(both & field for field in fields):
                continue
            if both == region:
                hidden = {**dict.fromkeys(shared, earlier), **hidden}
            elif both != packed[earlier] and len(overlaps) <= MOST_OVERLAPS:
                overlaps += _overlaps(axes, earlier, later, shared)
        yield from _hidden(later, elements[later], hidden)
    yield from overlaps[:MOST_OVERLAPS]
    if len(overlaps) > MOST_OVERLAPS:
        yield fault("elements", "overlaps_left_off")


def _dimensions(element: Element) -> frozenset[Dimension]:
    return frozenset(component.dimension for component in element.components)


def _packed(axes: Sequence[Axis], count: int) -> tuple[list[int], list[int]]:
    """Where each element holds, all axes side by side in one integer; and each axis' part of it."""
    packed, fields, shift = [0] * count, [], 0
    for axis in axes:
        fields.append(axis.everything << shift)
        packed = [bits | held << shift for bits, held in zip(packed, axis.holds, strict=True)]
        shift += len(axis.cells)
    return packed, fields


def _common(axes: Sequence[Axis], one: int, other: int) -> Box:
    """Where both elements hold."""
    both = ((index, axis, axis.holds[one] & axis.holds[other]) for index, axis in enumerate(axes))
    return {
        index: bits
        for index, axis, bits in both
        if bits != axis.everything and axis.name != "reservation"
    }


def _overlaps(
    axes: Sequence[Axis], earlier: int, later: int, shared: frozenset[Dimension]
) -> list[Fault]:
    box = _common(axes, earlier, later)
    if not may_happen(axes, box):
        return []
    return [
        fault(
            f"elements[{later}]",
            "overlap",
            element=later + 1,
            other=earlier + 1,
            dimension=words.inside(words.DIMENSIONS[dimension]),
            when=say(axes, box),
        )
        for dimension in Dimension
        if dimension in shared
    ]


def _hidden(index: int, element: Element, hidden: dict[Dimension, int]) -> Iterator[Fault]:
    """An element is never used when each of its dimensions is always priced by an earlier one."""
    if hidden and hidden.keys() == _dimensions(element):
        others = words.elements([number + 1 for number in sorted(set(hidden.values()))])
        yield fault(f"elements[{index}]", "element_unreachable", element=index + 1, others=others)
        return
    for number, component in enumerate(element.components):
        if component.dimension in hidden:
            yield fault(
                f"elements[{index}].price_components[{number}]",
                "component_unreachable",
                element=index + 1,
                other=hidden[component.dimension] + 1,
                dimension=words.DIMENSIONS[component.dimension],
            )
