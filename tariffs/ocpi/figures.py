"""Numbers of OCPI: what can be said exactly, per hour and without VAT, and how JSON says it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

# of prices here
_DECIMALS = 6


def number(value: Decimal) -> int | float:
    """A JSON number. A double prints up to 15 digits as they were, see `is_exact`."""
    return int(value) if value == int(value) else float(value)


def is_exact(value: Decimal) -> bool:
    """Whether the JSON number still prints as the value."""
    return Decimal(str(number(value))) == value


def per_hour(price: Decimal, per_seconds: int) -> Decimal | None:
    """The price of an hour; None where it is no decimal of six places."""
    return finite(Fraction(price) * 3600 / per_seconds, _DECIMALS)


def without_vat(price: Decimal, vat: Decimal | None, decimals: int) -> Decimal | None:
    """The net of a gross price; None where it is no decimal of that many places."""
    return finite(Fraction(price) * 100 / (100 + Fraction(vat or 0)), decimals)


def finite(value: Fraction, decimals: int) -> Decimal | None:
    """The decimal of a rational number, if it has no more decimals than that."""
    scaled = value * 10**decimals
    return None if scaled.denominator != 1 else Decimal(scaled.numerator).scaleb(-decimals)


def decimals_of(value: Decimal) -> int:
    """Decimals that a number needs: 0.2500 needs 2."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
