"""The price of a charging: walk it, then steps, caps, VAT and limits, in this order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from tariffs.pricing.caps import cap_lines
from tariffs.pricing.charging import Charging
from tariffs.pricing.compiled import Compiled, compiled
from tariffs.pricing.limits import limit_lines
from tariffs.pricing.result import Exact, Flag, Line, LineKind, Price
from tariffs.pricing.tax import total
from tariffs.pricing.terms import Terms
from tariffs.pricing.walk import Bucket, SpotPrices, Walk, plain, session_facts

_NO_SPOT: Mapping[tuple[str, int, int], Decimal] = {}
_ZERO = Fraction(0)
_ORDER = {kind: place for place, kind in enumerate(LineKind)}


def price(terms: Terms, charging: Charging, tz: ZoneInfo, spot: SpotPrices | None = None) -> Price:
    """What a charging costs, exactly (docs/algorithms/pricing.md).

    Args:
        tz: of the site, for prices by wall clock and date.
        spot: net market prices per kWh by (area, minutes of a slot, its first epoch second).

    Raises:
        BadChargingError: the periods contradict each other.
    """
    ready = compiled(terms, tz)
    walk = Walk(
        ready,
        _NO_SPOT if spot is None else spot,
        session_mask=_session_mask(ready, charging),
        lapsed=charging.reservation_expired,
    )
    walk.run(charging)
    _add_steps(walk)
    buckets = [bucket for bucket in walk.buckets.values() if bucket.whole or bucket.part]
    lines = _lines(buckets, may_join=ready.caps_by_day or bool(ready.slot_s))
    if terms.caps:
        lines += cap_lines(buckets, terms)
    net, tax = total([line.net for line in lines]), total([line.tax for line in lines])
    if terms.min_price is not None or terms.max_price is not None:
        limits = limit_lines(
            lines, terms, (net, tax), main_vat=ready.main_vat, has_minimum=walk.has_begun
        )
        if limits:
            lines += limits
            net, tax = total([line.net for line in lines]), total([line.tax for line in lines])
    if walk.has_begun and not walk.anything:
        walk.flags.add(Flag.NOTHING_APPLIES)
    if any(bucket.is_fallback for bucket in buckets):
        walk.flags.add(Flag.SPOT_MISSING)
    return Price(
        currency=terms.currency,
        tax_included=terms.tax_included,
        lines=tuple(lines),
        net=net,
        tax=tax,
        flags=frozenset(walk.flags),
    )


def _session_mask(ready: Compiled, charging: Charging) -> int:
    """Elements whose bands of peak and average power fit the whole session."""
    if not (ready.peak.restricted or ready.average.restricted):
        return ready.every
    peak, average = session_facts(charging.periods)
    by_peak = ready.peak.unknown if peak is None else ready.peak.masks[ready.peak.step(peak)]
    by_average = (
        ready.average.unknown
        if average is None
        else ready.average.masks[ready.average.step(average)]
    )
    return by_peak & by_average


def _add_steps(walk: Walk) -> None:
    """What is sold in steps is rounded up once, at the end of what was sold last."""
    for last in (walk.last_energy, walk.last_time, walk.last_reserved):
        if last is None or last.ready.component.step_size <= 1:
            continue
        sold = sum(
            bucket.quantity
            for bucket in walk.buckets.values()
            if bucket.ready.kind is last.ready.kind
            and bucket.ready.is_reservation == last.ready.is_reservation
            and bucket.is_priced
        )
        last.added = -sold % last.ready.component.step_size
        last.add(last.added)


def _lines(buckets: Iterable[Bucket], *, may_join: bool) -> list[Line]:
    """One line for each component and unit price; days that caps tell apart are joined."""
    lines = [_line(bucket) for bucket in buckets]
    if may_join:
        merged: dict[tuple[object, ...], Line] = {}
        for line in lines:
            key = (line.kind, line.element, line.unit_price)
            known = merged.get(key)
            merged[key] = line if known is None else _joined(known, line)
        lines = list(merged.values())
    lines.sort(key=_place)
    return lines


def _place(line: Line) -> tuple[Exact, int]:
    return line.start, _ORDER[line.kind]


def _line(bucket: Bucket) -> Line:
    ready, quantity = bucket.ready, bucket.quantity
    amount = bucket.numerator * quantity.numerator
    over = bucket.denominator * quantity.denominator * ready.shares
    return Line(
        kind=ready.kind,
        element=ready.element,
        is_reservation=ready.is_reservation,
        quantity=quantity,
        added=bucket.added,
        unit_price=bucket.price,
        per=ready.per,
        vat=ready.component.vat,
        net=Fraction(amount * ready.net_share, over),
        tax=Fraction(amount * ready.tax_share, over) if ready.tax_share else _ZERO,
        start=bucket.start,
        end=bucket.end,
    )


def _joined(known: Line, more: Line) -> Line:
    return replace(
        known,
        quantity=plain(known.quantity + more.quantity),
        added=plain(known.added + more.added),
        net=known.net + more.net,
        tax=known.tax + more.tax,
        start=min(known.start, more.start),
        end=max(known.end, more.end),
    )
