"""Amounts of money: integer minor units inside, decimals where a standard wants them."""

from __future__ import annotations

from decimal import Decimal

# ISO 4217 currencies whose minor unit is not a hundredth.
_DECIMALS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND"), 0
    ),
    **dict.fromkeys(("VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


def decimals_of(currency: str) -> int:
    """Digits after the point of a currency (ISO 4217)."""
    return _DECIMALS.get(currency, 2)


def major_units(amount_minor: int, currency: str) -> Decimal:
    """The exact amount: 1234 of EUR is 12.34, of JPY 1234."""
    return Decimal(amount_minor).scaleb(-decimals_of(currency))
