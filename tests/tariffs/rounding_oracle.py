"""What `rounded()` must say, after "Exact, then rounded" of docs/algorithms/pricing.md."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import NamedTuple

from common.money import decimals_of
from tariffs.pricing.result import Price


class ExpectedRate(NamedTuple):
    net_minor: int
    tax_minor: int


class ExpectedRounding(NamedTuple):
    """Minor units: totals, amount and net of each line, and what each rate of VAT has."""

    net_minor: int
    tax_minor: int
    gross_minor: int
    amounts: list[int]
    nets: list[int]
    rates: dict[Decimal | None, ExpectedRate]


def half_up(value: Fraction) -> int:
    """A half goes away from zero, so a credit mirrors its charge."""
    return floor(value + Fraction(1, 2)) if value >= 0 else -floor(-value + Fraction(1, 2))


def largest_remainder(total: int, shares: Sequence[Fraction]) -> list[int]:
    """Whole numbers that sum to `total`: each share rounded down, the rest to the largest rests."""
    units = [floor(share) for share in shares]
    by_rest = sorted(range(len(shares)), key=lambda i: (units[i] - shares[i], i))
    missing = total - sum(units)
    while missing > 0:
        for index in by_rest[:missing]:
            units[index] += 1
        missing = total - sum(units)
    while missing < 0:
        for index in by_rest[::-1][:-missing]:
            units[index] -= 1
        missing = total - sum(units)
    return units


def expected_rounding(price: Price) -> ExpectedRounding:
    scale = 10 ** decimals_of(price.currency)
    included = price.tax_included
    exact = [(line.gross if included else line.net) * scale for line in price.lines]
    vats = list(dict.fromkeys(line.vat for line in price.lines))
    of_rate = {vat: [i for i, line in enumerate(price.lines) if line.vat == vat] for vat in vats}
    total = half_up(sum(exact, Fraction(0)))
    by_rate = largest_remainder(
        total, [sum((exact[i] for i in of_rate[vat]), Fraction(0)) for vat in vats]
    )
    amounts = [0] * len(exact)
    nets = [0] * len(exact)
    rates = {}
    for vat, amount in zip(vats, by_rate, strict=True):
        places = of_rate[vat]
        for i, units in zip(
            places, largest_remainder(amount, [exact[i] for i in places]), strict=True
        ):
            amounts[i] = nets[i] = units
        tax = half_up(_tax(Fraction(amount), vat, included=included))
        lines = [price.lines[i] for i in places]
        tax += half_up(
            sum(
                (
                    line.tax - _tax(line.gross if included else line.net, vat, included=included)
                    for line in lines
                ),
                Fraction(0),
            )
            * scale
        )
        net = amount - tax if included else amount
        if included:
            shared = largest_remainder(net, [line.net * scale for line in lines])
            for i, units in zip(places, shared, strict=True):
                nets[i] = units
        rates[vat] = ExpectedRate(net, tax)
    tax_total = sum(rate.tax_minor for rate in rates.values())
    net_total = total - tax_total if included else total
    return ExpectedRounding(net_total, tax_total, net_total + tax_total, amounts, nets, rates)


def _tax(amount: Fraction, vat: Decimal | None, *, included: bool) -> Fraction:
    rate = Fraction(vat or 0)
    return amount * rate / (100 + rate) if included else amount * rate / 100
