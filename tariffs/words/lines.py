"""A tariff sentence by sentence: one for each component that can be charged, then limits and VAT."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext

from common.formats import NBSP, duration, kwh, money, number
from common.money import major_units
from tariffs.models import TariffVersion
from tariffs.pricing.terms import (
    ALWAYS,
    Cap,
    CapPeriod,
    Component,
    Dimension,
    PriceLimit,
    ReservationRule,
    Restrictions,
    Terms,
)
from tariffs.words.conditions import conditions, thresholds
from tariffs.words.prices import is_free, unit_price


@dataclass(frozen=True, slots=True)
class Offered:
    """A component that can come to be charged.

    Attributes:
        element: index of its element.
        otherwise: an earlier element prices the same under conditions; this one has none.
    """

    element: int
    component: Component
    restrictions: Restrictions
    otherwise: bool


def offered(terms: Terms) -> Iterator[Offered]:
    """Components in order, without those that stand behind one that always holds."""
    seen: dict[tuple[ReservationRule | None, Dimension], bool] = {}
    for index, element in enumerate(terms.elements):
        restrictions = element.restrictions
        for component in element.components:
            key = restrictions.reservation, component.dimension
            if seen.get(key) is True:
                continue
            always = not conditions(restrictions)
            yield Offered(index, component, restrictions, always and key in seen)
            seen[key] = always


def sentences(terms: Terms) -> list[str]:
    """What costs what and when, in the order in which it is looked at; then caps."""
    found = list(offered(terms))
    counts = Counter(
        each.component.dimension for each in found if each.restrictions.reservation is None
    )
    inline = {cap.dimension: cap for cap in terms.caps if _fits_inline(cap, terms, counts)}
    lines = [
        _sentence(each, terms.currency, _cap_of(each, inline.get(each.component.dimension)))
        for each in found
    ]
    rest = [cap for cap in terms.caps if inline.get(cap.dimension) is not cap]
    return lines + [_cap_sentence(cap, terms.currency) for cap in rest]


def _fits_inline(cap: Cap, terms: Terms, counts: Counter[Dimension]) -> bool:
    """One sentence of the dimension and one cap of it: they are told together."""
    caps = sum(1 for each in terms.caps if each.dimension is cap.dimension)
    return caps == 1 and counts[cap.dimension] == 1


def _cap_of(each: Offered, cap: Cap | None) -> Cap | None:
    return None if each.restrictions.reservation is not None else cap


def _sentence(each: Offered, currency: str, cap: Cap | None) -> str:
    first = thresholds(each.restrictions, each.component.dimension)[:1]
    rest = conditions(each.restrictions, each.component.dimension)[len(first) :]
    if each.otherwise:
        rest.append(gettext("otherwise"))
    if cap is not None:
        rest.append(_at_most(cap, currency))
    return ", ".join([" ".join([_priced(each, currency), *first]), *rest])


def _priced(each: Offered, currency: str) -> str:
    subject = subject_of(each.component.dimension, each.restrictions)
    if each.component.dimension is Dimension.FLAT:
        price = money(each.component.price, currency)
        return gettext("%s: none") % subject if is_free(each.component) else f"{subject} {price}"
    price = gettext("free") if is_free(each.component) else unit_price(each.component, currency)
    return f"{subject}: {price}"


def subject_of(dimension: Dimension, restrictions: Restrictions = ALWAYS) -> str:
    """What is paid for: "Energy", "Idle", "Start fee", "Reservation"."""
    if restrictions.reservation is ReservationRule.EXPIRES:
        return gettext("Unused reservation")
    if restrictions.reservation is ReservationRule.RESERVATION:
        return gettext("Reservation fee") if dimension is Dimension.FLAT else gettext("Reservation")
    if dimension is Dimension.FLAT:
        is_later = bool(thresholds(restrictions))
        return gettext("Session fee") if is_later else gettext("Start fee")
    return {
        Dimension.ENERGY: gettext("Energy"),
        Dimension.TIME: gettext("Charging time"),
        Dimension.PARKING_TIME: gettext("Idle"),
    }[dimension]


def _at_most(cap: Cap, currency: str) -> str:
    text = gettext("at most %s a day") if cap.per is CapPeriod.DAY else gettext("at most %s")
    return text % money(cap.amount, currency)


def _cap_sentence(cap: Cap, currency: str) -> str:
    subject = subject_of(cap.dimension)
    text = (
        gettext("%(subject)s: at most %(amount)s a day")
        if cap.per is CapPeriod.DAY
        else gettext("%(subject)s: at most %(amount)s a session")
    )
    return text % {"subject": subject, "amount": money(cap.amount, currency)}


def total_limits(terms: Terms) -> list[str]:
    """The least and the greatest that a session costs."""
    lines = []
    if terms.min_price is not None:
        lines.append(_limit(gettext("At least %s a session"), terms.min_price, terms.currency))
    if terms.max_price is not None:
        lines.append(_limit(gettext("At most %s a session"), terms.max_price, terms.currency))
    return lines


def _limit(sentence: str, limit: PriceLimit, currency: str) -> str:
    """Drivers pay the gross amount, so it is told where it is known."""
    if limit.gross is not None:
        return gettext("%s, incl. VAT") % (sentence % money(limit.gross, currency))
    return gettext("%s, plus VAT") % (sentence % money(limit.net, currency))


def session_limits(version: TariffVersion, currency: str) -> list[str]:
    """Where a session is stopped."""
    lines = []
    if version.max_energy_wh is not None:
        lines.append(gettext("Charging stops at %s") % kwh(version.max_energy_wh, 1))
    if version.max_duration_s is not None:
        lines.append(gettext("Charging stops after %s") % duration(version.max_duration_s))
    if version.max_amount_minor is not None:
        amount = money(major_units(version.max_amount_minor, currency), currency)
        lines.append(gettext("Charging stops at %s") % amount)
    return lines


def vat_note(terms: Terms) -> str:
    """Words beside a price: "incl. VAT", "plus 10 % and 20 % VAT"; "" where it does not apply."""
    rates = sorted(
        {c.vat for element in terms.elements for c in element.components if c.vat is not None}
    )
    if not rates:
        return ""
    if terms.tax_included:
        return gettext("incl. VAT")
    shown = [f"{_rate(rate)}{NBSP}%" for rate in rates]
    text = (
        shown[0]
        if len(shown) == 1
        else gettext("%(some)s and %(last)s")
        % {
            "some": ", ".join(shown[:-1]),
            "last": shown[-1],
        }
    )
    return gettext("plus %s VAT") % text


def _rate(rate: Decimal) -> str:
    exponent = rate.normalize().as_tuple().exponent
    return number(rate, max(0, -exponent) if isinstance(exponent, int) else 0)
