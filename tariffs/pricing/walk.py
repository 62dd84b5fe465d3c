"""The walk along a charging: which component prices how much of it.

The hot loop of the engine. A period in which nothing changes costs a few comparisons; one in which
something does is cut exactly where it does (docs/algorithms/pricing.md, "Order of evaluation").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from tariffs.pricing.charging import BadChargingError, Charging, Period, State
from tariffs.pricing.compiled import NEVER, Compiled, Ready
from tariffs.pricing.result import Exact, Flag
from tariffs.pricing.terms import Spot

# Area, minutes of a slot, its first second → net price per kWh.
SpotPrices = Mapping[tuple[str, int, int], Decimal]

_SAME_DAY = 0
_NOTHING_CHOSEN = -1
_IDLE, _RESERVED = State.IDLE, State.RESERVED


class Bucket:
    """What one component at one unit price has priced so far.

    Attributes:
        whole, part: the quantity in whole units, and what cuts within a second or a Wh left over.
        numerator, denominator: the unit price of one Wh, second or session.
    """

    __slots__ = (
        "added",
        "day",
        "denominator",
        "end",
        "is_fallback",
        "is_priced",
        "numerator",
        "part",
        "price",
        "ready",
        "start",
        "whole",
    )

    def __init__(self, ready: Ready, *, day: int, start: Exact) -> None:
        self.ready = ready
        self.day = day
        self.price = ready.component.price
        self.numerator = ready.numerator
        self.denominator = ready.denominator
        self.is_priced = ready.is_priced
        self.is_fallback = False
        self.whole = 0
        self.part: Exact = 0
        self.added: Exact = 0
        self.start = start
        self.end = start

    @property
    def quantity(self) -> Exact:
        return plain(self.whole + self.part) if self.part else self.whole

    def add(self, quantity: Exact) -> None:
        if isinstance(quantity, int):
            self.whole += quantity
        else:
            self.part += quantity

    def at_price(self, price: Decimal) -> None:
        """Another unit price than the component's own."""
        self.price = price
        self.numerator, denominator = price.as_integer_ratio()
        self.denominator = denominator * self.ready.per
        self.is_priced = price != 0


class Walk:
    """One charging under one tariff. `run`, then read the buckets and what was last.

    Between two changes only second and energy are counted; the buckets get them when it ends.
    """

    def __init__(
        self, terms: Compiled, spot: SpotPrices, *, session_mask: int, lapsed: bool
    ) -> None:
        self.terms = terms
        self.spot = spot
        self.session_mask = session_mask
        self.lapsed = lapsed
        self.buckets: dict[object, Bucket] = {}
        self.flags: set[Flag] = set()
        self.last_energy: Bucket | None = None
        self.last_time: Bucket | None = None
        self.last_reserved: Bucket | None = None
        self.has_begun = False
        self.anything = False
        # Where we are: second, energy and idle time so far, the clock's zero.
        self.at: Exact = -NEVER
        self.energy: Exact = 0
        self.energy_at: Exact = 0
        self.idle: Exact = 0
        self.zero = 0
        # How far the buckets have it.
        self.settled_at: Exact = -NEVER
        self.settled_energy: Exact = 0
        # Of the period: its state, and which elements hold by state, power and current.
        self.state: State | None = None
        self.power: int | None = None
        self.current: int | None = None
        self.period_mask = 0
        # What holds, up to which second and energy, and the buckets that it fills.
        self.until: Exact = 0
        self.energy_until: Exact = NEVER
        self.day = _SAME_DAY
        self.clock_mask = terms.every
        self.clock_until = NEVER if terms.clock is None else 0
        self.chosen = _NOTHING_CHOSEN
        self.energy_bucket: Bucket | None = None
        self.time_bucket: Bucket | None = None

    def run(self, charging: Charging) -> None:
        """Walk all periods.

        Raises:
            BadChargingError: periods out of order, overlapping, empty, or with negative energy.
        """
        by_power, by_current = self.terms.asks_power, self.terms.asks_current
        for index, period in enumerate(charging.periods):
            start, end, energy, state, power, current = period
            if (
                start != self.at
                or state is not self.state
                or (by_power and power != self.power)
                or (by_current and current != self.current)
            ):
                self._enter(index, period)
            if not start < end <= self.until or not 0 <= energy < self.energy_until - self.energy:
                self._cut(index, period)
                continue
            self.at = end
            if energy:
                self.energy += energy
                self.energy_at = end
        self._settle()

    def _enter(self, index: int, period: Period) -> None:
        """Begin with a period that is not simply more of the one before."""
        start, is_reserved = period.start, period.state is _RESERVED
        if start < self.at:
            raise BadChargingError(f"periods[{index}].start", "before the end of the period before")
        if is_reserved and self.has_begun:
            raise BadChargingError(
                f"periods[{index}].state", "reserved after the session has begun"
            )
        self._settle()
        if self.state is None or (not is_reserved and not self.has_begun):
            self.zero = start
            self.energy = self.settled_energy = self.idle = 0
        elif start != self.at and not is_reserved:
            self.flags.add(Flag.GAP)
        self.has_begun = self.has_begun or not is_reserved
        self.power, self.current = period.power_w, period.current_ma
        mask = self._reserved_mask() if is_reserved else self._known_mask()
        if start != self.at or period.state is not self.state or mask != self.period_mask:
            self.at = self.settled_at = self.until = start
            self.state, self.period_mask = period.state, mask
            self.chosen = _NOTHING_CHOSEN

    def _reserved_mask(self) -> int:
        """Elements of a reservation; its power and current are unknown."""
        terms = self.terms
        mask = terms.when_lapsed if self.lapsed else terms.while_reserved
        return mask & self.session_mask & terms.power.unknown & terms.current.unknown

    def _known_mask(self) -> int:
        """Elements that hold at this power and current; passing over unknown ones is not silent."""
        terms = self.terms
        mask = terms.in_session & self.session_mask
        if terms.asks_power:
            if self.power is None:
                self.flags.add(Flag.POWER_UNKNOWN)
            mask &= terms.power.mask(self.power)
        if terms.asks_current:
            if self.current is None:
                self.flags.add(Flag.CURRENT_UNKNOWN)
            mask &= terms.current.mask(self.current)
        return mask

    def _cut(self, index: int, period: Period) -> None:
        """Walk a period from one change to the next."""
        start, end, energy, state, _, _ = period
        length = end - start
        if length <= 0:
            raise BadChargingError(f"periods[{index}].end", "not after its start")
        if energy < 0:
            raise BadChargingError(f"periods[{index}].energy_wh", "negative")
        if state is _RESERVED:
            energy = 0
        before = self.energy
        while True:
            self._choose()
            stop: Exact = min(end, self.until)
            if energy:
                passed = stop - start
                reached = before + (energy if stop == end else ratio(energy * passed, length))
                if reached >= self.energy_until:
                    # The instant at which energy so far comes to the threshold: maybe a fraction.
                    reached = self.energy_until
                    stop = start + ratio((reached - before) * length, energy)
                self.energy, self.energy_at = reached, stop
            self.at = stop
            if stop == end:
                return

    def _settle(self) -> None:
        """Put what was counted since the last change into the buckets."""
        at = self.at
        if at == self.settled_at:
            return
        energy = self.energy - self.settled_energy
        if energy:
            self.settled_energy = self.energy
            bucket = self.energy_bucket
            if bucket is not None:
                bucket.add(energy)
                bucket.end = self.energy_at
                if bucket.is_priced:
                    self.last_energy = bucket
        seconds = at - self.settled_at
        self.settled_at = at
        bucket = self.time_bucket
        if bucket is not None:
            bucket.add(seconds)
            bucket.end = at
            if bucket.is_priced:
                if bucket.ready.is_reservation:
                    self.last_reserved = bucket
                else:
                    self.last_time = bucket
        if self.state is _IDLE:
            self.idle += seconds

    def _choose(self) -> None:
        """Find the components of this instant, and until when they stay the same."""
        self._settle()
        terms, at = self.terms, self.at
        if at >= self.clock_until:
            self._look_at_clock()
        mask = self.period_mask & self.clock_mask
        until: Exact = self.clock_until
        if terms.duration.cuts:
            step = terms.duration.step(at - self.zero)
            mask &= terms.duration.masks[step]
            until = min(until, self.zero + terms.duration.cut_after(step))
        if terms.idle.cuts:
            step = terms.idle.step(self.idle)
            mask &= terms.idle.masks[step]
            if self.state is _IDLE:
                until = min(until, plain(at + terms.idle.cut_after(step) - self.idle))
        if terms.energy.cuts:
            mask &= self._look_at_energy()
        if terms.slot_s:
            until = min(until, (int(at) // terms.slot_s + 1) * terms.slot_s)
        self.until = until
        if mask != self.chosen or terms.slot_s:
            self.chosen = mask
            self._open_buckets(mask)

    def _look_at_energy(self) -> int:
        ladder = self.terms.energy
        if self.state is _RESERVED:
            # No energy is taken, whatever a period says: all but 0 goes to `_cut`.
            self.energy_until = self.energy + 1
            return ladder.masks[ladder.step(0)]
        step = ladder.step(self.energy)
        self.energy_until = ladder.cut_after(step)
        return ladder.masks[step]

    def _look_at_clock(self) -> None:
        if self.terms.clock is None:
            return
        seen = self.terms.clock.at(int(self.at))
        self.clock_mask, self.clock_until = seen.mask, seen.until
        if self.terms.caps_by_day and seen.day != self.day:
            self.day = seen.day
            self.chosen = _NOTHING_CHOSEN

    def _open_buckets(self, mask: int) -> None:
        """Buckets of the first element for each dimension that the state has."""
        found = self.terms.found(mask)
        reserved = self.state is _RESERVED
        if found.flat is not None and reserved not in self.buckets:
            # Once for the session and once for the reservation.
            self.anything = self.anything or not reserved
            bucket = self.buckets[reserved] = Bucket(found.flat, day=self.day, start=self.at)
            bucket.whole = 1
        self.energy_bucket = None if reserved else self._bucket(found.energy)
        if self.state is _IDLE:
            self.time_bucket = self._bucket(found.parking)
        else:
            self.time_bucket = None if self.state is State.PAUSED else self._bucket(found.time)

    def _bucket(self, ready: Ready | None) -> Bucket | None:
        if ready is None:
            return None
        self.anything = self.anything or not ready.is_reservation
        if ready.spot is not None:
            return self._spot_bucket(ready, ready.spot)
        key = (ready.place, self.day)
        bucket = self.buckets.get(key)
        if bucket is None:
            bucket = self.buckets[key] = Bucket(ready, day=self.day, start=self.at)
        return bucket

    def _spot_bucket(self, ready: Ready, spot: Spot) -> Bucket:
        """A bucket for each price; one apart for what stands in for a missing price."""
        slot = int(self.at) // ready.slot_s * ready.slot_s
        market = self.spot.get((spot.area, spot.slot_minutes, slot))
        price = spot.fallback if market is None else spot.factor * market + ready.component.price
        if spot.floor is not None and price < spot.floor:
            price = spot.floor
        key = (ready.place, price, market is None)
        bucket = self.buckets.get(key)
        if bucket is None:
            bucket = self.buckets[key] = Bucket(ready, day=self.day, start=self.at)
            bucket.at_price(price)
            bucket.is_fallback = market is None
        return bucket


def ratio(numerator: Exact, denominator: int) -> Exact:
    """A quotient, whole where it can be."""
    whole, rest = divmod(numerator, denominator)
    return Fraction(numerator, denominator) if rest else whole


def plain(value: Exact) -> Exact:
    """A whole number as such."""
    if isinstance(value, int) or value.denominator != 1:
        return value
    return value.numerator


def session_facts(periods: Iterable[Period]) -> tuple[int | None, Fraction | None]:
    """Peak and average power of a session in W, None where not known."""
    charging = [period for period in periods if period.state is State.CHARGING]
    powers = [period.power_w for period in charging if period.power_w is not None]
    seconds = sum(period.end - period.start for period in charging)
    energy = sum(period.energy_wh for period in charging)
    return max(powers, default=None), Fraction(energy * 3600, seconds) if seconds > 0 else None
