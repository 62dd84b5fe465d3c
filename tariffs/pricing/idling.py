"""Idle vehicles by the meter, where the station does not say so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tariffs.pricing.charging import State
from tariffs.pricing.evidence import IdleRule

# A meter that counts in larger steps is not waited for any longer.
_COARSEST_STEP_WH = 1_000
# The least that a vehicle charges with is more than this.
_LEAST_POWER_W = 1_000


class Seen(NamedTuple):
    """What the meter shows of each stretch of a session, column by column.

    Attributes:
        cuts: seconds between which the stretches lie, one more than there are.
        reported_w: power by the readings, None: not told.
        metered_w: power by the registers, None: not known.
        currents_ma: sum of phases, None: not told.
        full: the battery's state of charge is 100 %.
    """

    cuts: list[int]
    reported_w: list[int | None]
    metered_w: list[int | None]
    currents_ma: list[int | None]
    full: list[bool]


def register_window(rule: IdleRule, step_wh: int) -> int:
    """How long a register must stand still: a coarse one stands still while it is charged, too."""
    return max(rule.window_s, min(step_wh, _COARSEST_STEP_WH) * 3600 // _LEAST_POWER_W)


def with_idle(
    states: Sequence[State], seen: Seen, rule: IdleRule, *, step_wh: int, was_idle: bool
) -> list[State]:
    """The states, with IDLE where a vehicle that may charge takes nothing.

    A run of quiet stretches is idle from its beginning, when it lasts for the window or when the
    battery is full. A stretch of which nothing is known is as the one before it.
    """
    result = list(states)
    window = register_window(rule, step_wh)
    for first, behind in _quiet_runs(states, seen, rule.power_w, was_idle=was_idle):
        is_idle = (was_idle and first == 0) or any(seen.full[first:behind])
        by_register = None in seen.reported_w[first:behind]
        needed = window if by_register else rule.window_s
        if is_idle or seen.cuts[behind] - seen.cuts[first] >= needed:
            result[first:behind] = [State.IDLE] * (behind - first)
    return result


def _quiet_runs(
    states: Sequence[State], seen: Seen, power_w: int, *, was_idle: bool
) -> Iterator[tuple[int, int]]:
    """First stretch, and the one behind the last, of each run below a power."""
    is_quiet, first = was_idle, 0
    columns = zip(states, seen.reported_w, seen.metered_w, strict=True)
    for index, (state, reported, metered) in enumerate(columns):
        before = is_quiet and index > 0
        power = metered if reported is None else reported
        if state is not State.CHARGING:
            is_quiet = False
        elif power is not None:
            is_quiet = power < power_w
        if is_quiet and not before:
            first = index
        elif before and not is_quiet:
            yield first, index
    if is_quiet and states:
        yield first, len(states)
