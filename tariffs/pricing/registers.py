"""Where the energy of a session was delivered: differences of registers, placed in time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import gcd
from typing import NamedTuple

# As `chargers.domain.energy`, but a meter may count in whole kWh: one step is no slip.
_TOLERANCE_TENTHS = 11
_ALLOWANCE_WH = 1_000


# Energy that flowed: from second, until second, Wh. Plain tuples: there are thousands.
Flow = tuple[int, int, int]
Point = tuple[int, int]


class Flows(NamedTuple):
    """Differences of the registers that can be believed, in order of time.

    Attributes:
        step_wh: greatest common divisor of the differences, 0: the register stood still.
        is_sound: no register was refused.
    """

    flows: list[Flow]
    step_wh: int
    is_sound: bool


def flows_of(points: Sequence[Point], *, rated_power_w: int | None) -> Flows:
    """Differences between registers (second, Wh) in order of time.

    A register that goes back, or forth faster than the plug can deliver, is skipped when the next
    one fits the one before it (a slip); else it is counted on from it (a meter that began anew).
    """
    flows: list[Flow] = []
    step, sound = 0, True
    if not points:
        return Flows(flows, step, sound)
    fits = _fits(rated_power_w)
    before = points[0]
    last = len(points) - 1
    for index in range(1, last + 1):
        point = points[index]
        wh = point[1] - before[1]
        if not fits(wh, point[0] - before[0]):
            sound = False
            if index < last and _next_fits(fits, before, points[index + 1]):
                continue
            wh = 0
        flows.append((before[0], point[0], wh))
        step = gcd(step, wh)
        before = point
    return Flows(flows, step, sound)


def _fits(rated_power_w: int | None) -> Callable[[int, int], bool]:
    if rated_power_w is None:
        return lambda wh, _seconds: wh >= 0
    per_second = rated_power_w * _TOLERANCE_TENTHS
    allowance = _ALLOWANCE_WH * 36_000
    return lambda wh, seconds: 0 <= wh * 36_000 <= per_second * seconds + allowance


def _next_fits(fits: Callable[[int, int], bool], before: Point, after: Point) -> bool:
    return fits(after[1] - before[1], after[0] - before[0])


def shared(total: int, parts: Sequence[int]) -> list[int]:
    """A total in whole numbers in proportion, by largest remainder; of equals the first.

    Where all parts are 0, all shares are.
    """
    whole = sum(parts)
    if not whole:
        return [0] * len(parts)
    if whole == total:
        return list(parts)
    shares = [part * total // whole for part in parts]
    missing = total - sum(shares)
    by_remainder = sorted(
        range(len(parts)), key=lambda index: (-(parts[index] * total % whole), index)
    )
    for index in by_remainder[:missing]:
        shares[index] += 1
    return shares


def placed(flows: Sequence[Flow], cuts: Sequence[int], charging: Sequence[bool]) -> list[int]:
    """Energy of each stretch [cuts[i], cuts[i + 1]); every flow begins and ends at a cut.

    A flow goes to its charging seconds; where it has none, to all its seconds.
    """
    energy = [0] * len(charging)
    index = 0
    for start, end, wh in flows:
        while cuts[index] < start:
            index += 1
        first = index
        while cuts[index] < end:
            index += 1
        if index - first == 1:
            energy[first] = wh
        elif wh:
            lengths = [after - before for before, after in pairwise(cuts[first : index + 1])]
            energy[first:index] = shared(wh, weights(lengths, charging[first:index]))
    return energy


def weights(lengths: Sequence[int], charging: Sequence[bool]) -> Sequence[int]:
    """Seconds that energy is spread over: the charging ones, if there are any."""
    chosen = [n if yes else 0 for n, yes in zip(lengths, charging, strict=True)]
    return chosen if any(chosen) else lengths
