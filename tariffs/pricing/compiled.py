"""Terms made ready for the walk: an element is a bit, a restriction is a mask of bits."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from tariffs.pricing.clock import SiteClock, has_clock
from tariffs.pricing.result import Exact
from tariffs.pricing.terms import (
    CapPeriod,
    Component,
    Dimension,
    Element,
    ReservationRule,
    Restrictions,
    Spot,
    Terms,
)

NEVER = 1 << 62
_LOWEST = -NEVER


class Ladder:
    """Masks by a quantity: which elements hold between two thresholds."""

    def __init__(self, ranges: Iterable[tuple[int | None, int | None]]) -> None:
        bounds = list(ranges)
        self.cuts = sorted({cut for pair in bounds for cut in pair if cut is not None})
        lows = (_LOWEST, *self.cuts)
        self.masks = [_mask(bounds, low) for low in lows]
        self.restricted = sum(1 << bit for bit, pair in enumerate(bounds) if pair != (None, None))
        self.unknown = (1 << len(bounds)) - 1 & ~self.restricted

    def step(self, value: Exact) -> int:
        """Index of the stretch that a value is in."""
        return bisect_right(self.cuts, value)

    def next_cut(self, step: int) -> int:
        return self.cuts[step] if step < len(self.cuts) else NEVER


def _mask(bounds: list[tuple[int | None, int | None]], value: int) -> int:
    return sum(
        1 << bit
        for bit, (low, high) in enumerate(bounds)
        if (low is None or low <= value) and (high is None or value < high)
    )


@dataclass(frozen=True, slots=True)
class Ready:
    """A component with its price as a ratio of integers, per Wh, second or session."""

    component: Component
    numerator: int
    denominator: int
    is_priced: bool
    spot: Spot | None
    slot_s: int


class Compiled:
    """One tariff at one site."""

    def __init__(self, terms: Terms, tz: ZoneInfo) -> None:
        self.terms = terms
        elements = terms.elements
        rules = [element.restrictions for element in elements]
        self.energy = _ladder(rules, lambda r: (r.min_energy_wh, r.max_energy_wh))
        self.duration = _ladder(rules, lambda r: (r.min_duration_s, r.max_duration_s))
        self.idle = _ladder(rules, lambda r: (r.min_idle_s, r.max_idle_s))
        self.power = _ladder(rules, lambda r: (r.min_power_w, r.max_power_w))
        self.current = _ladder(rules, lambda r: (r.min_current_ma, r.max_current_ma))
        self.peak = _ladder(rules, lambda r: (r.min_peak_power_w, r.max_peak_power_w))
        self.average = _ladder(rules, lambda r: (r.min_average_power_w, r.max_average_power_w))
        self.by_dimension = {each: _components(elements, each) for each in Dimension}
        self.dimension_mask = {
            each: sum(1 << bit for bit in found) for each, found in self.by_dimension.items()
        }
        self.in_session = _bits(rules, None)
        self.while_reserved = _bits(rules, ReservationRule.RESERVATION)
        self.when_lapsed = self.while_reserved | _bits(rules, ReservationRule.EXPIRES)
        self.caps_by_day = any(cap.per == CapPeriod.DAY for cap in terms.caps)
        needs_clock = self.caps_by_day or any(has_clock(rule) for rule in rules)
        self.clock = SiteClock(elements, tz) if needs_clock else None
        self.slot_s = min(
            (
                ready.slot_s
                for ready in self.by_dimension[Dimension.ENERGY].values()
                if ready.slot_s
            ),
            default=0,
        )

    @cached_property
    def every(self) -> int:
        return (1 << len(self.terms.elements)) - 1

    @property
    def main_vat(self) -> Decimal | None:
        """The rate of the first component."""
        return self.terms.elements[0].components[0].vat


def _ladder(
    rules: list[Restrictions], pick: Callable[[Restrictions], tuple[int | None, int | None]]
) -> Ladder:
    return Ladder(pick(rule) for rule in rules)


def _bits(rules: list[Restrictions], reservation: ReservationRule | None) -> int:
    return sum(1 << bit for bit, rule in enumerate(rules) if rule.reservation == reservation)


def _components(elements: tuple[Element, ...], dimension: Dimension) -> dict[int, Ready]:
    """Bit of the element → its first component of the dimension."""
    return {
        bit: _ready(component)
        for bit, element in reversed(list(enumerate(elements)))
        for component in reversed(element.components)
        if component.dimension == dimension
    }


def _ready(component: Component) -> Ready:
    numerator, denominator = component.price.as_integer_ratio()
    return Ready(
        component=component,
        numerator=numerator,
        denominator=denominator * per(component),
        is_priced=component.price != 0,
        spot=component.spot,
        slot_s=component.spot.slot_minutes * 60 if component.spot else 0,
    )


def per(component: Component) -> int:
    """What a unit price buys: 1000 Wh, seconds, one session."""
    if component.dimension == Dimension.ENERGY:
        return 1000
    return 1 if component.dimension == Dimension.FLAT else component.per_seconds


def compiled(terms: Terms, tz: ZoneInfo) -> Compiled:
    """The terms made ready for a site. They are kept with the terms: hashing those takes longer."""
    sites: dict[ZoneInfo, Compiled] = vars(terms).setdefault("_compiled", {})
    found = sites.get(tz)
    if found is None:
        found = sites[tz] = Compiled(terms, tz)
    return found
