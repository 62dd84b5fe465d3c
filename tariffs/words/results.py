"""Lines of a price in plain words: what was charged, and which part of the tariff says so."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from common.formats import NBSP, duration, money
from common.money import major_units
from tariffs.pricing.result import Flag, Line, LineKind
from tariffs.pricing.rounding import RoundedPrice
from tariffs.pricing.terms import ALWAYS, Dimension, Terms
from tariffs.words.conditions import conditions, exact
from tariffs.words.lines import subject_of, total_limits
from tariffs.words.prices import TIMES, per_time


@dataclass(frozen=True, slots=True, kw_only=True)
class LineWords:
    """A line as a person reads it.

    Attributes:
        quantity: how much at which price; "" for limits and caps.
        reason: which part of the tariff gave it.
        amount: with its currency, in the tariff's basis of VAT.
        amount_minor: the same in minor units.
    """

    title: str
    quantity: str
    reason: str
    amount: str
    amount_minor: int


_LIMITS = frozenset({LineKind.CAP, LineKind.MIN_PRICE, LineKind.MAX_PRICE})


def line_words(price: RoundedPrice, terms: Terms) -> list[LineWords]:
    """The lines of a price in words; their amounts add up to its total."""
    return [
        LineWords(
            title=title(each.line, terms),
            quantity=quantity(each.line, terms.currency),
            reason=reason(each.line, terms),
            amount=money(major_units(each.amount_minor, terms.currency), terms.currency),
            amount_minor=each.amount_minor,
        )
        for each in price.lines
    ]


def title(line: Line, terms: Terms) -> str:
    """What a line is for: "Energy", "Idle", "Start fee", "Cap on idle"."""
    if line.kind is LineKind.CAP:
        return gettext("Cap on %s") % _capped(line)
    if line.kind is LineKind.MIN_PRICE:
        return gettext("Least price of a session")
    if line.kind is LineKind.MAX_PRICE:
        return gettext("Greatest price of a session")
    restrictions = ALWAYS if line.element is None else terms.elements[line.element].restrictions
    return subject_of(Dimension(line.kind.value), restrictions)


def _capped(line: Line) -> str:
    of = line.of or LineKind.PARKING_TIME
    return subject_of(Dimension(of.value)).lower()


def quantity(line: Line, currency: str) -> str:
    """How much at which price: kWh or minutes, times the price; "" for limits."""
    if line.kind in _LIMITS:
        return ""
    price = money(line.unit_price, currency)
    if line.kind is LineKind.FLAT:
        return price
    if line.kind is LineKind.ENERGY:
        return f"{exact(round(line.quantity))}{NBSP}kWh {TIMES} {price}"
    return f"{duration(round(line.quantity))} {TIMES} {price} {per_time(line.per)}"


def reason(line: Line, terms: Terms) -> str:
    """Which part of the tariff gave a line, and why that part held."""
    if line.kind is LineKind.CAP:
        return gettext("What exceeds the cap is taken off.")
    if line.kind is LineKind.MIN_PRICE:
        return total_limits(terms)[0]
    if line.kind is LineKind.MAX_PRICE:
        return total_limits(terms)[-1]
    if line.element is None:
        return ""
    when = _when(line.element, Dimension(line.kind.value), terms)
    words = gettext("Part %(n)s of the tariff: %(when)s") % {"n": line.element + 1, "when": when}
    return f"{words}; {_rounded_up(line)}" if line.added else words


def _when(element: int, dimension: Dimension, terms: Terms) -> str:
    restrictions = terms.elements[element].restrictions
    found = conditions(restrictions, dimension)
    if found:
        return ", ".join(found)
    is_last_resort = any(
        component.dimension is dimension
        for each in terms.elements[:element]
        if each.restrictions.reservation is restrictions.reservation
        for component in each.components
    )
    return gettext("when no part before it applies") if is_last_resort else gettext("always")


def _rounded_up(line: Line) -> str:
    added = (
        f"{exact(round(line.added))}{NBSP}kWh"
        if line.kind is LineKind.ENERGY
        else duration(round(line.added))
    )
    return gettext("rounded up by %s") % added


def flag_words(flag: Flag) -> str:
    """What a person should know about a price, as a sentence."""
    return {
        Flag.GAP: gettext("Readings are missing for a part of the session."),
        Flag.POWER_UNKNOWN: gettext(
            "The station did not tell its power; prices by power were left out."
        ),
        Flag.CURRENT_UNKNOWN: gettext(
            "The station did not tell its current; prices by current were left out."
        ),
        Flag.NOTHING_APPLIES: gettext("No part of the tariff applies to this session."),
        Flag.SPOT_MISSING: gettext(
            "A spot price was not known; the tariff's fallback price was used."
        ),
    }[flag]
