"""What holds of every tariff and session, over seeded pairs of the generator."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import gcd
from random import Random
from typing import Any

import pytest

from common.money import decimals_of
from tariffs.pricing import price, rounded
from tariffs.pricing.charging import Charging, Period, State
from tariffs.pricing.result import LineKind, Price
from tariffs.pricing.terms import (
    Cap,
    CapPeriod,
    Component,
    Dimension,
    Element,
    PriceLimit,
    Restrictions,
    Terms,
)
from tests.tariffs.generate import Pair, pair

BLOCKS = range(10)
PAIRS_A_BLOCK = 30
ORDER = {LineKind.FLAT: 0, LineKind.ENERGY: 1, LineKind.TIME: 2, LineKind.PARKING_TIME: 2}
CHANGES = {LineKind.CAP: 1, LineKind.MIN_PRICE: 2, LineKind.MAX_PRICE: 3}


def pairs(block: int, salt: str) -> list[Pair]:
    return [pair(Random(f"{salt} {block} {number}")) for number in range(PAIRS_A_BLOCK)]


def priced(given: Pair, **more: Any) -> Price:
    changed = replace(given, **more)
    return price(changed.terms, changed.charging, changed.zone, changed.spot)


def split(period: Period, random: Random) -> list[Period]:
    """In two at a second at which a whole Wh has been taken; or whole, where there is none."""
    length = period.end - period.start
    grain = length // gcd(length, period.energy_wh)
    if grain >= length:
        return [period]
    at = period.start + grain * random.randrange(1, length // grain)
    energy = period.energy_wh * (at - period.start) // length
    return [
        period._replace(end=at, energy_wh=energy),
        period._replace(start=at, energy_wh=period.energy_wh - energy),
    ]


@pytest.mark.parametrize("block", BLOCKS)
def test_splitting_or_joining_periods_changes_nothing(block: int) -> None:
    random = Random(block)
    count = 0
    for given in pairs(block, "split"):
        whole = given.charging.periods
        parts = tuple(part for period in whole for part in split(period, random))
        count += len(parts) > len(whole)

        assert priced(given) == priced(given, charging=replace(given.charging, periods=parts))
    assert count > PAIRS_A_BLOCK // 2


@pytest.mark.parametrize("block", BLOCKS)
def test_lines_add_up(block: int) -> None:
    for given in pairs(block, "lines"):
        found = priced(given)

        assert found.net == sum((line.net for line in found.lines), Fraction(0))
        assert found.tax == sum((line.tax for line in found.lines), Fraction(0))
        _check_rounded(found)


def _check_rounded(found: Price) -> None:
    shown = rounded(found)
    total = shown.gross_minor if found.tax_included else shown.net_minor
    scale = 10 ** decimals_of(found.currency)
    exact = (found.gross if found.tax_included else found.net) * scale

    assert [line.line for line in shown.lines] == list(found.lines)
    assert abs(total - exact) <= Fraction(1, 2)
    assert sum(line.amount_minor for line in shown.lines) == total
    assert sum(line.net_minor for line in shown.lines) == shown.net_minor
    assert sum(tax.net_minor for tax in shown.taxes) == shown.net_minor
    assert sum(tax.tax_minor for tax in shown.taxes) == shown.tax_minor
    assert shown.net_minor + shown.tax_minor == shown.gross_minor
    assert len({tax.vat for tax in shown.taxes}) == len(shown.taxes)
    for tax in shown.taxes:
        of_rate = [line for line in shown.lines if line.line.vat == tax.vat]
        assert sum(line.net_minor for line in of_rate) == tax.net_minor


@pytest.mark.parametrize("block", BLOCKS)
def test_tax_of_a_rate_is_that_of_its_net_or_gross(block: int) -> None:
    """EN 16931 BR-CO-17, to half a minor unit; limits of net and gross may not fit a rate."""
    for given in pairs(block, "rates"):
        terms = replace(given.terms, min_price=None, max_price=None)
        shown = rounded(priced(given, terms=terms))

        for tax in shown.taxes:
            rate = Fraction(tax.vat or 0)
            exact = (
                (tax.net_minor + tax.tax_minor) * rate / (100 + rate)
                if terms.tax_included
                else tax.net_minor * rate / 100
            )
            assert abs(tax.tax_minor - exact) <= Fraction(1, 2)


@pytest.mark.parametrize("block", BLOCKS)
def test_lines_stand_in_order(block: int) -> None:
    """By their first second, FLAT before ENERGY before time; caps and limits at the end."""
    for given in pairs(block, "order"):
        lines = priced(given).lines
        places = [
            (CHANGES.get(line.kind, 0), line.start, ORDER.get(line.kind, 0)) for line in lines
        ]

        assert places == sorted(places)


@pytest.mark.parametrize("block", BLOCKS)
def test_each_dimension_is_decided_for_itself(block: int) -> None:
    """An element of several components is the same as one element for each; in any order."""
    for given in pairs(block, "dimensions"):
        apart = tuple(
            Element(components=(component,), restrictions=element.restrictions)
            for element in given.terms.elements
            for component in element.components
        )

        assert _amounts(priced(given)) == _amounts(
            priced(given, terms=replace(given.terms, elements=apart))
        )


def _amounts(found: Price) -> tuple[object, ...]:
    lines = [
        (line.kind, line.quantity, line.unit_price, line.net, line.tax) for line in found.lines
    ]
    return found.net, found.tax, found.flags, sorted(lines)


@pytest.mark.parametrize("block", BLOCKS)
def test_order_of_caps_and_of_elements_of_other_dimensions_means_nothing(block: int) -> None:
    random = Random(block)
    for given in pairs(block, "shuffled"):
        if given.terms.min_price is not None:
            continue  # of a total of nothing the first component's rate decides
        elements = tuple(
            replace(e, components=tuple(random.sample(e.components, len(e.components))))
            for e in given.terms.elements
        )
        caps = tuple(random.sample(given.terms.caps, len(given.terms.caps)))
        found = priced(given, terms=replace(given.terms, elements=elements, caps=caps))

        assert (found.net, found.tax) == (priced(given).net, priced(given).tax)


@pytest.mark.parametrize("block", BLOCKS)
def test_what_can_only_lower_or_only_raise(block: int) -> None:
    """Caps and maxima never make dearer, steps and minima never cheaper."""
    for given in pairs(block, "monotone"):
        terms = _not_negative(given.terms)
        bare = replace(terms, min_price=None, max_price=None, caps=())
        without_steps = replace(
            bare,
            elements=tuple(
                replace(e, components=tuple(replace(c, step_size=1) for c in e.components))
                for e in bare.elements
            ),
        )
        least = priced(given, terms=without_steps)
        plain = priced(given, terms=bare)

        assert 0 <= least.gross <= plain.gross
        for cap in given.terms.caps:
            capped = priced(given, terms=replace(bare, caps=(cap,)))
            assert 0 <= capped.gross <= plain.gross
        limit = PriceLimit(gross=Decimal("1.23"))
        raised = priced(given, terms=replace(bare, min_price=limit))
        lowered = priced(given, terms=replace(bare, max_price=limit))
        has_instants = any(p.state is not State.RESERVED for p in given.charging.periods)
        at_least = Fraction("1.23") if has_instants else plain.gross
        assert raised.gross == max(plain.gross, at_least)
        assert lowered.gross == min(plain.gross, Fraction("1.23"))


def _not_negative(terms: Terms) -> Terms:
    def component(given: Component) -> Component:
        if given.spot is None:
            return given
        return replace(given, spot=replace(given.spot, floor=Decimal(0)))

    elements = tuple(
        replace(e, components=tuple(component(c) for c in e.components)) for e in terms.elements
    )
    return replace(terms, elements=elements)


@pytest.mark.parametrize("block", BLOCKS)
def test_a_session_that_goes_on_never_gets_cheaper(block: int) -> None:
    """Unless the tariff rounds up, caps, limits or looks at the whole session."""
    for given in pairs(block, "longer"):
        terms = _only_of_the_moment(_not_negative(given.terms))
        costs = [
            priced(given, terms=terms, charging=Charging(periods=given.charging.periods[:count]))
            for count in range(len(given.charging.periods) + 1)
        ]
        if given.charging.reservation_expired:
            continue
        nets = [cost.net for cost in costs]

        assert nets == sorted(nets)


def _only_of_the_moment(terms: Terms) -> Terms:
    whole: dict[str, Any] = {
        name: None
        for name in Restrictions.__dataclass_fields__
        if "peak" in name or "average" in name
    }
    elements = tuple(
        Element(
            components=tuple(replace(c, step_size=1) for c in e.components),
            restrictions=replace(e.restrictions, **whole),
        )
        for e in terms.elements
    )
    return replace(terms, elements=elements, caps=(), min_price=None, max_price=None)


@pytest.mark.parametrize("block", BLOCKS)
def test_twice_the_prices_cost_twice(block: int) -> None:
    for given in pairs(block, "twice"):
        found, doubled = (
            priced(given, terms=_times(given.terms, factor)) for factor in (Decimal(1), Decimal(2))
        )

        assert (2 * found.net, 2 * found.tax) == (doubled.net, doubled.tax)


def _times(terms: Terms, factor: Decimal) -> Terms:
    """All amounts; without spot prices, whose market price stays."""
    elements = tuple(
        replace(
            e,
            components=tuple(replace(c, price=c.price * factor, spot=None) for c in e.components),
        )
        for e in terms.elements
    )
    caps = tuple(replace(cap, amount=cap.amount * factor) for cap in terms.caps)
    return replace(
        terms,
        elements=elements,
        caps=caps,
        min_price=_limit_times(terms.min_price, factor),
        max_price=_limit_times(terms.max_price, factor),
    )


def _limit_times(limit: PriceLimit | None, factor: Decimal) -> PriceLimit | None:
    if limit is None:
        return None
    return PriceLimit(
        net=None if limit.net is None else limit.net * factor,
        gross=None if limit.gross is None else limit.gross * factor,
    )


@pytest.mark.parametrize("seconds", [1, 59, 3600, 86_399, 10_000_000])
def test_without_a_clock_the_hour_means_nothing(seconds: int) -> None:
    """A tariff that asks for no time of day, day or slot costs the same at any time."""
    clock = ("minute", "date", "season", "days")
    count = 0
    for given in pairs(seconds, "shift"):
        count += 1
        cleared: dict[str, Any] = {
            name: frozenset() if name == "days" else None
            for name in Restrictions.__dataclass_fields__
            if any(word in name for word in clock)
        }
        elements = tuple(
            Element(
                components=tuple(replace(c, spot=None) for c in e.components),
                restrictions=replace(e.restrictions, **cleared),
            )
            for e in given.terms.elements
        )
        caps = tuple(cap for cap in given.terms.caps if cap.per is CapPeriod.SESSION)
        terms = replace(given.terms, elements=elements, caps=caps)
        later = tuple(
            p._replace(start=p.start + seconds, end=p.end + seconds) for p in given.charging.periods
        )
        found = priced(given, terms=terms)
        moved = priced(given, terms=terms, charging=replace(given.charging, periods=later))

        assert (found.net, found.tax, found.flags) == (moved.net, moved.tax, moved.flags)
    assert count == PAIRS_A_BLOCK


def test_a_cap_above_the_price_takes_nothing_off() -> None:
    for given in pairs(0, "high"):
        caps = tuple(
            Cap(dimension=dimension, amount=Decimal(10**9), per=per)
            for dimension in (Dimension.TIME, Dimension.PARKING_TIME)
            for per in CapPeriod
        )

        assert priced(given, terms=replace(given.terms, caps=caps)) == priced(
            given, terms=replace(given.terms, caps=())
        )
