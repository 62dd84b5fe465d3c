"""A price, exact and line by line."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

Exact = int | Fraction


class LineKind(StrEnum):
    """The dimension that a line prices, or what changed the total."""

    FLAT = "FLAT"
    ENERGY = "ENERGY"
    TIME = "TIME"
    PARKING_TIME = "PARKING_TIME"
    CAP = "CAP"
    MIN_PRICE = "MIN_PRICE"
    MAX_PRICE = "MAX_PRICE"


class Flag(StrEnum):
    """What a person should know about a price."""

    GAP = "gap"
    POWER_UNKNOWN = "power_unknown"
    CURRENT_UNKNOWN = "current_unknown"
    NOTHING_APPLIES = "nothing_applies"
    SPOT_MISSING = "spot_missing"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One component at one unit price, merged over the session.

    Attributes:
        element: index of the element that gave it; None for limits and caps.
        is_reservation: charged for the reservation, not for the session.
        quantity: Wh or seconds that are charged, 1 for FLAT; 0 for limits and caps.
        added: how much of it a step has added.
        unit_price: in the tariff's basis of VAT, per `per` (1000 Wh, seconds, 1).
        vat: per cent, None: not applicable.
        net, tax: exact, in major units; gross is their sum.
        start, end: first and last second of UTC that it covers (0 for limits and caps).
        of: which dimension a CAP limits.
    """

    kind: LineKind
    element: int | None
    is_reservation: bool
    quantity: Exact
    added: Exact
    unit_price: Decimal
    per: int
    vat: Decimal | None
    net: Fraction
    tax: Fraction
    start: Exact
    end: Exact
    of: LineKind | None = None

    @property
    def gross(self) -> Fraction:
        return self.net + self.tax


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """Lines in order of their first second (FLAT, ENERGY, time), then caps, then limits."""

    currency: str
    tax_included: bool
    lines: tuple[Line, ...]
    net: Fraction
    tax: Fraction
    flags: frozenset[Flag]

    @property
    def gross(self) -> Fraction:
        return self.net + self.tax
