"""Cards and terms say the same, both ways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from tariffs.pricing.cards import (
    DIMENSIONS,
    Card,
    Cards,
    Kind,
    Place,
    Rate,
    cards_of,
    places_of,
    say_the_same,
    terms_of,
)
from tariffs.pricing.terms import (
    ALWAYS,
    Cap,
    CapPeriod,
    Component,
    Dimension,
    Element,
    PriceLimit,
    ReservationRule,
    Restrictions,
    Spot,
    Terms,
)

D = Decimal
VAT = D(19)
NIGHT = Restrictions(start_minute=22 * 60, end_minute=6 * 60)
SPOT = Spot(area="DK1", slot_minutes=15, fallback=D("0.4"))


def _conditions(rng: Random) -> Restrictions:
    def perhaps(*values: Any) -> Any:
        return rng.choice([None, None, *values])

    return Restrictions(
        start_minute=perhaps(rng.randrange(1440), 0),
        end_minute=perhaps(rng.randrange(1440), 0),
        start_date=perhaps(date(2026, 1, 1) + timedelta(days=rng.randrange(366))),
        end_date=perhaps(date(2027, 1, 1)),
        season_start=perhaps((11, 1), (2, 29)),
        season_end=perhaps((3, 1), (11, 1)),
        days=frozenset(rng.sample(range(7), rng.choice([0, 0, 1, 2, 7]))),
        min_energy_wh=perhaps(0, 10_000),
        max_energy_wh=perhaps(10_000, 20_000),
        min_duration_s=perhaps(0, 1800),
        max_duration_s=perhaps(1800),
        min_idle_s=perhaps(0, 600),
        min_peak_power_w=perhaps(0, 50_000),
    )


def _component(rng: Random) -> Component:
    dimension = rng.choice(list(Dimension))
    return Component(
        dimension=dimension,
        price=D(rng.randrange(4000)).scaleb(-3) if rng.random() < 0.8 else D(0),
        vat=rng.choice([None, D(0), D(7), D(19)]),
        step_size=rng.choice([0, 1, 600]),
        per_seconds=rng.choice([60, 900, 3600]),
        spot=SPOT if dimension is Dimension.ENERGY and rng.random() < 0.3 else None,
    )


def some_terms(count: int, seed: int = 4) -> Iterator[Terms]:
    """Tariffs of all sorts, some of them odd."""
    rng = Random(seed)
    for _ in range(count):
        yield Terms(
            currency="EUR",
            elements=tuple(
                Element(
                    components=tuple(_component(rng) for _ in range(rng.randint(1, 4))),
                    restrictions=ALWAYS if rng.random() < 0.4 else _conditions(rng),
                )
                for _ in range(rng.randrange(7))
            ),
            tax_included=rng.random() < 0.5,
            min_price=rng.choice([None, PriceLimit(net=D(1)), PriceLimit(gross=D(2))]),
        )


def test_what_cards_can_say_they_say_exactly() -> None:
    said = 0
    for terms in some_terms(1000):
        cards = cards_of(terms)
        if cards is None:
            # only the tax rate of a minimum without anything else is in the way
            assert terms.min_price is not None
            continue
        said += 1
        again = terms_of(cards)
        assert say_the_same(again, terms)
        assert cards_of(again) == cards
    assert said > 600


def test_every_component_has_its_place() -> None:
    for terms in some_terms(300):
        cards = cards_of(replace(terms, min_price=None))
        assert cards is not None
        built = terms_of(cards)
        places = places_of(cards)
        assert set(places) == {
            (number, position)
            for number, element in enumerate(built.elements)
            for position in range(len(element.components))
        }
        for (number, position), place in places.items():
            component = built.elements[number].components[position]
            assert component.dimension is DIMENSIONS[Kind(place.card)]


def test_all_cards_at_once() -> None:
    cards = Cards(
        currency="EUR",
        tax_included=True,
        cards={
            Kind.ENERGY: Card(
                free=2000,
                rows=(Rate(price=D("0.2"), vat=VAT, when=NIGHT),),
                base=Rate(price=D("0.05"), vat=VAT, step_size=100, spot=SPOT),
            ),
            Kind.FEE: Card(base=Rate(price=D(1), vat=VAT, when=Restrictions(min_energy_wh=1000))),
            Kind.TIME: Card(
                free=900,
                rows=(
                    Rate(
                        price=D("0.3"),
                        vat=VAT,
                        per_seconds=60,
                        when=Restrictions(min_peak_power_w=50_000, max_peak_power_w=150_000),
                    ),
                ),
                base=Rate(price=D("0.1"), vat=VAT, per_seconds=60),
            ),
            Kind.IDLE: Card(
                grace_s=600,
                rows=(
                    Rate(price=D(0), vat=VAT, when=Restrictions(days=frozenset({6}))),
                    Rate(
                        price=D("0.5"),
                        vat=VAT,
                        per_seconds=60,
                        when=Restrictions(min_idle_s=7200),
                    ),
                ),
                base=Rate(
                    price=D("0.1"),
                    vat=VAT,
                    per_seconds=60,
                    when=Restrictions(start_minute=480, end_minute=1320),
                ),
            ),
        },
        reservation_fee=Rate(price=D(2), vat=VAT),
        reservation_time=Rate(price=D(1), vat=VAT, step_size=60),
        lapsed_fee=Rate(price=D(4), vat=VAT),
        min_price=PriceLimit(gross=D(1)),
        caps=(Cap(dimension=Dimension.PARKING_TIME, amount=D(10), per=CapPeriod.DAY),),
    )
    terms = terms_of(cards)
    assert cards_of(terms) == cards
    idle = [
        element.restrictions.min_idle_s
        for element in terms.elements
        if element.components[0].dimension is Dimension.PARKING_TIME
    ]
    assert idle == [600, 7200, 600]
    rules = [element.restrictions.reservation for element in terms.elements[-2:]]
    assert rules == [ReservationRule.EXPIRES, ReservationRule.RESERVATION]


def test_prices_without_conditions_share_an_element_with_their_neighbours() -> None:
    cards = Cards(
        currency="EUR",
        cards={
            Kind.ENERGY: Card(rows=(Rate(price=D("0.2"), when=NIGHT),), base=Rate(price=D("0.3"))),
            Kind.FEE: Card(base=Rate(price=D(1))),
        },
    )
    assert [len(element.components) for element in terms_of(cards).elements] == [1, 2]
    assert places_of(cards) == {
        (0, 0): Place("energy", 0),
        (1, 0): Place("energy", None),
        (1, 1): Place("fee", None),
    }


def component(dimension: Dimension, **values: object) -> Component:
    return Component(dimension=dimension, price=D(1), **values)  # type: ignore[arg-type]


RESERVED = Restrictions(reservation=ReservationRule.RESERVATION)


@pytest.mark.parametrize(
    "terms",
    [
        Terms(
            currency="EUR",
            elements=(Element(components=(component(Dimension.ENERGY),), restrictions=RESERVED),),
        ),
        Terms(
            currency="EUR",
            elements=(
                Element(
                    components=(component(Dimension.TIME),),
                    restrictions=replace(RESERVED, start_minute=60),
                ),
            ),
        ),
        Terms(
            currency="EUR",
            elements=(
                Element(
                    components=(
                        component(Dimension.ENERGY, spot=SPOT),
                        component(Dimension.ENERGY, spot=replace(SPOT, area="DK2")),
                    )
                ),
            ),
        ),
        Terms(currency="EUR", elements=(), caps=(Cap(dimension=Dimension.FLAT, amount=D(1)),)),
        Terms(currency="EUR", elements=(), caps=(Cap(dimension=Dimension.TIME, amount=D(1)),) * 2),
    ],
    ids=["energy reserved", "reservation at night", "two markets", "cap of a fee", "two caps"],
)
def test_what_cards_cannot_say(terms: Terms) -> None:
    assert cards_of(terms) is None
