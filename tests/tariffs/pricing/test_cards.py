"""Cards and terms say the same, both ways."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

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

prices = st.decimals(min_value=0, max_value=9, places=3)
vats = st.sampled_from([None, D(0), D(7), D(19)])
conditions = st.builds(
    Restrictions,
    start_minute=st.none() | st.integers(0, 1439),
    end_minute=st.none() | st.integers(0, 1439),
    start_date=st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    season_end=st.sampled_from([None, (3, 1), (11, 1)]),
    days=st.frozensets(st.integers(0, 6)),
    min_energy_wh=st.sampled_from([None, 0, 10_000]),
    max_energy_wh=st.sampled_from([None, 10_000, 20_000]),
    min_duration_s=st.sampled_from([None, 0, 1800]),
    max_duration_s=st.sampled_from([None, 1800]),
    min_idle_s=st.sampled_from([None, 0, 600]),
    min_peak_power_w=st.sampled_from([None, 0, 50_000]),
)


def components(dimension: Dimension) -> st.SearchStrategy[Component]:
    is_energy = dimension is Dimension.ENERGY
    return st.builds(
        Component,
        dimension=st.just(dimension),
        price=prices,
        vat=vats,
        step_size=st.sampled_from([0, 1, 500]),
        per_seconds=st.sampled_from([60, 900, 3600]),
        spot=st.sampled_from([None, None, SPOT]) if is_energy else st.none(),
    )


elements = st.builds(
    Element,
    components=st.lists(
        st.sampled_from(list(Dimension)).flatmap(components), min_size=1, max_size=4
    ).map(tuple),
    restrictions=st.just(ALWAYS) | conditions,
)
tariffs = st.builds(
    Terms,
    currency=st.just("EUR"),
    elements=st.lists(elements, max_size=6).map(tuple),
    tax_included=st.booleans(),
    min_price=st.sampled_from([None, PriceLimit(net=D(1)), PriceLimit(gross=D(2))]),
)


@given(tariffs)
def test_what_cards_can_say_they_say_exactly(terms: Terms) -> None:
    cards = cards_of(terms)
    if cards is None:
        # only the tax rate of a minimum without anything else is in the way
        assert terms.min_price is not None
        return
    again = terms_of(cards)
    assert say_the_same(again, terms)
    assert cards_of(again) == cards
    assert terms_of(cards_of(again) or cards) == again


@given(tariffs)
def test_every_component_has_its_place(terms: Terms) -> None:
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


def test_prices_without_conditions_share_an_element() -> None:
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
