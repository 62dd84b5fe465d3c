"""Fewer periods at the same price: what a tariff cannot tell apart is joined.

A running session is priced every few seconds; what is behind it need not be walked period by
period each time. The price under the terms is the same fraction before and after.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence

from tariffs.pricing.charging import Period, State
from tariffs.pricing.clock import has_clock
from tariffs.pricing.terms import Restrictions, Terms

# Zones differ from UTC by whole quarters of an hour, and slots of a market begin at them.
_QUARTER_S = 900


class Condenser:
    """What one tariff can tell apart."""

    def __init__(self, terms: Terms) -> None:
        rules = [element.restrictions for element in terms.elements]
        self._energy = _bounds(rules, lambda r: (r.min_energy_wh, r.max_energy_wh))
        self._duration = _bounds(rules, lambda r: (r.min_duration_s, r.max_duration_s))
        self._idle = _bounds(rules, lambda r: (r.min_idle_s, r.max_idle_s))
        self._current = _bounds(rules, lambda r: (r.min_current_ma, r.max_current_ma))
        self._power = _bounds(
            rules,
            lambda r: (r.min_power_w, r.max_power_w, r.min_peak_power_w, r.max_peak_power_w),
        )
        self._clock = _clock_seconds(terms, rules)

    def __call__(self, periods: Iterable[Period]) -> list[Period]:
        """The periods of a whole session, joined."""
        result: list[Period] = []
        energy = idle = 0
        zero: int | None = None
        joined: Period | None = None
        for period in periods:
            if zero is None and period.state is not State.RESERVED:
                zero = period.start
            seen = self._seen(period)
            if joined is not None and self._may_join(joined, seen, energy, idle, zero or 0):
                joined = joined._replace(end=seen.end, energy_wh=joined.energy_wh + seen.energy_wh)
                result[-1] = joined
                continue
            if joined is not None:
                energy += joined.energy_wh
                idle += joined.end - joined.start if joined.state is State.IDLE else 0
            joined = seen
            result.append(seen)
        return result

    def _seen(self, period: Period) -> Period:
        """The period as the tariff sees it: power and current by their bands, or not at all."""
        if period.state is State.RESERVED:
            return period
        return period._replace(
            power_w=_band(self._power, period.power_w),
            current_ma=_band(self._current, period.current_ma),
        )

    def _may_join(self, one: Period, other: Period, energy: int, idle: int, zero: int) -> bool:
        if one[3:] != other[3:] or one.end != other.start or one.state is State.RESERVED:
            return False
        together = one.energy_wh + other.energy_wh
        # A bound that is reached at the very end is reached later when more is joined.
        if _within(self._energy, energy, energy + together + 1):
            return False
        if _within(self._duration, one.start - zero, other.end - zero):
            return False
        lasts = other.end - one.start
        if one.state is State.IDLE and _within(self._idle, idle, idle + lasts):
            return False
        return not any(
            one.start - (one.start - second) % _QUARTER_S + _QUARTER_S < other.end
            for second in self._clock
        )


def _bounds(
    rules: Sequence[Restrictions], pick: Callable[[Restrictions], Iterable[int | None]]
) -> list[int]:
    return sorted({bound for rule in rules for bound in pick(rule) if bound is not None})


def _within(bounds: Sequence[int], low: int, high: int) -> bool:
    """Whether a bound lies between, neither end included."""
    index = bisect_right(bounds, low)
    return index < len(bounds) and bounds[index] < high


def _band(bounds: Sequence[int], value: int | None) -> int | None:
    """The least value that fits the same bands."""
    if value is None or not bounds:
        return None
    index = bisect_right(bounds, value)
    return bounds[index - 1] if index else bounds[0] - 1


def _clock_seconds(terms: Terms, rules: Sequence[Restrictions]) -> list[int]:
    """Seconds of a quarter of an hour at which wall clock, calendar or market may change a price."""
    return sorted(set(_seconds(terms, rules)))


def _seconds(terms: Terms, rules: Sequence[Restrictions]) -> Iterator[int]:
    for rule in rules:
        if has_clock(rule):
            yield 0
            for minute in (rule.start_minute, rule.end_minute):
                yield (minute or 0) * 60 % _QUARTER_S
    if any(component.spot for element in terms.elements for component in element.components):
        yield 0
