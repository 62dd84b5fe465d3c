"""The price of a charging: walk it, then steps, caps, VAT and limits, in this order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from tariffs.pricing.charging import Charging
from tariffs.pricing.compiled import Compiled, compiled, per
from tariffs.pricing.limits import limit_lines
from tariffs.pricing.result import Flag, Line, LineKind, Price
from tariffs.pricing.tax import adjustment, net_and_tax
from tariffs.pricing.terms import Cap, CapPeriod, Dimension, Terms
from tariffs.pricing.walk import Bucket, SpotPrices, Walk, session_facts

_NO_SPOT: Mapping[tuple[str, int, int], Decimal] = {}
_ZERO = Fraction(0)
_ORDER = {each: place for place, each in enumerate(("FLAT", "ENERGY", "TIME", "PARKING_TIME"))}


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
    buckets = [bucket for bucket in walk.buckets.values() if bucket.quantity]
    lines = [*_lines(buckets, terms), *_cap_lines(buckets, terms)]
    lines += limit_lines(lines, terms, main_vat=ready.main_vat, has_minimum=walk.has_begun)
    if walk.has_begun and not walk.anything:
        walk.flags.add(Flag.NOTHING_APPLIES)
    if any(bucket.is_fallback for bucket in buckets):
        walk.flags.add(Flag.SPOT_MISSING)
    return Price(
        currency=terms.currency,
        tax_included=terms.tax_included,
        lines=tuple(lines),
        net=sum((line.net for line in lines), _ZERO),
        tax=sum((line.tax for line in lines), _ZERO),
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
    buckets = walk.buckets.values()
    for last in (walk.last_energy, walk.last_time, walk.last_reserved):
        if last is None or last.component.step_size <= 1:
            continue
        sold = sum(
            bucket.quantity
            for bucket in buckets
            if bucket.dimension is last.dimension
            and bucket.is_reservation == last.is_reservation
            and bucket.is_priced
        )
        last.added = -sold % last.component.step_size
        last.quantity += last.added


def _amount(bucket: Bucket) -> Fraction:
    """In the tariff's basis of VAT."""
    if isinstance(bucket.quantity, int):
        return Fraction(bucket.numerator * bucket.quantity, bucket.denominator)
    return bucket.quantity * bucket.numerator / bucket.denominator


def _lines(buckets: Iterable[Bucket], terms: Terms) -> list[Line]:
    """One line for each component and unit price; days that caps tell apart are joined."""
    merged: dict[tuple[object, ...], Line] = {}
    for bucket in buckets:
        key = (bucket.dimension, bucket.element, bucket.is_reservation, bucket.price)
        line = _line(bucket, terms)
        known = merged.get(key)
        merged[key] = line if known is None else _joined(known, line)
    return sorted(merged.values(), key=lambda line: (line.start, _ORDER[line.kind]))


def _line(bucket: Bucket, terms: Terms) -> Line:
    net, tax = net_and_tax(_amount(bucket), bucket.component.vat, included=terms.tax_included)
    return Line(
        kind=LineKind(bucket.dimension.value),
        element=bucket.element,
        is_reservation=bucket.is_reservation,
        quantity=bucket.quantity,
        added=bucket.added,
        unit_price=bucket.price,
        per=per(bucket.component),
        vat=bucket.component.vat,
        net=net,
        tax=tax,
        start=bucket.start,
        end=bucket.end,
    )


def _joined(known: Line, more: Line) -> Line:
    return replace(
        known,
        quantity=known.quantity + more.quantity,
        added=known.added + more.added,
        net=known.net + more.net,
        tax=known.tax + more.tax,
        start=min(known.start, more.start),
        end=max(known.end, more.end),
    )


def _cap_lines(buckets: list[Bucket], terms: Terms) -> list[Line]:
    lines = []
    for dimension in (Dimension.TIME, Dimension.PARKING_TIME) if terms.caps else ():
        counted = [
            bucket
            for bucket in buckets
            if bucket.dimension is dimension and not bucket.is_reservation
        ]
        if counted:
            lines += _capped(
                counted, [cap for cap in terms.caps if cap.dimension is dimension], terms
            )
    return lines


def _capped(counted: list[Bucket], caps: list[Cap], terms: Terms) -> list[Line]:
    """Caps of days first, then those of the session, on what is left."""
    lines = []
    days: dict[int, dict[Decimal | None, Fraction]] = {}
    for bucket in counted:
        rates = days.setdefault(bucket.day, {})
        vat = bucket.component.vat
        rates[vat] = rates.get(vat, _ZERO) + _amount(bucket)
    for cap in sorted(caps, key=lambda each: each.per != CapPeriod.DAY):
        parts = list(days.values()) if cap.per == CapPeriod.DAY else [_joined_days(days)]
        excess = [_take_off(part, Fraction(cap.amount)) for part in parts]
        lines += _cap_lines_of(excess, counted[0].dimension, terms)
        if cap.per == CapPeriod.SESSION:
            days = {0: parts[0]}
    return lines


def _joined_days(
    days: dict[int, dict[Decimal | None, Fraction]],
) -> dict[Decimal | None, Fraction]:
    joined: dict[Decimal | None, Fraction] = {}
    for rates in days.values():
        for vat, amount in rates.items():
            joined[vat] = joined.get(vat, _ZERO) + amount
    return joined


def _take_off(
    rates: dict[Decimal | None, Fraction], limit: Fraction
) -> dict[Decimal | None, Fraction]:
    """Lower the amounts by rate of VAT to the limit, in proportion; say what was taken off."""
    total = sum(rates.values(), _ZERO)
    if total <= limit:
        return {}
    taken = {vat: amount * (total - limit) / total for vat, amount in rates.items()}
    for vat, amount in taken.items():
        rates[vat] -= amount
    return taken


def _cap_lines_of(
    excess: list[dict[Decimal | None, Fraction]], dimension: Dimension, terms: Terms
) -> list[Line]:
    lines = []
    for vat, amount in _joined_days(dict(enumerate(excess))).items():
        if amount:
            net, tax = net_and_tax(-amount, vat, included=terms.tax_included)
            lines.append(adjustment(LineKind.CAP, vat, net, tax, of=LineKind(dimension.value)))
    return lines
