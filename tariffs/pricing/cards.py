"""A tariff as a person builds it: a card for each kind of price, and the way to Terms and back.

Each dimension is priced for itself, by its first rate that holds, so the rates of a dimension in
their order say all that elements say; what elements share does not matter. A card holds them as
people think of them: free amount first, then what is different at certain times, then the price
that counts otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from tariffs.pricing.terms import (
    ALWAYS,
    Cap,
    Component,
    Dimension,
    Element,
    PriceLimit,
    ReservationRule,
    Restrictions,
    Spot,
    Terms,
)

HOUR: Final = 3600


class Kind(StrEnum):
    """A card that has rows."""

    ENERGY = "energy"
    FEE = "fee"
    TIME = "time"
    IDLE = "idle"


DIMENSIONS: Final[Mapping[Kind, Dimension]] = {
    Kind.ENERGY: Dimension.ENERGY,
    Kind.FEE: Dimension.FLAT,
    Kind.TIME: Dimension.TIME,
    Kind.IDLE: Dimension.PARKING_TIME,
}
_KINDS = {dimension: kind for kind, dimension in DIMENSIONS.items()}

# What the price that counts otherwise may still depend on.
BASE_CONDITIONS: Final[Mapping[Kind, frozenset[str]]] = {
    Kind.ENERGY: frozenset(),
    Kind.FEE: frozenset({"min_duration_s", "min_energy_wh"}),
    Kind.TIME: frozenset(),
    Kind.IDLE: frozenset({"start_minute", "end_minute"}),
}
# The restriction that makes a first amount free.
_FREE: Final = {Kind.ENERGY: "max_energy_wh", Kind.TIME: "max_duration_s"}


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A price, and when it holds; as Component and Restrictions."""

    price: Decimal
    vat: Decimal | None = None
    step_size: int = 1
    per_seconds: int = HOUR
    spot: Spot | None = None
    when: Restrictions = ALWAYS


@dataclass(frozen=True, kw_only=True)
class Card:
    """The prices of one dimension.

    Attributes:
        free: Wh or seconds that cost nothing, from the session's first on (energy and time).
        rows: rates with conditions, the first that holds counts.
        base: the rate that counts otherwise; None: nothing is charged then.
        grace_s: idle only: idle seconds before any of the rates begins.
    """

    free: int | None = None
    rows: tuple[Rate, ...] = ()
    base: Rate | None = None
    grace_s: int | None = None


@dataclass(frozen=True, kw_only=True)
class Cards:
    """All cards of a tariff.

    Attributes:
        lapsed_fee: of a reservation that nobody used, in place of `reservation_fee`.
    """

    currency: str
    tax_included: bool = False
    cards: Mapping[Kind, Card] = field(default_factory=dict)
    reservation_fee: Rate | None = None
    reservation_time: Rate | None = None
    lapsed_fee: Rate | None = None
    min_price: PriceLimit | None = None
    max_price: PriceLimit | None = None
    caps: tuple[Cap, ...] = ()

    def card(self, kind: Kind) -> Card:
        return self.cards.get(kind, Card())


class Place(NamedTuple):
    """Where a component of the terms stands: card and row; row None is the base."""

    card: str
    row: int | None


_FREE_ROW: Final = -1


def terms_of(cards: Cards) -> Terms:
    """The tariff that the cards say, card by card; prices without conditions share an element."""
    return Terms(
        currency=cards.currency,
        elements=tuple(
            Element(components=tuple(c for _place, c in components), restrictions=when)
            for when, components in _elements(cards)
        ),
        tax_included=cards.tax_included,
        min_price=cards.min_price,
        max_price=cards.max_price,
        caps=cards.caps,
    )


def places_of(cards: Cards) -> dict[tuple[int, int], Place]:
    """For each component of `terms_of(cards)`, by numbers of element and component: its place."""
    return {
        (number, position): place
        for number, (_when, components) in enumerate(_elements(cards))
        for position, (place, _component) in enumerate(components)
    }


_Placed = tuple[Place, Component]


def _elements(cards: Cards) -> list[tuple[Restrictions, list[_Placed]]]:
    found: list[tuple[Restrictions, list[_Placed]]] = []
    shared: list[_Placed] | None = None
    for kind, dimension in DIMENSIONS.items():
        for row, rate in _rates(kind, cards.card(kind)):
            placed = (Place(kind, row), _component(dimension, rate))
            is_always = row is None and rate.when == ALWAYS
            if is_always and shared is not None:
                shared.append(placed)
                continue
            found.append((rate.when, [placed]))
            shared = found[-1][1] if is_always else None
    return found + _reservation(cards)


def _reservation(cards: Cards) -> list[tuple[Restrictions, list[_Placed]]]:
    lapsed = [("lapsed_fee", Dimension.FLAT, cards.lapsed_fee)]
    others = [
        ("reservation_fee", Dimension.FLAT, cards.reservation_fee),
        ("reservation_time", Dimension.TIME, cards.reservation_time),
    ]
    rules = ((ReservationRule.EXPIRES, lapsed), (ReservationRule.RESERVATION, others))
    found = []
    for rule, rates in rules:
        components = [
            (Place(name, None), _component(dimension, rate))
            for name, dimension, rate in rates
            if rate is not None
        ]
        if components:
            found.append((Restrictions(reservation=rule), components))
    return found


def _rates(kind: Kind, card: Card) -> Iterator[tuple[int | None, Rate]]:
    if card.free is not None and kind in _FREE:
        yield _FREE_ROW, _free_rate(kind, card)
    for number, rate in enumerate(card.rows):
        yield number, _after_grace(rate, card.grace_s)
    if card.base is not None:
        yield None, _after_grace(card.base, card.grace_s)


def _free_rate(kind: Kind, card: Card) -> Rate:
    rated = card.base or (card.rows[0] if card.rows else None)
    if kind is Kind.ENERGY:
        when = Restrictions(max_energy_wh=card.free)
    else:
        when = Restrictions(max_duration_s=card.free)
    return Rate(price=Decimal(0), vat=rated.vat if rated else None, when=when)


def _after_grace(rate: Rate, grace_s: int | None) -> Rate:
    if grace_s is None:
        return rate
    idle = max(grace_s, rate.when.min_idle_s or 0)
    return replace(rate, when=replace(rate.when, min_idle_s=idle))


def _component(dimension: Dimension, rate: Rate) -> Component:
    return Component(
        dimension=dimension,
        price=rate.price,
        vat=rate.vat,
        step_size=rate.step_size,
        per_seconds=rate.per_seconds,
        spot=rate.spot,
    )


def cards_of(terms: Terms) -> Cards | None:
    """The cards that say the same as the terms; None where cards cannot say it."""
    lanes = _lanes(terms)
    reserved = _reservation_rates(lanes)
    if reserved is None:
        return None
    cards = Cards(
        currency=terms.currency,
        tax_included=terms.tax_included,
        cards={
            kind: _card(kind, rates)
            for kind, dimension in DIMENSIONS.items()
            if (rates := lanes.get((dimension, False)))
        },
        min_price=terms.min_price,
        max_price=terms.max_price,
        caps=terms.caps,
        **reserved,
    )
    return cards if _fits(cards) and say_the_same(terms_of(cards), terms) else None


def _fits(cards: Cards) -> bool:
    """One market for all rates, and one cap of each sort."""
    rates = [rate for kind in Kind for _row, rate in _rates(kind, cards.card(kind))]
    caps = [(cap.dimension, cap.per) for cap in cards.caps]
    timed = {Dimension.TIME, Dimension.PARKING_TIME}
    return (
        len({rate.spot for rate in rates} - {None}) <= 1
        and len(set(caps)) == len(caps)
        and all(cap.dimension in timed for cap in cards.caps)
    )


def _card(kind: Kind, rates: list[Rate]) -> Card:
    grace_s = _grace(rates) if kind is Kind.IDLE else None
    if grace_s is not None:
        rates = [_without_grace(rate, grace_s) for rate in rates]
    base = None
    if _conditions(rates[-1].when) <= BASE_CONDITIONS[kind]:
        *rates, base = rates
    card = Card(rows=tuple(rates), base=base, grace_s=grace_s)
    return _with_free_amount(kind, card) if kind in _FREE else card


def _grace(rates: list[Rate]) -> int | None:
    return min(rate.when.min_idle_s or 0 for rate in rates) or None


def _without_grace(rate: Rate, grace_s: int) -> Rate:
    own = rate.when.min_idle_s if rate.when.min_idle_s != grace_s else None
    return replace(rate, when=replace(rate.when, min_idle_s=own))


def _with_free_amount(kind: Kind, card: Card) -> Card:
    """The first row as a free amount, where it is none but that."""
    if not card.rows:
        return card
    free = getattr(card.rows[0].when, _FREE[kind])
    other = replace(card, free=free, rows=card.rows[1:])
    return other if free is not None and _free_rate(kind, other) == card.rows[0] else card


def _conditions(when: Restrictions) -> frozenset[str]:
    return frozenset(
        each.name for each in fields(when) if getattr(when, each.name) != getattr(ALWAYS, each.name)
    )


def _reservation_rates(lanes: Mapping[_Lane, list[Rate]]) -> dict[str, Rate | None] | None:
    """The three rates of reservations; None where there are others."""
    found: dict[str, Rate | None] = {}
    names = {
        (Dimension.FLAT, ReservationRule.EXPIRES): "lapsed_fee",
        (Dimension.FLAT, ReservationRule.RESERVATION): "reservation_fee",
        (Dimension.TIME, ReservationRule.RESERVATION): "reservation_time",
    }
    for (dimension, is_reserved), rates in lanes.items():
        for rate in rates if is_reserved else []:
            rule = rate.when.reservation
            name = names.get((dimension, rule)) if rule else None
            if name is None or name in found or _conditions(rate.when) != {"reservation"}:
                return None
            found[name] = replace(rate, when=ALWAYS)
    return found


def say_the_same(one: Terms, other: Terms) -> bool:
    """Whether every session has the same price by both, whatever their elements share."""
    return _meaning(one) == _meaning(other)


_Lane = tuple[Dimension, bool]


def _lanes(terms: Terms) -> dict[_Lane, list[Rate]]:
    """The rates of each dimension in order, in and outside reservations, in a plain form."""
    found: dict[_Lane, list[Rate]] = {}
    for element in terms.elements:
        when = _plain_conditions(element.restrictions)
        for component in element.components:
            lane = (component.dimension, when.reservation is not None)
            found.setdefault(lane, []).append(_plain_rate(component, when))
    return found


def _plain_rate(component: Component, when: Restrictions) -> Rate:
    """Without what has no effect: the step of what is free, the period of what is no time."""
    costs = component.price != 0 or component.spot is not None
    is_time = component.dimension in {Dimension.TIME, Dimension.PARKING_TIME}
    has_step = costs and component.dimension is not Dimension.FLAT
    return Rate(
        price=component.price,
        vat=component.vat,
        step_size=max(component.step_size, 1) if has_step else 1,
        per_seconds=component.per_seconds if costs and is_time else HOUR,
        spot=component.spot,
        when=when,
    )


def _plain_conditions(when: Restrictions) -> Restrictions:
    """Midnight, all seven days and a minimum of nothing are no conditions."""
    start, end = when.start_minute or None, when.end_minute or None
    if start is not None and start == end:
        start = end = None
    nothing = {
        name: None
        for name in ("min_energy_wh", "min_duration_s", "min_idle_s")
        if not getattr(when, name)
    }
    days = frozenset() if len(when.days) == 7 else when.days
    return replace(when, start_minute=start, end_minute=end, days=days, **nothing)


def _meaning(terms: Terms) -> tuple[object, ...]:
    components = [c for element in terms.elements for c in element.components]
    return (
        terms.currency,
        terms.tax_included,
        _lanes(terms),
        _plain_limit(terms.min_price),
        _plain_limit(terms.max_price),
        frozenset(terms.caps),
        # a minimum of a total of nothing has the first component's VAT
        components[0].vat if terms.min_price and components else None,
    )


def _plain_limit(limit: PriceLimit | None) -> PriceLimit | None:
    return None if limit == PriceLimit() else limit


def spot_of(cards: Cards) -> Spot | None:
    """The market that the rates follow, where one does."""
    return next((rate.spot for rate in _every_rate(cards) if rate.spot), None)


def _every_rate(cards: Cards) -> Iterable[Rate]:
    for kind in Kind:
        card = cards.card(kind)
        yield from card.rows
        if card.base:
            yield card.base
