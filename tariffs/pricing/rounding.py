"""The one rounding of the project (docs/algorithms/pricing.md, "Exact, then rounded")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm

from common.money import decimals_of
from tariffs.pricing.result import Flag, Line, LineKind, Price

_NO_VAT = Decimal(0)
_LIMITS = (LineKind.MIN_PRICE, LineKind.MAX_PRICE)


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
    places_of: dict[Decimal | None, list[int]] = {}
    for place, line in enumerate(price.lines):
        places_of.setdefault(line.vat, []).append(place)
    amounts, nets, over = _minor_units(price)
    by_rate = [sum([amounts[place] for place in places]) for places in places_of.values()]
    totals = spread(by_rate, over, half_up(sum(by_rate), over))
    shown = [0] * len(amounts)
    shown_nets = shown if not price.tax_included else [0] * len(amounts)
    taxes = []
    for (vat, places), total in zip(places_of.items(), totals, strict=True):
        tax = _tax(price, places, total)
        net = total - tax if price.tax_included else total
        taxes.append(RoundedTax(vat=vat, net_minor=net, tax_minor=tax))
        _place(shown, places, spread([amounts[place] for place in places], over, total))
        if price.tax_included:
            _place(shown_nets, places, spread([nets[place] for place in places], over, net))
    return RoundedPrice(
        currency=price.currency,
        tax_included=price.tax_included,
        lines=tuple(
            [
                RoundedLine(line=line, amount_minor=amount, net_minor=net)
                for line, amount, net in zip(price.lines, shown, shown_nets, strict=True)
            ]
        ),
        taxes=tuple(taxes),
        flags=price.flags,
    )


def _minor_units(price: Price) -> tuple[list[int], list[int], int]:
    """Exact amounts in the tariff's basis, exact nets, and what both are to be divided by."""
    scale = 10 ** decimals_of(price.currency)
    nets = [line.net.as_integer_ratio() for line in price.lines]
    if not price.tax_included:
        over = lcm(*[denominator for _, denominator in nets])
        amounts = [scale * over // denominator * numerator for numerator, denominator in nets]
        return amounts, amounts, over
    taxes = [line.tax.as_integer_ratio() for line in price.lines]
    over = lcm(*[denominator for _, denominator in (*nets, *taxes)])
    whole = [scale * over // denominator * numerator for numerator, denominator in nets]
    vat = [scale * over // denominator * numerator for numerator, denominator in taxes]
    return [net + tax for net, tax in zip(whole, vat, strict=True)], whole, over


def _place(into: list[int], places: list[int], values: list[int]) -> None:
    for place, value in zip(places, values, strict=True):
        into[place] = value


def _tax(price: Price, places: list[int], total: int) -> int:
    """VAT of one rate on its rounded total (EN 16931 BR-CO-17), odd limits of OCPI added."""
    lines = [price.lines[place] for place in places]
    vat, of = (lines[0].vat or _NO_VAT).as_integer_ratio()
    over = 100 * of + vat if price.tax_included else 100 * of
    tax = half_up(total * vat, over)
    limits = [line for line in lines if line.kind in _LIMITS]
    if not limits:
        return tax
    odd = sum(
        (
            line.tax - (line.gross if price.tax_included else line.net) * Fraction(vat, over)
            for line in limits
        ),
        Fraction(0),
    )
    odd *= 10 ** decimals_of(price.currency)
    return tax + half_up(odd.numerator, odd.denominator)


def half_up(numerator: int, denominator: int) -> int:
    """A quotient to the nearest integer; halves away from zero."""
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def spread(exact: Sequence[int], over: int, total: int) -> list[int]:
    """Integers near `exact` / `over` that add up to `total` (largest remainder; of equals the first)."""
    if len(exact) == 1:
        return [total]
    shares = [value // over for value in exact]
    missing = total - sum(shares)
    if not missing:
        return shares
    order = sorted(range(len(exact)), key=lambda place: shares[place] * over - exact[place])
    step = 1 if missing > 0 else -1
    for turn in range(abs(missing)):
        place = turn % len(order)
        shares[order[place if step > 0 else -1 - place]] += step
    return shares
