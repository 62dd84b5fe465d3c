"""When a running session has to be stopped."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# Between two looks a session goes on: it is stopped before the money is gone, not after.
_FUNDS_PERCENT = 95


class Limit(StrEnum):
    """What a session has come to: the tariff's limits, or the money that is there for it."""

    ENERGY = "energy"
    DURATION = "duration"
    AMOUNT = "amount"
    FUNDS = "funds"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLimits:
    """The most that a tariff allows one session; None: as much as one likes. Gross minor units."""

    energy_wh: int | None = None
    duration_s: int | None = None
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What a session has used so far; `amount_minor` with VAT, in the tariff's currency."""

    energy_wh: int
    duration_s: int
    amount_minor: int


def limit_reached(limits: SessionLimits, used: Used, *, funds_minor: int | None) -> Limit | None:
    """The first limit that a session has come to, None while it may go on.

    Args:
        funds_minor: money for this session, None: it is paid afterwards. A session has used it up
            at 95 % of it.
    """
    if funds_minor is not None and used.amount_minor * 100 >= funds_minor * _FUNDS_PERCENT:
        return Limit.FUNDS
    if _is_at(used.energy_wh, limits.energy_wh):
        return Limit.ENERGY
    if _is_at(used.duration_s, limits.duration_s):
        return Limit.DURATION
    return Limit.AMOUNT if _is_at(used.amount_minor, limits.amount_minor) else None


def _is_at(used: int, limit: int | None) -> bool:
    return limit is not None and used >= limit
