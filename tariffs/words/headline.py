"""A tariff in a few words, for lists, maps and displays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from django.utils.translation import gettext

from common.formats import NBSP
from tariffs.pricing.terms import Component, Dimension, Terms
from tariffs.words.conditions import thresholds
from tariffs.words.lines import Offered, offered, sentences, vat_note
from tariffs.words.prices import energy_price, is_free, per_time, short_unit, spot_price, unit_price


def headline(terms: Terms) -> str:
    """The price to compare by: "€ 0.49/kWh", "from € 0.39/kWh", "€ 0.30/kWh + € 0.05 a minute".

    Energy and charging time; where neither costs anything, the fee of the session, then idling.
    """
    return _headline(_paid(terms), terms.currency, _long)


def _paid(terms: Terms) -> list[Offered]:
    return [
        each
        for each in offered(terms)
        if each.restrictions.reservation is None and not is_free(each.component)
    ]


def _headline(
    paid: Sequence[Offered], currency: str, write: Callable[[Component, str], str]
) -> str:
    for group in ((Dimension.ENERGY, Dimension.TIME), (Dimension.FLAT,), (Dimension.PARKING_TIME,)):
        parts = [_lowest(paid, dimension, currency, write) for dimension in group]
        shown = [part for part in parts if part]
        if shown:
            return " + ".join(shown)
    return gettext("Free")


def _lowest(
    paid: Sequence[Offered],
    dimension: Dimension,
    currency: str,
    write: Callable[[Component, str], str],
) -> str:
    """The only price of a dimension, or from which one on; a market price stands for itself."""
    found = [each.component for each in paid if each.component.dimension is dimension]
    if not found:
        return ""
    spot = next((component for component in found if component.spot is not None), None)
    if spot is not None:
        return write(spot, currency)
    least = min(found, key=_per_second_or_kwh)
    words = write(least, currency)
    several = {_per_second_or_kwh(component) for component in found}
    return gettext("from %s") % words if len(several) > 1 else words


def _per_second_or_kwh(component: Component) -> Decimal:
    is_time = component.dimension in {Dimension.TIME, Dimension.PARKING_TIME}
    return component.price / component.per_seconds if is_time else component.price


def _long(component: Component, currency: str) -> str:
    return {
        Dimension.ENERGY: lambda: _energy(component, currency),
        Dimension.TIME: lambda: _time(component, currency),
        Dimension.FLAT: lambda: gettext("%s a session") % unit_price(component, currency),
        Dimension.PARKING_TIME: lambda: gettext("idle %s") % _time(component, currency),
    }[component.dimension]()


def _energy(component: Component, currency: str) -> str:
    if component.spot is not None:
        return spot_price(component.spot, component.price, currency)
    return energy_price(component, currency)


def _time(component: Component, currency: str) -> str:
    price = short_unit(component, currency).partition("/")[0]
    return f"{price} {per_time(component.per_seconds)}"


def _short(component: Component, currency: str) -> str:
    words = short_unit(component, currency)
    return gettext("idle %s") % words if component.dimension is Dimension.PARKING_TIME else words


def display_text(terms: Terms, *, most: int) -> str:
    """The tariff in at most so many characters: all of it where it fits, else ever less.

    Blanks are ordinary ones, since stations show others as boxes.

    Args:
        most: characters that the display takes.

    Returns:
        "" where not even the price fits: half a number is worse than none.
    """
    texts = (text.replace(NBSP, " ") for text in _shorter_and_shorter(terms))
    return next((text for text in texts if len(text) <= most), "")


def _shorter_and_shorter(terms: Terms) -> Sequence[str]:
    vat = vat_note(terms)
    long, short = headline(terms), _headline(_paid(terms), terms.currency, _short)
    extras = _extras(terms)
    return (
        _joined([*sentences(terms), vat]),
        _joined([long, *extras, vat]),
        _joined([short, *extras, vat]),
        _joined([short, *extras]),
        _joined([short, vat]),
        short,
        short.replace(" ", "").replace(NBSP, ""),
    )


def _joined(parts: Sequence[str]) -> str:
    return "; ".join(part for part in parts if part)


def _extras(terms: Terms) -> list[str]:
    """Fees that the headline leaves out, each in two or three words."""
    paid = _paid(terms)
    named = _headline_dimensions(paid)
    return [_extra(each, terms.currency) for each in paid if each.component.dimension not in named]


def _headline_dimensions(paid: Sequence[Offered]) -> set[Dimension]:
    present = {each.component.dimension for each in paid}
    for group in ({Dimension.ENERGY, Dimension.TIME}, {Dimension.FLAT}, {Dimension.PARKING_TIME}):
        if present & group:
            return group
    return set()


def _extra(each: Offered, currency: str) -> str:
    words = short_unit(each.component, currency)
    if each.component.dimension is Dimension.PARKING_TIME:
        first = thresholds(each.restrictions, Dimension.PARKING_TIME)[:1]
        return " ".join([gettext("idle %s") % words, *first])
    return gettext("start %s") % words
