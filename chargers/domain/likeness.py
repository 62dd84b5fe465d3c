"""Whether two texts mean the same value, however a station spells it."""

from __future__ import annotations

import re
from decimal import Decimal

_NUMBER = re.compile(r"\s*([+-]?\d{1,19}(?:\.\d{1,12})?)\s*([A-Za-z%°]{0,8})\s*")
_TRUTHS = {
    "true": True,
    "1": True,
    "on": True,
    "yes": True,
    "enabled": True,
    "false": False,
    "0": False,
    "off": False,
    "no": False,
    "disabled": False,
}
# Unit → what it is counted in, and how many of those it is.
_UNITS: dict[str, tuple[str, Decimal]] = {
    "ms": ("s", Decimal("0.001")),
    "s": ("s", Decimal(1)),
    "sec": ("s", Decimal(1)),
    "min": ("s", Decimal(60)),
    "h": ("s", Decimal(3600)),
    "ma": ("a", Decimal("0.001")),
    "a": ("a", Decimal(1)),
    "w": ("w", Decimal(1)),
    "kw": ("w", Decimal(1000)),
    "wh": ("wh", Decimal(1)),
    "kwh": ("wh", Decimal(1000)),
    "percent": ("%", Decimal(1)),
}


def same_number(wanted: str, have: str, unit: str = "") -> bool:
    """By value and unit: "1.5 kW" is "1500". A bare number is in `unit`; what is no number is a text.

    Args:
        unit: of the variable, as the station or the standard says; "" is unknown, and then a bare
            number equals the same number with any unit.
    """
    one, other = _amount(wanted, unit), _amount(have, unit)
    if one is None or other is None:
        return wanted.strip() == have.strip()
    (amount, counted_in), (other_amount, other_counted_in) = one, other
    if counted_in and other_counted_in and counted_in != other_counted_in:
        return False
    if not (counted_in and other_counted_in):
        return _bare(wanted) == _bare(have)
    return amount == other_amount


def _amount(text: str, unit: str) -> tuple[Decimal, str] | None:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    word = (match[2] or unit).casefold()
    counted_in, factor = _UNITS.get(word, (word, Decimal(1)))
    return Decimal(match[1]) * factor, counted_in


def _bare(text: str) -> Decimal | None:
    match = _NUMBER.fullmatch(text)
    return Decimal(match[1]) if match else None


def same_truth(wanted: str, have: str) -> bool:
    """true, 1, on, yes and enabled are one word; so are their opposites."""
    one, other = truth_of(wanted), truth_of(have)
    if one is None or other is None:
        return wanted.strip().casefold() == have.strip().casefold()
    return one == other


def truth_of(text: str) -> bool | None:
    return _TRUTHS.get(text.strip().casefold())


def same_set(wanted: str, have: str) -> bool:
    """Lists by comma, in any order, of which repeated words count once."""
    return _words(wanted) == _words(have)


def _words(text: str) -> set[str]:
    return {word for word in (part.strip() for part in text.split(",")) if word}
