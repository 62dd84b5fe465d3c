"""A second implementation of docs/algorithms/pricing.md: slow, and obviously right.

It shares no line with the engine: `oracle_instants.py` cuts time very fine, each cut asks every
restriction of every element by itself, and fractions are summed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tariffs.pricing.charging import Charging, Period, State
from tariffs.pricing.result import Exact, Flag, LineKind
from tariffs.pricing.terms import CapPeriod, Component, Dimension, Element, PriceLimit, Spot, Terms
from tests.tariffs.oracle_instants import Instant, Slice, holds, slices

Prices = Mapping[tuple[str, int, int], Decimal]
_ACTIVE = {
    State.CHARGING: (Dimension.FLAT, Dimension.ENERGY, Dimension.TIME),
    State.IDLE: (Dimension.FLAT, Dimension.ENERGY, Dimension.PARKING_TIME),
    State.PAUSED: (Dimension.FLAT, Dimension.ENERGY),
    State.RESERVED: (Dimension.FLAT, Dimension.TIME),
}


class Entry(NamedTuple):
    """What one dimension of one slice is charged at; or what a step adds."""

    dimension: Dimension
    reserved: bool
    element: int
    component: Component
    unit_price: Decimal
    quantity: Exact
    day: date
    start: Exact
    end: Exact
    is_added: bool = False

    @property
    def amount(self) -> Fraction:
        """In the tariff's own basis of VAT."""
        return Fraction(self.unit_price) * Fraction(self.quantity) / self.per

    @property
    def per(self) -> int:
        if self.dimension is Dimension.FLAT:
            return 1
        return 1000 if self.dimension is Dimension.ENERGY else self.component.per_seconds


class Key(NamedTuple):
    """What makes a line; element None: of caps and limits, which are summed by rate."""

    kind: LineKind
    vat: Decimal | None
    element: int | None = None
    is_reservation: bool = False
    unit_price: Decimal = Decimal(0)
    per: int = 1


@dataclass
class Sum:
    """Of a line."""

    quantity: Exact = 0
    added: Exact = 0
    net: Fraction = Fraction(0)
    tax: Fraction = Fraction(0)


@dataclass
class Expected:
    """A price, as far as the rule book fixes it."""

    lines: dict[Key, Sum] = field(default_factory=lambda: defaultdict(Sum))
    flags: set[Flag] = field(default_factory=set)

    @property
    def net(self) -> Fraction:
        return sum((line.net for line in self.lines.values()), Fraction(0))

    @property
    def tax(self) -> Fraction:
        return sum((line.tax for line in self.lines.values()), Fraction(0))


def expected_price(
    terms: Terms, charging: Charging, zone: ZoneInfo, spot: Prices | None = None
) -> Expected:
    """What `tariffs.pricing.price` must say of a charging that it accepts."""
    session = [period for period in charging.periods if period.state is not State.RESERVED]
    result = Expected(flags=_unknown(terms, session))
    entries: list[Entry] = []
    for piece in slices(terms, charging, zone):
        entries += _entries(terms, piece, spot or {}, result.flags)
    if session and all(entry.reserved for entry in entries):
        result.flags.add(Flag.NOTHING_APPLIES)
    if any(one.end < other.start for one, other in pairwise(session)):
        result.flags.add(Flag.GAP)
    entries = _flat_once(entries)
    entries += _steps(entries)
    for entry in entries:
        _count(result, entry)
    for key, line in result.lines.items():
        amount = Fraction(key.unit_price) * line.quantity / key.per
        _add(line, amount, key.vat, included=terms.tax_included)
    _cap(result, terms, entries)
    if session:
        _limit(result, terms, terms.min_price, LineKind.MIN_PRICE)
    _limit(result, terms, terms.max_price, LineKind.MAX_PRICE)
    return result


def _unknown(terms: Terms, session: list[Period]) -> set[Flag]:
    """Restrictions of the session that ask for what is not known of a period."""
    asked = [e.restrictions for e in terms.elements if e.restrictions.reservation is None]
    by_power = any((r.min_power_w, r.max_power_w) != (None, None) for r in asked)
    by_current = any((r.min_current_ma, r.max_current_ma) != (None, None) for r in asked)
    flags = set()
    if by_power and any(period.power_w is None for period in session):
        flags.add(Flag.POWER_UNKNOWN)
    if by_current and any(period.current_ma is None for period in session):
        flags.add(Flag.CURRENT_UNKNOWN)
    return flags


def _entries(terms: Terms, piece: Slice, spot: Prices, flags: set[Flag]) -> Iterator[Entry]:
    for dimension in _ACTIVE[piece.state]:
        found = _first(terms, dimension, piece.instant)
        if found is None:
            continue
        index, component = found
        quantity: Exact = piece.end - piece.start
        unit_price = component.price
        if dimension is Dimension.FLAT:
            quantity = 1
        if dimension is Dimension.ENERGY:
            quantity = piece.energy
            if component.spot is not None:
                unit_price = _spot_price(component, component.spot, piece, spot, flags)
        yield Entry(
            dimension,
            piece.instant.reserved,
            index,
            component,
            unit_price,
            quantity,
            piece.instant.local.date(),
            piece.start,
            piece.end,
        )


def _first(terms: Terms, dimension: Dimension, instant: Instant) -> tuple[int, Component] | None:
    for index, element in enumerate(terms.elements):
        component = _component(element, dimension)
        if component is None:
            continue
        if holds(element.restrictions, instant):
            return index, component
    return None


def _component(element: Element, dimension: Dimension) -> Component | None:
    for component in element.components:
        if component.dimension is dimension:
            return component
    return None


def _spot_price(
    component: Component, rule: Spot, piece: Slice, spot: Prices, flags: set[Flag]
) -> Decimal:
    slot = rule.slot_minutes * 60
    market = spot.get((rule.area, rule.slot_minutes, floor(piece.start) // slot * slot))
    if market is None:
        if piece.energy:
            flags.add(Flag.SPOT_MISSING)
        unit_price = rule.fallback
    else:
        unit_price = rule.factor * market + component.price
    return unit_price if rule.floor is None else max(unit_price, rule.floor)


def _flat_once(entries: list[Entry]) -> list[Entry]:
    """Of FLAT only what became active first, once for the session and once for the reservation."""
    seen = set()
    kept = []
    for entry in entries:
        if entry.dimension is Dimension.FLAT:
            if entry.reserved in seen:
                continue
            seen.add(entry.reserved)
        kept.append(entry)
    return kept


def _steps(entries: list[Entry]) -> Iterator[Entry]:
    """What is added to energy, to time and to reserved time."""
    for reserved, dimensions in (
        (False, (Dimension.ENERGY,)),
        (False, (Dimension.TIME, Dimension.PARKING_TIME)),
        (True, (Dimension.TIME,)),
    ):
        costly = [
            entry
            for entry in entries
            if entry.reserved == reserved
            and entry.dimension in dimensions
            and entry.unit_price
            and entry.quantity
        ]
        if not costly:
            continue
        last = max(costly, key=lambda entry: entry.end)
        step = last.component.step_size
        if step > 1:
            total = sum(e.quantity for e in costly if e.dimension is last.dimension)
            missing = ceil(Fraction(total, step)) * step - total
            yield last._replace(quantity=missing, is_added=True)


def _count(result: Expected, entry: Entry) -> None:
    kind = LineKind(entry.dimension)
    vat = entry.component.vat
    key = Key(kind, vat, entry.element, entry.reserved, entry.unit_price, entry.per)
    line = result.lines[key]
    line.quantity += entry.quantity
    line.added += entry.quantity if entry.is_added else 0


def _add(line: Sum, amount: Fraction, vat: Decimal | None, *, included: bool) -> None:
    rate = Fraction(vat or 0)
    tax = amount * rate / (100 + rate) if included else amount * rate / 100
    line.tax += tax
    line.net += amount - tax if included else amount


def _cap(result: Expected, terms: Terms, entries: list[Entry]) -> None:
    for dimension in (Dimension.TIME, Dimension.PARKING_TIME):
        amounts: dict[tuple[date, Decimal | None], Fraction] = defaultdict(Fraction)
        for entry in entries:
            if terms.caps and entry.dimension is dimension and not entry.reserved:
                amounts[entry.day, entry.component.vat] += entry.amount
        for per in (CapPeriod.DAY, CapPeriod.SESSION):
            for cap in terms.caps:
                if cap.dimension is dimension and cap.per is per:
                    by_day = {day for day, _vat in amounts} if per is CapPeriod.DAY else {None}
                    for day in by_day:
                        _take_off(result, terms, amounts, Fraction(cap.amount), day)


def _take_off(
    result: Expected,
    terms: Terms,
    amounts: dict[tuple[date, Decimal | None], Fraction],
    cap: Fraction,
    day: date | None,
) -> None:
    """Shrink what was charged on that day, or on all, to the cap; each rate by the same share."""
    capped = [key for key in amounts if day in (None, key[0])]
    total = sum(amounts[key] for key in capped)
    if total <= cap:
        return
    for key in capped:
        excess = amounts[key] * (total - cap) / total
        amounts[key] -= excess
        _add(result.lines[Key(LineKind.CAP, key[1])], -excess, key[1], included=terms.tax_included)


def _limit(result: Expected, terms: Terms, limit: PriceLimit | None, kind: LineKind) -> None:
    if limit is None:
        return
    net = _missing(result.net, limit.net, kind)
    gross = _missing(result.net + result.tax, limit.gross, kind)
    if not net and not gross:
        return
    rates = _by_rate(result)
    lines = {vat: result.lines[Key(kind, vat)] for vat in {*rates, _first_vat(terms)}}
    if limit.net is not None and limit.gross is not None:
        for vat, share in _shares({vat: rate[0] for vat, rate in rates.items()}, terms).items():
            lines[vat].net += net * share
        for vat, share in _shares({vat: rate[1] for vat, rate in rates.items()}, terms).items():
            lines[vat].tax += (gross - net) * share
        return
    total, missing = (result.net, net) if limit.gross is None else (result.net + result.tax, gross)
    if not total:
        _add(lines[_first_vat(terms)], missing, _first_vat(terms), included=limit.net is None)
        return
    for vat, (of_net, of_tax) in rates.items():
        lines[vat].net += of_net * missing / total
        lines[vat].tax += of_tax * missing / total


def _by_rate(result: Expected) -> dict[Decimal | None, tuple[Fraction, Fraction]]:
    return {
        vat: (
            sum((line.net for key, line in result.lines.items() if key.vat == vat), Fraction(0)),
            sum((line.tax for key, line in result.lines.items() if key.vat == vat), Fraction(0)),
        )
        for vat in {key.vat for key in result.lines}
    }


def _missing(total: Fraction, limit: Decimal | None, kind: LineKind) -> Fraction:
    """What must be added to a total, or taken off (negative)."""
    if limit is None:
        return Fraction(0)
    missing = Fraction(limit) - total
    wanted = missing > 0 if kind is LineKind.MIN_PRICE else missing < 0
    return missing if wanted else Fraction(0)


def _first_vat(terms: Terms) -> Decimal | None:
    return terms.elements[0].components[0].vat


def _shares(
    amounts: dict[Decimal | None, Fraction], terms: Terms
) -> dict[Decimal | None, Fraction]:
    """Of each rate in the total; of nothing, all at the first component's rate."""
    total = sum(amounts.values(), Fraction(0))
    if not total:
        return {_first_vat(terms): Fraction(1)}
    return {vat: amount / total for vat, amount in amounts.items()}
