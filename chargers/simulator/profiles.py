"""Charging profiles inside a station: which limit holds when. Pure.

Purposes and stacking as in OCPP 1.6 §5.16 and 2.0.1 part 2, block K: the highest stack level that
is in force wins within a purpose, a transaction's own profile replaces the default one, and the
station-wide maximum and limits from outside cap what comes out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce

from chargers.simulator.settings import Settings
from chargers.simulator.vehicle import MAINS_V, Limit


class Purpose(StrEnum):
    """What a profile is for."""

    STATION_MAX = "station_max"
    TX_DEFAULT = "tx_default"
    TX = "tx"
    EXTERNAL = "external"


class Kind(StrEnum):
    """What the start of a schedule refers to."""

    ABSOLUTE = "Absolute"
    RECURRING = "Recurring"
    RELATIVE = "Relative"


@dataclass(frozen=True, slots=True)
class Period:
    """From `start_s` seconds into the schedule on, `limit` holds."""

    start_s: int
    limit: float
    phases: int | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """One charging profile; `unit` is "A" (per phase) or "W", `recurs_s` seconds when recurring.

    `source` is who set it: CSO for the CSMS, else a system beside it.
    """

    id: int
    stack_level: int
    purpose: Purpose
    kind: Kind
    unit: str
    periods: tuple[Period, ...]
    start: datetime | None = None
    duration_s: int | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    recurs_s: int | None = None
    tx_reference: str | None = None
    min_rate: float = 0.0
    source: str = "CSO"

    def base(self, now: datetime, tx_started_at: datetime | None) -> datetime | None:
        """Return the instant from which the periods count at `now`, None before the first."""
        if self.kind is Kind.RELATIVE or self.start is None:
            return tx_started_at or now
        if self.start > now:
            return None
        if self.kind is Kind.RECURRING and self.recurs_s:
            rounds = (now - self.start) // timedelta(seconds=self.recurs_s)
            return self.start + rounds * timedelta(seconds=self.recurs_s)
        return self.start

    def is_valid(self, now: datetime) -> bool:
        """Tell whether `now` lies within the validity, whose end is exclusive."""
        begun = self.valid_from is None or now >= self.valid_from
        return begun and (self.valid_to is None or now < self.valid_to)

    def limit_at(self, now: datetime, tx_started_at: datetime | None) -> Limit | None:
        """Return the limit in force at `now`, None where the profile says nothing."""
        if not self.is_valid(now):
            return None
        base = self.base(now, tx_started_at)
        if base is None:
            return None
        elapsed = (now - base).total_seconds()
        if self.duration_s is not None and elapsed >= self.duration_s:
            return None
        current = [period for period in self.periods if period.start_s <= elapsed]
        if not current:
            return None
        value, phases = current[-1].limit, current[-1].phases
        if self.unit == "A":
            return Limit(amps=value, phases=phases, least_a=self.min_rate)
        return Limit(watts=value, phases=phases, least_w=self.min_rate)

    def boundaries(
        self, now: datetime, end: datetime, tx_started_at: datetime | None
    ) -> set[datetime]:
        """Return the instants in [now, end) at which its limit may change."""
        found = {edge for edge in (self.valid_from, self.valid_to) if edge}
        base = self.base(now, tx_started_at) or self.start
        while base is not None and base < end:
            found |= {base + timedelta(seconds=period.start_s) for period in self.periods}
            if self.duration_s is not None:
                found.add(base + timedelta(seconds=self.duration_s))
            if self.kind is not Kind.RECURRING or not self.recurs_s:
                break
            base += timedelta(seconds=self.recurs_s)
        return {edge for edge in found if now <= edge < end}


@dataclass(frozen=True, slots=True)
class Able:
    """What a station can take; what it tells of itself must agree."""

    max_stack_level: int = 8
    max_periods: int = 24
    max_profiles: int = 10
    units: tuple[str, ...] = ("A", "W")

    def takes(self, profile: Profile) -> bool:
        """Tell whether a profile is one that this station can follow at all."""
        return (
            0 <= profile.stack_level <= self.max_stack_level
            and 1 <= len(profile.periods) <= self.max_periods
            and profile.periods[0].start_s == 0
            and profile.unit in self.units
            and all(period.limit >= 0 for period in profile.periods)
            and (profile.kind is Kind.RELATIVE or profile.start is not None)
            and (profile.kind is not Kind.RECURRING or profile.recurs_s is not None)
        )


@dataclass(slots=True)
class ProfileBook:
    """All profiles of a station, each under its EVSE (0: all of them)."""

    entries: list[tuple[int, Profile]] = field(default_factory=list)
    able: Able = field(default_factory=Able)

    def has_room(self, evse: int, profile: Profile) -> bool:
        """Tell whether one more fits, or would take another's place."""
        kept = [entry for entry in self.entries if not _gives_way(*entry, evse, profile)]
        return len(kept) < self.able.max_profiles

    def install(self, evse: int, profile: Profile) -> None:
        """Add a profile; the same id, or the same purpose and stack level at the EVSE, gives way."""
        self.entries = [entry for entry in self.entries if not _gives_way(*entry, evse, profile)]
        self.entries.append((evse, profile))

    def clear(
        self,
        *,
        profile_id: int | None = None,
        evse: int | None = None,
        purpose: Purpose | None = None,
        stack_level: int | None = None,
    ) -> int:
        """Remove what matches every given criterion; returns how many went."""
        kept = [
            (place, profile)
            for place, profile in self.entries
            if profile.purpose is Purpose.EXTERNAL
            or (profile_id is not None and profile.id != profile_id)
            or (evse is not None and place != evse)
            or (purpose is not None and profile.purpose is not purpose)
            or (stack_level is not None and profile.stack_level != stack_level)
        ]
        removed = len(self.entries) - len(kept)
        self.entries = kept
        return removed

    def clear_external(self, source: str, evse: int) -> int:
        """Remove what a system beside the CSMS had set at an EVSE; returns how many went."""
        before = len(self.entries)
        self.entries = [
            (place, profile)
            for place, profile in self.entries
            if (place, profile.purpose, profile.source) != (evse, Purpose.EXTERNAL, source)
        ]
        return before - len(self.entries)

    def lose(self, settings: Settings, *, restarted: bool) -> None:
        """Forget what this make does not keep: over a restart all that the CSMS set, over a lost
        connection the limits of transactions.
        """
        if restarted and not settings.keeps_profiles_over_restart:
            self.clear()
        elif not settings.keeps_profiles_over_reconnect:
            self.clear(purpose=Purpose.TX)

    def next_edge(
        self, after: datetime, end: datetime, started: Mapping[int, datetime | None]
    ) -> datetime | None:
        """Return when a limit may change next, before `end`."""
        edges: set[datetime] = set()
        for place, profile in self.entries:
            begins = started.values() if place == 0 else [started.get(place)]
            for begun in begins:
                edges |= profile.boundaries(after, end, begun)
        return min((edge for edge in edges if edge > after), default=None)

    def end_tx(self, evse: int) -> None:
        """Forget the profiles of the transaction that ended at an EVSE."""
        self.clear(evse=evse, purpose=Purpose.TX)

    def limit(self, evse: int, now: datetime, tx_started_at: datetime | None) -> Limit:
        """Return the bound for an EVSE from its own and the default profiles."""
        own = self._strongest(Purpose.TX, evse, now, tx_started_at) if tx_started_at else None
        own = own or self._strongest(Purpose.TX_DEFAULT, evse, now, tx_started_at) or Limit()
        return own.tightened(self._outside(evse, now))

    def station_limit(self, now: datetime) -> Limit:
        """Return the bound for the whole station."""
        bound = self._strongest(Purpose.STATION_MAX, 0, now, None) or Limit()
        return bound.tightened(self._outside(0, now))

    def _outside(self, evse: int, now: datetime) -> Limit:
        """Return what systems beside the CSMS allow at a place."""
        limits = (
            profile.limit_at(now, None)
            for place, profile in self.entries
            if place == evse and profile.purpose is Purpose.EXTERNAL
        )
        return reduce(Limit.tightened, (limit for limit in limits if limit), Limit())

    def composite(
        self, evse: int, now: datetime, seconds: int, unit: str, tx_started_at: datetime | None
    ) -> tuple[Period, ...]:
        """Return the combined schedule from `now` on in `unit`; -1 stands for no limit."""
        end = now + timedelta(seconds=seconds)
        edges = {now}
        for _, profile in self.entries:
            edges |= profile.boundaries(now, end, tx_started_at)
        periods: list[Period] = []
        for edge in sorted(edges):
            bound = self.station_limit(edge)
            if evse:
                bound = bound.tightened(self.limit(evse, edge, tx_started_at))
            value = in_unit(bound, unit)
            if not periods or periods[-1].limit != value:
                periods.append(Period(int((edge - now).total_seconds()), value))
        return tuple(periods)

    def _strongest(
        self, purpose: Purpose, evse: int, now: datetime, tx_started_at: datetime | None
    ) -> Limit | None:
        best: tuple[tuple[int, bool], Limit] | None = None
        for place, profile in self.entries:
            if profile.purpose is not purpose or place not in {0, evse}:
                continue
            limit = profile.limit_at(now, tx_started_at)
            rank = (profile.stack_level, place == evse)
            if limit is not None and (best is None or rank > best[0]):
                best = (rank, limit)
        return best[1] if best else None


def _gives_way(place: int, other: Profile, evse: int, profile: Profile) -> bool:
    """Tell whether an entry is replaced by a new one."""
    if other.purpose is Purpose.EXTERNAL or profile.purpose is Purpose.EXTERNAL:
        return (place, other.purpose, other.source) == (evse, profile.purpose, profile.source)
    same_slot = (place, other.purpose, other.stack_level) == (
        evse,
        profile.purpose,
        profile.stack_level,
    )
    return other.id == profile.id or same_slot


def in_unit(limit: Limit, unit: str, phases: int = 3) -> float:
    """Express a bound in "A" per phase or "W"; -1 without any."""
    per_amp = MAINS_V * phases
    if unit == "A":
        candidates = [limit.amps, None if limit.watts is None else limit.watts / per_amp]
    else:
        candidates = [limit.watts, None if limit.amps is None else limit.amps * per_amp]
    known = [value for value in candidates if value is not None]
    return round(min(known), 1) if known else -1.0
