"""Where the engine and the oracle differ, in words."""

from __future__ import annotations

from collections import defaultdict

from tariffs.pricing import price, rounded
from tariffs.pricing.result import LineKind, Price
from tariffs.pricing.rounding import RoundedPrice
from tests.tariffs.generate import Pair
from tests.tariffs.oracle import Expected, Key, Sum, expected_price
from tests.tariffs.rounding_oracle import expected_rounding

_CHANGES = {LineKind.CAP, LineKind.MIN_PRICE, LineKind.MAX_PRICE}


def differences(pair: Pair) -> list[str]:
    """Empty when both say the same of exact price, lines, flags and rounding."""
    found = price(pair.terms, pair.charging, pair.zone, pair.spot)
    expected = expected_price(pair.terms, pair.charging, pair.zone, pair.spot)
    return [*_exact(found, expected), *_rounded(found, rounded(found))]


def _exact(found: Price, expected: Expected) -> list[str]:
    told = []
    for name, has, wants in (
        ("net", found.net, expected.net),
        ("tax", found.tax, expected.tax),
        ("flags", sorted(found.flags), sorted(expected.flags)),
    ):
        if has != wants:
            told.append(f"{name}: {has} instead of {wants}")
    lines, wanted = _by_key(found), _with_content(expected.lines)
    return told + [
        f"{key}: {lines.get(key)} instead of {wanted.get(key)}"
        for key in lines.keys() | wanted.keys()
        if lines.get(key) != wanted.get(key)
    ]


def _by_key(found: Price) -> dict[Key, Sum]:
    """Lines of the engine by what makes a line; caps and limits together for each rate."""
    lines: dict[Key, Sum] = defaultdict(Sum)
    for line in found.lines:
        if line.kind in _CHANGES:
            total = lines[Key(line.kind, line.vat)]
        else:
            key = Key(
                line.kind, line.vat, line.element, line.is_reservation, line.unit_price, line.per
            )
            total = lines[key]
            total.quantity += line.quantity
            total.added += line.added
        total.net += line.net
        total.tax += line.tax
    return _with_content(lines)


def _with_content(lines: dict[Key, Sum]) -> dict[Key, Sum]:
    """Without lines of nothing, which may be shown or not."""
    return {key: line for key, line in lines.items() if line.quantity or line.net or line.tax}


def _rounded(found: Price, shown: RoundedPrice) -> list[str]:
    expected = expected_rounding(found)
    told = []
    for name, has, wants in (
        ("net_minor", shown.net_minor, expected.net_minor),
        ("tax_minor", shown.tax_minor, expected.tax_minor),
        ("gross_minor", shown.gross_minor, expected.gross_minor),
        ("amounts", [line.amount_minor for line in shown.lines], expected.amounts),
        ("nets", [line.net_minor for line in shown.lines], expected.nets),
        (
            "taxes",
            [(tax.vat, tax.net_minor, tax.tax_minor) for tax in shown.taxes],
            [(vat, *rate) for vat, rate in expected.rates.items()],
        ),
    ):
        if has != wants:
            told.append(f"{name}: {has} instead of {wants}")
    return told
