"""How quantities and times are written for people, in the language of the page.

Input units are those of the database: integer Wh and W, seconds, aware instants.
A no-break space stands between number and unit.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from common.money import decimals_of

NBSP = "\u00a0"
DASH = "\u2013"
_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥"}
_MOST_DIGITS = 6

Quantity = int | float | Decimal | None


def number(value: Quantity, digits: int = 0) -> str:
    """Grouped digits: 12345.6 -> "12,346"; an en dash for None."""
    if value is None:
        return DASH
    return number_format(round(Decimal(str(value)), digits), digits, force_grouping=True)


def with_unit(value: Quantity, unit: str, digits: int = 0) -> str:
    """Number and unit: 42 -> "42 A"."""
    return DASH if value is None else f"{number(value, digits)}{NBSP}{unit}"


def kwh(watt_hours: Quantity, digits: int = 1) -> str:
    """Wh as kWh: 18420 -> "18.4 kWh"."""
    return with_unit(None if watt_hours is None else Decimal(str(watt_hours)) / 1000, "kWh", digits)


def kw(watts: Quantity, digits: int = 1) -> str:
    """W as kW; whole numbers from 100 kW: 7360 -> "7.4 kW", 150000 -> "150 kW"."""
    if watts is None:
        return DASH
    value = Decimal(str(watts)) / 1000
    return with_unit(value, "kW", _kw_digits(value, digits))


def _kw_digits(kilowatts: Decimal, digits: int) -> int:
    return 0 if abs(kilowatts) >= 100 or kilowatts == 0 else digits


def energy_parts(watt_hours: Quantity) -> tuple[str, str]:
    """Number and unit for a headline: 18420000 -> ("18.42", "MWh")."""
    return _scaled(watt_hours, (("GWh", 10**9, 2), ("MWh", 10**6, 2), ("kWh", 10**3, 1)))


def power_parts(watts: Quantity) -> tuple[str, str]:
    """Number and unit for a headline: 1386000 -> ("1,386", "kW"); MW from 10 MW."""
    if watts is None:
        return DASH, "kW"
    value = Decimal(str(watts)) / 1000
    if abs(value) < 10_000:
        return number(value, _kw_digits(value, 1)), "kW"
    return _scaled(watts, (("GW", 10**9, 2), ("MW", 10**6, 1)))


def _scaled(amount: Quantity, steps: tuple[tuple[str, int, int], ...]) -> tuple[str, str]:
    smallest = steps[-1]
    if amount is None:
        return DASH, smallest[0]
    value = Decimal(str(amount))
    unit, factor, digits = next((step for step in steps if abs(value) >= step[1]), smallest)
    return number(value / factor, digits), unit


def percent(share: Quantity, digits: int = 0) -> str:
    """A share of one as percent: 0.9931 -> "99 %"."""
    return with_unit(None if share is None else Decimal(str(share)) * 100, "%", digits)


def money(amount: Decimal | int | None, currency: str) -> str:
    """An amount: 12.5 of EUR -> "€ 12.50", 12 of JPY -> "¥ 12"; "-€ 1.00" below zero.

    A price per kWh keeps its digits, up to six: "€ 0.4995".
    """
    if amount is None:
        return DASH
    value = Decimal(amount)
    sign = "-" if value < 0 else ""
    exponent = value.normalize().as_tuple().exponent
    own = -exponent if isinstance(exponent, int) else 0
    digits = max(decimals_of(currency), min(own, _MOST_DIGITS))
    return f"{sign}{_SYMBOLS.get(currency, currency)}{NBSP}{number(abs(value), digits)}"


def duration(seconds: Quantity) -> str:
    """Two largest units: 5 -> "5 s", 4980 -> "1 h 23 min", 180000 -> "2 d 2 h"."""
    if seconds is None:
        return DASH
    total = max(0, int(seconds))
    days, rest = divmod(total, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, secs = divmod(rest, 60)
    parts = ((days, "d"), (hours, "h"), (minutes, "min"), (secs, "s"))
    first = next((i for i, (amount, _) in enumerate(parts) if amount), 3)
    shown = [part for part in parts[first : first + 2] if part[0]]
    return " ".join(f"{amount}{NBSP}{unit}" for amount, unit in shown or [(0, "s")])


def ago(then: datetime, now: datetime) -> str:
    """Time since, coarse: "now", "42 s ago", "5 min ago", "3 h ago", "2 days ago".

    An instant up to a minute ahead (a clock that runs fast) is "now", later ones "in 5 min".
    """
    seconds = int((now - then).total_seconds())
    if -60 < seconds < 5:
        return gettext("now")
    span = _span(abs(seconds))
    return gettext("%s ago") % span if seconds > 0 else gettext("in %s") % span


def _span(seconds: int) -> str:
    if seconds < 60:
        return f"{seconds}{NBSP}s"
    if seconds < 3600:
        return f"{seconds // 60}{NBSP}min"
    if seconds < 86400:
        return f"{seconds // 3600}{NBSP}h"
    days = seconds // 86400
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


def initials(name: str) -> str:
    """One or two capitals for an avatar: "Ida Krogh" -> "IK"; "?" for nothing."""
    words = [word for word in name.replace("@", " ").replace(".", " ").split() if word]
    letters = [word[0] for word in (words[:1] + words[1:][-1:])]
    return "".join(letters).upper() or "?"
