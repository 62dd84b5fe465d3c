"""How a template gets to one station: the states on the way, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class RolloutState(StrEnum):
    """Of one station; the first four are still under way."""

    WAITING = "waiting"
    SETTING = "setting"
    VERIFYING = "verifying"
    RESTARTING = "restarting"
    APPLIED = "applied"
    UNCHANGED = "unchanged"
    REBOOT_REQUIRED = "reboot_required"
    REJECTED = "rejected"
    NOT_KEPT = "not_kept"
    UNVERIFIED = "unverified"
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    CANCELLED = "cancelled"


UNDER_WAY = (
    RolloutState.WAITING,
    RolloutState.SETTING,
    RolloutState.VERIFYING,
    RolloutState.RESTARTING,
)
# A message of ours is with the station, so it counts for how many are at work at once.
IN_FLIGHT = (RolloutState.SETTING, RolloutState.VERIFYING)
WELL = (RolloutState.APPLIED, RolloutState.UNCHANGED)
FAILED = (
    RolloutState.REBOOT_REQUIRED,
    RolloutState.REJECTED,
    RolloutState.NOT_KEPT,
    RolloutState.UNVERIFIED,
    RolloutState.TIMED_OUT,
    RolloutState.UNREACHABLE,
    RolloutState.CANCELLED,
)


class ItemResult(StrEnum):
    """Of one value at one station."""

    SENT = "sent"
    TAKEN = "taken"
    REBOOT = "reboot"
    APPLIED = "applied"
    IN_STEP = "in_step"
    REJECTED = "rejected"
    NOT_KEPT = "not_kept"
    UNVERIFIED = "unverified"
    TIMED_OUT = "timed_out"
    READ_ONLY = "read_only"
    UNKNOWN = "unknown"
    UNFIT = "unfit"


_REFUSED = frozenset(
    {ItemResult.REJECTED, ItemResult.READ_ONLY, ItemResult.UNKNOWN, ItemResult.UNFIT}
)


def verdict(results: Iterable[ItemResult]) -> RolloutState:
    """What came of a station, by its worst value. A setting that its version lacks is no refusal
    as long as something else could be done.
    """
    found = set(results)
    for bad, state in (
        (ItemResult.TIMED_OUT, RolloutState.TIMED_OUT),
        (ItemResult.REJECTED, RolloutState.REJECTED),
        (ItemResult.UNFIT, RolloutState.REJECTED),
        (ItemResult.READ_ONLY, RolloutState.REJECTED),
        (ItemResult.NOT_KEPT, RolloutState.NOT_KEPT),
        (ItemResult.REBOOT, RolloutState.REBOOT_REQUIRED),
        (ItemResult.UNVERIFIED, RolloutState.UNVERIFIED),
    ):
        if bad in found:
            return state
    if ItemResult.APPLIED in found:
        return RolloutState.APPLIED
    if ItemResult.UNKNOWN in found and found <= _REFUSED:
        return RolloutState.REJECTED
    return RolloutState.UNCHANGED
