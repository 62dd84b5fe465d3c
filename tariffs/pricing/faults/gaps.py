"""Gaps: when a dimension that costs something elsewhere is free because no element holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tariffs.pricing.faults import words
from tariffs.pricing.faults.fault import Fault, fault
from tariffs.pricing.faults.region import Axis, Box, may_happen, say
from tariffs.pricing.terms import Component, Dimension, Element

MOST_GAPS = 10
# cells looked at for one dimension; some milliseconds
BUDGET = 10_000
_MOST_BOXES = 60
_CALENDAR = frozenset({"date", "season", "weekday", "clock"})


class _TooManyError(Exception):
    pass


def gap_faults(elements: Sequence[Element], axes: Sequence[Axis]) -> Iterator[Fault]:
    """Gaps of each dimension, then a parking fee without grace."""
    session = _session(elements)
    for dimension in Dimension:
        priced = _bits_with(elements, dimension) & session
        if any(_costs(elements[index], dimension) for index in _indexes(priced)):
            yield from _gaps(axes, priced, dimension)
    yield from _no_grace(elements, axes, session)


def _session(elements: Sequence[Element]) -> int:
    return sum(
        1 << index
        for index, element in enumerate(elements)
        if element.restrictions.reservation is None
    )


def _bits_with(elements: Sequence[Element], dimension: Dimension) -> int:
    return sum(
        1 << index for index, element in enumerate(elements) if _component(element, dimension)
    )


def _indexes(bits: int) -> list[int]:
    return [index for index in range(bits.bit_length()) if bits >> index & 1]


def _component(element: Element, dimension: Dimension) -> Component | None:
    return next((c for c in element.components if c.dimension is dimension), None)


def _costs(element: Element, dimension: Dimension) -> bool:
    component = _component(element, dimension)
    return component is not None and bool(component.price or component.spot)


def _gaps(axes: Sequence[Axis], priced: int, dimension: Dimension) -> Iterator[Fault]:
    name = words.DIMENSIONS[dimension]
    usable = [axis for axis in axes if _cuts(axis, dimension)]
    try:
        boxes = _Search(usable, priced).boxes()
    except _TooManyError:
        yield fault("elements", "gaps_not_analysed", dimension=name)
        return
    if dimension is Dimension.PARKING_TIME:
        boxes = _without_grace(usable, boxes)
    found = [box for box in boxes if may_happen(usable, box)]
    for box in found[:MOST_GAPS]:
        yield fault("elements", "gap", dimension=name, when=say(usable, box))
    if len(found) > MOST_GAPS:
        yield fault("elements", "gaps_left_off", dimension=name)


def _cuts(axis: Axis, dimension: Dimension) -> bool:
    """A fee per session may well come after some minutes or kWh only; a gap is one of the calendar."""
    if axis.name == "reservation":
        return False
    return dimension is not Dimension.FLAT or axis.name in _CALENDAR


def _without_grace(axes: Sequence[Axis], boxes: list[Box]) -> list[Box]:
    """Parking that is free at first is meant so: the idle time from 0 on is taken off."""
    idle = next((index for index, axis in enumerate(axes) if axis.name == "idle_s"), None)
    if idle is None:
        return boxes
    # adding 1 clears the lowest bits up to the first that is 0
    cut = [{**box, idle: box[idle] & (box[idle] + 1)} if idle in box else box for box in boxes]
    return [box for box in cut if box.get(idle, 1)]


class _Search:
    """Walks the axes one by one; cells in which the same elements are left are one branch."""

    def __init__(self, axes: Sequence[Axis], priced: int) -> None:
        self.axes = axes
        self.priced = priced
        self.left = BUDGET
        self.found: list[Box] = []
        # elements that no axis from this one on restricts: where one is left there is no gap
        self.settled = [0] * (len(axes) + 1)
        self.settled[-1] = priced
        for index in range(len(axes) - 1, -1, -1):
            free = sum(
                1 << e for e, bits in enumerate(axes[index].holds) if bits == axes[index].everything
            )
            self.settled[index] = self.settled[index + 1] & free

    def boxes(self) -> list[Box]:
        self._walk(0, self.priced, {})
        return _merged(self.axes, self.found)

    def _walk(self, index: int, elements: int, box: Box) -> None:
        if elements & self.settled[index]:
            return
        if not elements:
            if len(self.found) >= _MOST_BOXES:
                raise _TooManyError
            self.found.append(box)
            return
        for left, cells in self._branches(index, elements).items():
            whole = cells == self.axes[index].everything
            self._walk(index + 1, left, box if whole else {**box, index: cells})

    def _branches(self, index: int, elements: int) -> dict[int, int]:
        """Elements that are left -> bits of the cells in which they are."""
        axis = self.axes[index]
        self.left -= len(axis.cells)
        if self.left < 0:
            raise _TooManyError
        branches: dict[int, int] = {}
        for cell, holding in enumerate(axis.elements):
            left = elements & holding
            branches[left] = branches.get(left, 0) | 1 << cell
        return branches


def _merged(axes: Sequence[Axis], boxes: list[Box]) -> list[Box]:
    """Boxes that differ on one axis only are one box."""
    result: list[Box] = []
    for new in boxes:
        box = new
        while (
            index := next((i for i, other in enumerate(result) if _join(axes, box, other)), None)
        ) is not None:
            box = _join(axes, box, result.pop(index)) or box
        result.append(box)
    return result


def _join(axes: Sequence[Axis], one: Box, other: Box) -> Box | None:
    differing = [axis for axis in {*one, *other} if one.get(axis) != other.get(axis)]
    if len(differing) != 1 or differing[0] not in one or differing[0] not in other:
        return None
    axis = differing[0]
    bits = one[axis] | other[axis]
    rest = {key: value for key, value in one.items() if key != axis}
    # an empty box says "always", which is none that can be told apart from no box
    return {**rest, axis: bits} if bits != axes[axis].everything else rest or {axis: bits}


def _no_grace(elements: Sequence[Element], axes: Sequence[Axis], session: int) -> Iterator[Fault]:
    """A parking fee from the first idle second, unless an earlier element makes that free."""
    parking = [i for i in _indexes(session) if _component(elements[i], Dimension.PARKING_TIME)]
    free = [index for index in parking if not _costs(elements[index], Dimension.PARKING_TIME)]
    for index in parking:
        is_free = not _costs(elements[index], Dimension.PARKING_TIME)
        if is_free or not _holds_at_once(axes, index):
            continue
        if not any(_frees(axes, other, index) for other in free if other < index):
            yield fault(f"elements[{index}]", "no_grace")
            return


def _holds_at_once(axes: Sequence[Axis], index: int) -> bool:
    return all(axis.holds[index] & 1 for axis in axes if axis.name == "idle_s")


def _frees(axes: Sequence[Axis], free: int, index: int) -> bool:
    """Whether the free element holds wherever the other does, at the first idle second."""
    return all(
        axis.holds[free] & 1 if axis.name == "idle_s" else not axis.holds[index] & ~axis.holds[free]
        for axis in axes
    )
