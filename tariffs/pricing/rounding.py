"""The one rounding of the project (docs/algorithms/pricing.md, "Exact, then rounded")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from common.money import decimals_of
from tariffs.pricing.result import Flag, Line, LineKind, Price
from tariffs.pricing.tax import rate

_ZERO = Fraction(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundedLine:
    """A line in minor units: `amount_minor` in the tariff's basis of VAT, and its net."""

    line: Line
    amount_minor: int
    net_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundedTax:
    """One rate of VAT: what the lines of the rate add up to."""

    vat: Decimal | None
    net_minor: int
    tax_minor: int

    @property
    def gross_minor(self) -> int:
        return self.net_minor + self.tax_minor


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundedPrice:
    """Lines and taxes that add up to the totals, in minor units of the currency."""

    currency: str
    tax_included: bool
    lines: tuple[RoundedLine, ...]
    taxes: tuple[RoundedTax, ...]
    flags: frozenset[Flag]

    @property
    def net_minor(self) -> int:
        return sum(tax.net_minor for tax in self.taxes)

    @property
    def tax_minor(self) -> int:
        return sum(tax.tax_minor for tax in self.taxes)

    @property
    def gross_minor(self) -> int:
        return self.net_minor + self.tax_minor


def rounded(price: Price) -> RoundedPrice:
    """An exact price in minor units, half up, shown lines adding up to shown totals."""
    scale = 10 ** decimals_of(price.currency)
    rates = list(dict.fromkeys(line.vat for line in price.lines))
    amounts = [_basis(line, included=price.tax_included) * scale for line in price.lines]
    by_rate = [
        sum(
            (each for each, line in zip(amounts, price.lines, strict=True) if line.vat == vat),
            _ZERO,
        )
        for vat in rates
    ]
    totals = spread(by_rate, half_up(sum(by_rate, _ZERO)))
    lines: dict[int, RoundedLine] = {}
    taxes = []
    for vat, total in zip(rates, totals, strict=True):
        places = [place for place, line in enumerate(price.lines) if line.vat == vat]
        tax = _tax(price, places, total, scale)
        net = total - tax if price.tax_included else total
        taxes.append(RoundedTax(vat=vat, net_minor=net, tax_minor=tax))
        lines |= _lines(price, places, amounts, total=total, net=net, scale=scale)
    return RoundedPrice(
        currency=price.currency,
        tax_included=price.tax_included,
        lines=tuple(lines[place] for place in sorted(lines)),
        taxes=tuple(taxes),
        flags=price.flags,
    )


def _basis(line: Line, *, included: bool) -> Fraction:
    return line.net + line.tax if included else line.net


def _lines(
    price: Price,
    places: list[int],
    amounts: list[Fraction],
    *,
    total: int,
    net: int,
    scale: int,
) -> dict[int, RoundedLine]:
    """The lines of one rate, in place."""
    shown = spread([amounts[place] for place in places], total)
    nets = (
        spread([price.lines[place].net * scale for place in places], net)
        if price.tax_included
        else shown
    )
    return {
        place: RoundedLine(line=price.lines[place], amount_minor=amount, net_minor=line_net)
        for place, amount, line_net in zip(places, shown, nets, strict=True)
    }


def _tax(price: Price, places: list[int], total: int, scale: int) -> int:
    """VAT of one rate on its rounded total (EN 16931 BR-CO-17), odd limits of OCPI added."""
    share = rate(price.lines[places[0]].vat)
    if price.tax_included:
        share = share / (1 + share)
    odd = sum(
        (
            line.tax - _basis(line, included=price.tax_included) * share
            for place in places
            if (line := price.lines[place]).kind in {LineKind.MIN_PRICE, LineKind.MAX_PRICE}
        ),
        _ZERO,
    )
    return half_up(total * share) + half_up(odd * scale)


def half_up(value: Fraction) -> int:
    """To the nearest integer; halves away from zero."""
    doubled = abs(value) * 2 + 1
    size = doubled.numerator // (doubled.denominator * 2)
    return size if value >= 0 else -size


def spread(exact: Sequence[Fraction], total: int) -> list[int]:
    """Integers near `exact` that add up to `total` (largest remainder; of equals the first)."""
    shares = [value.numerator // value.denominator for value in exact]
    missing = total - sum(shares)
    if not missing:
        return shares
    order = sorted(range(len(exact)), key=lambda place: shares[place] - exact[place])
    step = 1 if missing > 0 else -1
    for turn in range(abs(missing)):
        place = turn % len(order)
        shares[order[place if step > 0 else -1 - place]] += step
    return shares
