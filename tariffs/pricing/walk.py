"""The walk along a charging: which component prices how much of it.

The hot loop of the engine. A period in which nothing changes costs a few comparisons; one in which
something does is cut exactly where it does (docs/algorithms/pricing.md, "Order of evaluation").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from tariffs.pricing.charging import BadChargingError, Charging, Period, State
from tariffs.pricing.compiled import NEVER, Compiled, Ready, per
from tariffs.pricing.result import Exact, Flag
from tariffs.pricing.terms import Dimension

# Area, minutes of a slot, its first second → net price per kWh.
SpotPrices = Mapping[tuple[str, int, int], Decimal]

_SAME_DAY = 0


class Bucket:
    """What one component at one unit price has priced so far."""

    __slots__ = (
        "added",
        "component",
        "day",
        "denominator",
        "dimension",
        "element",
        "end",
        "is_fallback",
        "is_priced",
        "is_reservation",
        "numerator",
        "price",
        "quantity",
        "start",
    )

    def __init__(
        self, ready: Ready, *, element: int, is_reservation: bool, day: int, start: Exact
    ) -> None:
        self.component = ready.component
        self.dimension = ready.component.dimension
        self.element = element
        self.is_reservation = is_reservation
        self.day = day
        self.price = ready.component.price
        self.numerator = ready.numerator
        self.denominator = ready.denominator
        self.is_priced = ready.is_priced
        self.is_fallback = False
        self.quantity: Exact = 0
        self.added: Exact = 0
        self.start = start
        self.end = start

    def at_price(self, price: Decimal) -> None:
        """Another unit price than the component's own."""
        self.price = price
        self.numerator, denominator = price.as_integer_ratio()
        self.denominator = denominator * per(self.component)
        self.is_priced = price != 0


class Walk:
    """One charging under one tariff. `run`, then read the buckets and what was last."""

    def __init__(
        self, terms: Compiled, spot: SpotPrices, *, session_mask: int, lapsed: bool
    ) -> None:
        self.terms = terms
        self.spot = spot
        self.session_mask = session_mask
        self.reserved_mask = terms.when_lapsed if lapsed else terms.while_reserved
        self.buckets: dict[tuple[object, ...], Bucket] = {}
        self.flags: set[Flag] = set()
        self.last_energy: Bucket | None = None
        self.last_time: Bucket | None = None
        self.last_reserved: Bucket | None = None
        self.has_begun = False
        self.anything = False
        # Where we are: second, energy and idle time so far, the clock's zero.
        self.at: Exact = 0
        self.energy: Exact = 0
        self.idle: Exact = 0
        self.zero = 0
        # What holds, and up to which second and energy.
        self.state: State | None = None
        self.power: int | None = None
        self.current: int | None = None
        self.until: Exact = 0
        self.energy_until: Exact = 0
        self.day = _SAME_DAY
        self.clock_mask = terms.every
        self.clock_until = NEVER if terms.clock is None else 0
        self.energy_bucket: Bucket | None = None
        self.time_bucket: Bucket | None = None

    def run(self, charging: Charging) -> None:
        """Walk all periods.

        Raises:
            BadChargingError: periods out of order, overlapping, empty, or with negative energy.
        """
        for index, period in enumerate(charging.periods):
            start, end, energy, state, power, current = period
            if (
                start == self.at
                and state is self.state
                and power == self.power
                and current == self.current
                and start < end <= self.until
                and 0 <= energy < self.energy_until - self.energy
            ):
                self._add(energy, end - start, end)
            else:
                self._enter(index, period)
                self._cut(period)

    def _enter(self, index: int, period: Period) -> None:
        """Begin with a period that is not simply more of the one before."""
        _check(index, period, self.at if self.state is not None else period.start)
        is_reserved = period.state is State.RESERVED
        if is_reserved and self.has_begun:
            raise BadChargingError(
                f"periods[{index}].state", "reserved after the session has begun"
            )
        if self.state is None or (not is_reserved and not self.has_begun):
            self.zero = period.start
            self.energy = self.idle = 0
        elif period.start != self.at and not is_reserved:
            self.flags.add(Flag.GAP)
        self.has_begun = self.has_begun or not is_reserved
        self.at = period.start
        self.state, self.power, self.current = period.state, period.power_w, period.current_ma
        if not is_reserved:
            self._note_unknown()

    def _note_unknown(self) -> None:
        """Elements that hang on what this period does not tell are passed over, not silently."""
        if self.power is None and self.terms.power.restricted & self.terms.in_session:
            self.flags.add(Flag.POWER_UNKNOWN)
        if self.current is None and self.terms.current.restricted & self.terms.in_session:
            self.flags.add(Flag.CURRENT_UNKNOWN)

    def _cut(self, period: Period) -> None:
        """Walk a period from one change to the next."""
        start, end = period.start, period.end
        energy = 0 if period.state is State.RESERVED else period.energy_wh
        before = self.energy
        while True:
            self._choose()
            stop: Exact = min(end, self.until)
            reached = _reached(before, energy, stop - start, end - start)
            if energy and reached >= self.energy_until:
                # The instant at which the energy so far comes to the threshold: maybe a fraction.
                reached = self.energy_until
                stop = _plain(start + Fraction(reached - before) * (end - start) / energy)
            self._add(reached - self.energy, stop - self.at, stop)
            if stop == end:
                return

    def _add(self, energy: Exact, seconds: Exact, end: Exact) -> None:
        bucket = self.energy_bucket
        if energy:
            self.energy += energy
            if bucket is not None:
                bucket.quantity += energy
                bucket.end = end
                if bucket.is_priced:
                    self.last_energy = bucket
        bucket = self.time_bucket
        if bucket is not None:
            bucket.quantity += seconds
            bucket.end = end
            if bucket.is_priced:
                if bucket.is_reservation:
                    self.last_reserved = bucket
                else:
                    self.last_time = bucket
        if self.state is State.IDLE:
            self.idle += seconds
        self.at = end

    def _choose(self) -> None:
        """Find the components of this instant, and until when they stay the same."""
        terms = self.terms
        if self.at >= self.clock_until:
            self._look_at_clock()
        reserved = self.state is State.RESERVED
        duration = terms.duration.step(self.at - self.zero)
        step = terms.energy.step(self.energy)
        idle = terms.idle.step(self.idle)
        mask = (
            self.clock_mask
            & self.session_mask
            & (self.reserved_mask if reserved else terms.in_session)
            & terms.duration.masks[duration]
            & terms.energy.masks[step]
            & terms.idle.masks[idle]
            & _known(terms, self.power, self.current, reserved=reserved)
        )
        # While reserved no energy is taken, whatever a period says: all but 0 goes to `_cut`.
        self.energy_until = self.energy + 1 if reserved else terms.energy.next_cut(step)
        until: Exact = min(self.clock_until, self.zero + terms.duration.next_cut(duration))
        if self.state is State.IDLE:
            until = min(until, self.at + terms.idle.next_cut(idle) - self.idle)
        if terms.slot_s:
            until = min(until, (int(self.at) // terms.slot_s + 1) * terms.slot_s)
        self.until = until
        self._open_buckets(mask, reserved=reserved)

    def _look_at_clock(self) -> None:
        if self.terms.clock is None:
            return
        seen = self.terms.clock.at(int(self.at))
        self.clock_mask, self.clock_until = seen.mask, seen.until
        if self.terms.caps_by_day:
            self.day = seen.day

    def _open_buckets(self, mask: int, *, reserved: bool) -> None:
        flat = self._bucket(mask, Dimension.FLAT, reserved=reserved)
        if flat is not None:
            flat.quantity = 1
        self.energy_bucket = (
            None if reserved else self._bucket(mask, Dimension.ENERGY, reserved=False)
        )
        dimension = _TIME_OF.get(self.state) if self.state is not None else None
        self.time_bucket = (
            None if dimension is None else self._bucket(mask, dimension, reserved=reserved)
        )

    def _bucket(self, mask: int, dimension: Dimension, *, reserved: bool) -> Bucket | None:
        """The bucket of the first element that holds and has the dimension."""
        terms = self.terms
        found = mask & terms.dimension_mask[dimension]
        if not found:
            return None
        self.anything = self.anything or not reserved
        element = (found & -found).bit_length() - 1
        ready = terms.by_dimension[dimension][element]
        key: tuple[object, ...]
        price: Decimal | None = None
        is_fallback = False
        if dimension is Dimension.FLAT:
            key = (dimension, reserved)  # the first one is the only one
        elif ready.spot is not None:
            price, is_fallback = self._spot_price(ready)
            key = (dimension, element, price, is_fallback)
        else:
            key = (dimension, element, reserved, self.day)
        bucket = self.buckets.get(key)
        if bucket is None:
            day = self.day
            bucket = Bucket(ready, element=element, is_reservation=reserved, day=day, start=self.at)
            if price is not None:
                bucket.at_price(price)
                bucket.is_fallback = is_fallback
            self.buckets[key] = bucket
        return bucket

    def _spot_price(self, ready: Ready) -> tuple[Decimal, bool]:
        """Price per kWh at this instant, and whether the market's was missing."""
        spot = ready.spot
        assert spot is not None  # noqa: S101 -- asked only where there is one
        slot = int(self.at) // ready.slot_s * ready.slot_s
        market = self.spot.get((spot.area, spot.slot_minutes, slot))
        price = spot.fallback if market is None else spot.factor * market + ready.component.price
        return price if spot.floor is None else max(price, spot.floor), market is None


_TIME_OF = {
    State.CHARGING: Dimension.TIME,
    State.IDLE: Dimension.PARKING_TIME,
    State.RESERVED: Dimension.TIME,
}


def _known(terms: Compiled, power: int | None, current: int | None, *, reserved: bool) -> int:
    """Elements that hold at this power and current; unknown ones hold for none that asks."""
    by_power = (
        terms.power.unknown
        if power is None or reserved
        else terms.power.masks[terms.power.step(power)]
    )
    by_current = (
        terms.current.unknown
        if current is None or reserved
        else terms.current.masks[terms.current.step(current)]
    )
    return by_power & by_current


def _reached(before: Exact, energy: int, passed: Exact, length: int) -> Exact:
    """Energy so far, some way into a period."""
    return (
        before + energy if passed == length else _plain(before + Fraction(energy) * passed / length)
    )


def _plain(value: Fraction) -> Exact:
    return value.numerator if value.denominator == 1 else value


def _check(index: int, period: Period, earliest: Exact) -> None:
    if period.end <= period.start:
        raise BadChargingError(f"periods[{index}].end", "not after its start")
    if period.start < earliest:
        raise BadChargingError(f"periods[{index}].start", "before the end of the period before")
    if period.energy_wh < 0:
        raise BadChargingError(f"periods[{index}].energy_wh", "negative")


def session_facts(periods: Iterable[Period]) -> tuple[int | None, Fraction | None]:
    """Peak and average power of a session in W, None where not known."""
    charging = [period for period in periods if period.state is State.CHARGING]
    powers = [period.power_w for period in charging if period.power_w is not None]
    seconds = sum(period.end - period.start for period in charging)
    energy = sum(period.energy_wh for period in charging)
    return max(powers, default=None), Fraction(energy * 3600, seconds) if seconds > 0 else None
