"""What a component costs, in words: "€ 0.49/kWh", "€ 0.10 a minute", "spot price DK1 + € 0.05/kWh"."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext

from common.formats import NBSP, money, number
from tariffs.pricing.terms import Component, Dimension, Spot
from tariffs.words.conditions import exact, span

TIMES = "\u00d7"
MINUS = "\u2212"
_ENERGY_UNIT = "/kWh"


def unit_price(component: Component, currency: str) -> str:
    """Price and what it buys; steps included."""
    if component.dimension is Dimension.FLAT:
        return money(component.price, currency)
    if component.dimension is Dimension.ENERGY:
        return energy_price(component, currency, step=component.step_size)
    return _time_price(component, currency)


def is_free(component: Component) -> bool:
    return component.price == 0 and component.spot is None


def energy_price(component: Component, currency: str, *, step: int = 1) -> str:
    """Per kWh, fixed or after the market.

    Args:
        step: Wh that are charged at a time; 1 or 0 for none.
    """
    if component.spot is None:
        return _in_steps(f"{money(component.price, currency)}{_ENERGY_UNIT}", step)
    words = _in_steps(spot_price(component.spot, component.price, currency), step)
    floor = component.spot.floor
    if floor is not None and floor > 0:
        least = f"{money(floor, currency)}{_ENERGY_UNIT}"
        return gettext("%(price)s, at least %(least)s") % {"price": words, "least": least}
    if floor is None:
        return gettext("%s, also below zero") % words
    return words


def spot_price(spot: Spot, markup: Decimal, currency: str) -> str:
    """After the market: "spot price DK1 + € 0.05/kWh"."""
    words = gettext("spot price %s") % spot.area
    if spot.factor != 1:
        words = f"{words} {TIMES} {_plain(spot.factor)}"
    if markup:
        sign = "+" if markup > 0 else MINUS
        words = f"{words} {sign} {money(abs(markup), currency)}{_ENERGY_UNIT}"
    return words


def _plain(value: Decimal) -> str:
    exponent = value.normalize().as_tuple().exponent
    return number(value, max(0, -exponent) if isinstance(exponent, int) else 0)


def _in_steps(words: str, step: int) -> str:
    if step <= 1:
        return words
    shown = f"{exact(step)}{NBSP}kWh"
    return gettext("%(price)s in steps of %(step)s") % {"price": words, "step": shown}


def _time_price(component: Component, currency: str) -> str:
    price = money(component.price, currency)
    step = component.step_size
    if step == component.per_seconds:
        return gettext("%(price)s %(per)s") % {"price": price, "per": per_started(step)}
    words = f"{price} {per_time(component.per_seconds)}"
    if step <= 1:
        return words
    return gettext("%(price)s in steps of %(step)s") % {"price": words, "step": span(step)}


def per_time(seconds: int) -> str:
    """60 -> "a minute", 900 -> "per 15 minutes"."""
    named = {1: gettext("a second"), 60: gettext("a minute"), 3600: gettext("an hour")}
    return named.get(seconds) or gettext("per %s") % span(seconds)


def per_started(seconds: int) -> str:
    """60 -> "per started minute", 900 -> "per started 15 minutes"."""
    named = {
        1: gettext("a second"),
        60: gettext("per started minute"),
        3600: gettext("per started hour"),
    }
    return named.get(seconds) or gettext("per started %s") % span(seconds)


def short_unit(component: Component, currency: str) -> str:
    """For small displays: "€ 0.10/min"."""
    if component.dimension is Dimension.ENERGY:
        if component.spot is not None:
            return spot_price(component.spot, component.price, currency)
        return f"{money(component.price, currency)}{_ENERGY_UNIT}"
    if component.dimension is Dimension.FLAT:
        return money(component.price, currency)
    named = {1: "s", 60: "min", 3600: "h"}
    seconds = component.per_seconds
    per = named.get(seconds) or (f"{seconds // 60} min" if seconds % 60 == 0 else f"{seconds} s")
    return f"{money(component.price, currency)}/{per}"
