"""The most that a dimension costs, by day or by session (docs/algorithms/pricing.md, "Caps")."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from tariffs.pricing.result import Line, LineKind
from tariffs.pricing.tax import adjustment, net_and_tax, total
from tariffs.pricing.terms import Cap, CapPeriod, Terms
from tariffs.pricing.walk import Bucket

_ZERO = Fraction(0)
# Amounts in the tariff's basis of VAT, by rate.
Rates = dict[Decimal | None, Fraction]


def cap_lines(buckets: Iterable[Bucket], terms: Terms) -> list[Line]:
    """What exceeds the caps, as lines that take it off."""
    lines = []
    for kind in (LineKind.TIME, LineKind.PARKING_TIME):
        caps = [cap for cap in terms.caps if cap.dimension == kind.value]
        counted = [
            bucket
            for bucket in buckets
            if bucket.ready.kind is kind and not bucket.ready.is_reservation
        ]
        if caps and counted:
            lines += _capped(counted, caps, terms)
    return lines


def _amount(bucket: Bucket) -> Fraction:
    quantity = bucket.quantity
    return Fraction(
        bucket.numerator * quantity.numerator, bucket.denominator * quantity.denominator
    )


def _capped(counted: list[Bucket], caps: list[Cap], terms: Terms) -> list[Line]:
    """Caps of days first, then those of the session, on what is left."""
    if total([_amount(bucket) for bucket in counted]) <= min(cap.amount for cap in caps):
        return []  # even the whole session is below the lowest
    lines = []
    days: dict[int, Rates] = {}
    for bucket in counted:
        rates = days.setdefault(bucket.day, {})
        vat = bucket.ready.component.vat
        rates[vat] = rates.get(vat, _ZERO) + _amount(bucket)
    for cap in sorted(caps, key=lambda each: each.per != CapPeriod.DAY):
        parts = list(days.values()) if cap.per == CapPeriod.DAY else [_joined_days(days)]
        excess = [_take_off(part, Fraction(cap.amount)) for part in parts]
        lines += _lines_of(excess, counted[0].ready.kind, terms)
        if cap.per == CapPeriod.SESSION:
            days = {0: parts[0]}
    return lines


def _joined_days(
    days: dict[int, Rates],
) -> Rates:
    joined: Rates = {}
    for rates in days.values():
        for vat, amount in rates.items():
            joined[vat] = joined.get(vat, _ZERO) + amount
    return joined


def _take_off(rates: Rates, limit: Fraction) -> Rates:
    """Lower the amounts by rate of VAT to the limit, in proportion; say what was taken off."""
    whole = total(rates.values())
    if whole <= limit:
        return {}
    taken = {vat: amount * (whole - limit) / whole for vat, amount in rates.items()}
    for vat, amount in taken.items():
        rates[vat] -= amount
    return taken


def _lines_of(excess: list[Rates], kind: LineKind, terms: Terms) -> list[Line]:
    lines = []
    for vat, amount in _joined_days(dict(enumerate(excess))).items():
        if amount:
            net, tax = net_and_tax(-amount, vat, included=terms.tax_included)
            lines.append(adjustment(LineKind.CAP, vat, net, tax, of=kind))
    return lines
