"""Terms made ready for the walk: an element is a bit, a restriction is a mask of bits."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tariffs.pricing.clock import SiteClock, has_clock
from tariffs.pricing.result import Exact, LineKind
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
_DIMENSIONS = (Dimension.FLAT, Dimension.ENERGY, Dimension.TIME, Dimension.PARKING_TIME)
# What a unit price buys: 1000 Wh, one session; of time the component says it.
_PER = {Dimension.ENERGY: 1000, Dimension.FLAT: 1}
_LOWEST = -NEVER


class Ladder:
    """Masks by a quantity: which elements hold between two thresholds."""

    def __init__(self, ranges: Iterable[tuple[int | None, int | None]]) -> None:
        bounds = list(ranges)
        self.cuts = sorted({cut for pair in bounds for cut in pair if cut is not None})
        self.unknown = (1 << len(bounds)) - 1
        self.masks, self.restricted = [self.unknown], 0
        if self.cuts:
            self.masks = [_mask(bounds, low) for low in (_LOWEST, *self.cuts)]
            self.restricted = sum(
                1 << bit for bit, pair in enumerate(bounds) if pair != (None, None)
            )
            self.unknown &= ~self.restricted

    def mask(self, value: int | None) -> int:
        """Which hold at a value; of an unknown one those that do not ask."""
        return self.unknown if value is None else self.masks[bisect_right(self.cuts, value)]

    def step(self, value: Exact) -> int:
        """Index of the stretch that a value is in."""
        return bisect_right(self.cuts, value)

    def cut_after(self, step: int) -> int:
        return self.cuts[step] if step < len(self.cuts) else NEVER


def _mask(bounds: list[tuple[int | None, int | None]], value: int) -> int:
    return sum(
        1 << bit
        for bit, (low, high) in enumerate(bounds)
        if (low is None or low <= value) and (high is None or value < high)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A component with its price as a ratio of integers, per Wh, second or session.

    Attributes:
        element: its index.
        place: tells it from all other components of the tariff.
        net_share, tax_share, shares: net and VAT of an amount in the tariff's basis, as ratios.
    """

    component: Component
    kind: LineKind
    element: int
    place: int
    is_reservation: bool
    per: int
    numerator: int
    denominator: int
    net_share: int
    tax_share: int
    shares: int
    is_priced: bool
    spot: Spot | None
    slot_s: int


class Found(NamedTuple):
    """The first component of each dimension among the elements that hold."""

    flat: Ready | None
    energy: Ready | None
    time: Ready | None
    parking: Ready | None


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
        self._by_dimension = [_components(terms, each) for each in _DIMENSIONS]
        self._found: dict[int, Found] = {}
        self.in_session = _bits(rules, None)
        self.while_reserved = _bits(rules, ReservationRule.RESERVATION)
        self.asks_power = bool(self.power.restricted & self.in_session)
        self.asks_current = bool(self.current.restricted & self.in_session)
        self.when_lapsed = self.while_reserved | _bits(rules, ReservationRule.EXPIRES)
        self.caps_by_day = any(cap.per == CapPeriod.DAY for cap in terms.caps)
        needs_clock = self.caps_by_day or any(has_clock(rule) for rule in rules)
        self.clock = SiteClock(elements, tz) if needs_clock else None
        self.slot_s = min(
            (
                ready.slot_s
                for found in self._by_dimension
                for ready in found.values()
                if ready.slot_s
            ),
            default=0,
        )

    @cached_property
    def every(self) -> int:
        return (1 << len(self.terms.elements)) - 1

    def found(self, mask: int) -> Found:
        """What the elements of a mask price."""
        found = self._found.get(mask)
        if found is None:
            found = self._found[mask] = Found(*(_first(mask, each) for each in self._by_dimension))
        return found

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


def _components(terms: Terms, dimension: Dimension) -> dict[int, Ready]:
    """Element → its first component of the dimension, made ready."""
    return {
        index: _ready(
            component,
            terms.elements[index],
            place=4 * index + _DIMENSIONS.index(dimension),
            included=terms.tax_included,
        )
        for index, element in enumerate(terms.elements)
        for component in reversed(element.components)
        if component.dimension == dimension
    }


def _first(mask: int, components: dict[int, Ready]) -> Ready | None:
    return next((ready for index, ready in components.items() if mask >> index & 1), None)


def _ready(component: Component, element: Element, *, place: int, included: bool) -> Ready:
    numerator, denominator = component.price.as_integer_ratio()
    vat, of = (component.vat or Decimal(0)).as_integer_ratio()
    per = _PER.get(component.dimension, component.per_seconds)
    return Ready(
        component=component,
        kind=LineKind(component.dimension.value),
        element=place // 4,
        place=place,
        is_reservation=element.restrictions.reservation is not None,
        per=per,
        numerator=numerator,
        denominator=denominator * per,
        net_share=100 * of,
        tax_share=vat,
        shares=100 * of + vat if included else 100 * of,
        is_priced=component.price != 0,
        spot=component.spot,
        slot_s=component.spot.slot_minutes * 60 if component.spot else 0,
    )


def compiled(terms: Terms, tz: ZoneInfo) -> Compiled:
    """The terms made ready for a site. They are kept with the terms: hashing those takes longer."""
    sites: dict[ZoneInfo, Compiled] = vars(terms).setdefault("_compiled", {})
    found = sites.get(tz)
    if found is None:
        found = sites[tz] = Compiled(terms, tz)
    return found
