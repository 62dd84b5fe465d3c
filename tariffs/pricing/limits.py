"""A least and a greatest total (docs/algorithms/pricing.md, "Limits of the total")."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from tariffs.pricing.result import Line, LineKind
from tariffs.pricing.tax import adjustment, rate, total
from tariffs.pricing.terms import PriceLimit, Terms

_ZERO = Fraction(0)
# VAT rate → net and VAT.
Groups = dict[Decimal | None, tuple[Fraction, Fraction]]


def limit_lines(
    lines: Sequence[Line],
    terms: Terms,
    totals: tuple[Fraction, Fraction],
    *,
    main_vat: Decimal | None,
    has_minimum: bool,
) -> list[Line]:
    """Lines that lift the total to the minimum, then lower it to the maximum.

    Args:
        totals: net and VAT of the lines.
        main_vat: the rate that counts where there is no other.
    """
    added: list[Line] = []
    net, tax = totals
    for kind, limit in (
        (LineKind.MIN_PRICE, terms.min_price if has_minimum else None),
        (LineKind.MAX_PRICE, terms.max_price),
    ):
        if limit is None:
            continue
        missing = _missing(kind, limit.net, net), _missing(kind, limit.gross, net + tax)
        if any(missing):
            found = _to_limit(kind, limit, missing, _by_rate([*lines, *added]), main_vat)
            added += found
            net += total([line.net for line in found])
            tax += total([line.tax for line in found])
    return added


def _to_limit(
    kind: LineKind,
    limit: PriceLimit,
    missing: tuple[Fraction, Fraction],
    groups: Groups,
    main_vat: Decimal | None,
) -> list[Line]:
    """Lines of what is missing of net and of gross."""
    if limit.net is None:
        return _in_proportion(kind, groups, missing[1], main_vat, with_tax=True)
    if limit.gross is None:
        return _in_proportion(kind, groups, missing[0], main_vat, with_tax=False)
    return _each_by_itself(kind, groups, (missing[0], missing[1] - missing[0]), main_vat)


def _by_rate(lines: Sequence[Line]) -> Groups:
    """VAT rate → net and VAT, in order of first appearance."""
    groups: Groups = {}
    for line in lines:
        net, tax = groups.get(line.vat, (_ZERO, _ZERO))
        groups[line.vat] = (net + line.net, tax + line.tax)
    return groups


def _missing(kind: LineKind, limit: Decimal | None, total: Fraction) -> Fraction:
    if limit is None:
        return _ZERO
    difference = Fraction(limit) - total
    wanted = difference > 0 if kind is LineKind.MIN_PRICE else difference < 0
    return difference if wanted else _ZERO


def _in_proportion(
    kind: LineKind,
    groups: Groups,
    missing: Fraction,
    main_vat: Decimal | None,
    *,
    with_tax: bool,
) -> list[Line]:
    """The missing net (`with_tax`: gross) as one line for each rate, VAT following its net."""
    whole = total([net + tax if with_tax else net for net, tax in groups.values()])
    if not whole:
        net = missing / (1 + rate(main_vat)) if with_tax else missing
        return [adjustment(kind, main_vat, net, net * rate(main_vat))]
    factor = missing / whole
    return [
        adjustment(kind, vat, net * factor, tax * factor)
        for vat, (net, tax) in groups.items()
        if net or tax
    ]


def _each_by_itself(
    kind: LineKind,
    groups: Groups,
    missing: tuple[Fraction, Fraction],
    main_vat: Decimal | None,
) -> list[Line]:
    """Both figures were given: net by the rates' nets, VAT by their VAT, which may not fit a rate."""
    nets = _spread({vat: net for vat, (net, _) in groups.items()}, missing[0], main_vat)
    taxes = _spread({vat: tax for vat, (_, tax) in groups.items()}, missing[1], main_vat)
    return [
        adjustment(kind, vat, nets.get(vat, _ZERO), taxes.get(vat, _ZERO))
        for vat in dict.fromkeys((*groups, main_vat))
        if nets.get(vat) or taxes.get(vat)
    ]


def _spread(
    shares: dict[Decimal | None, Fraction], missing: Fraction, main_vat: Decimal | None
) -> dict[Decimal | None, Fraction]:
    """An amount in proportion to the shares; of nothing, all at the main rate."""
    whole = total(shares.values())
    if not whole:
        return {main_vat: missing}
    return {vat: share * missing / whole for vat, share in shares.items()}
