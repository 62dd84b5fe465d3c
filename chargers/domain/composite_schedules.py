"""What a set of charging profiles adds up to over time (OCPP 1.6 §3.13.3 to §3.13.5, 2.0.1 K01, K08).

Within a purpose the profile with the highest stack level that says something at an instant holds;
of one level the EVSE's own before that of the whole station. A session's TxProfile replaces the
TxDefaultProfile, an activated PriorityCharging profile (2.1) both. Across purposes the least holds.
A schedule of a higher level that has not begun does not hide the one below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chargers.domain.charging_profiles import (
    ChargingProfile,
    Period,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
)

_CAPS = (ProfilePurpose.STATION_MAX, ProfilePurpose.EXTERNAL)
_OWN = (ProfilePurpose.TX, ProfilePurpose.TX_DEFAULT)
_MAX_EDGES = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A profile at its EVSE, 0 for the whole station."""

    evse: int
    profile: ChargingProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What turns amps per phase into watts."""

    volts: float = 230.0
    phases: int = 3

    def watts(self, amps: float, phases: int | None = None) -> float:
        return amps * self.volts * (phases or self.phases)

    def amps(self, watts: float, phases: int | None = None) -> float:
        return watts / (self.volts * (phases or self.phases))


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The session that charges at the EVSE."""

    started_at: datetime
    transaction_ref: str = ""
    has_priority: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """From `at` on `limit` holds (None: no bound), because of the profile `by`."""

    at: datetime
    limit: float | None
    by: ChargingProfile | None = None


def composite_schedule(
    placed: Sequence[Placed],
    *,
    evse: int,
    begin: datetime,
    end: datetime,
    unit: RateUnit = RateUnit.WATTS,
    supply: Supply = Supply(),
    session: Session | None = None,
) -> tuple[Step, ...]:
    """The limit of an EVSE (0: of the whole station) from `begin` until before `end`.

    Args:
        placed: profiles of the station, of all its EVSEs.
        unit: of the steps' limits; amps are per phase.
        supply: how amps and watts compare here.
        session: what charges at the EVSE; without one, session limits say nothing.

    Returns:
        Steps in order of time, the first at `begin`, each different from the one before.
    """
    view = _View(
        [item for item in placed if _applies(item, evse, session)],
        evse,
        unit,
        supply,
        session,
        begin,
    )
    steps: list[Step] = []
    for at in _edges(view, begin, end):
        limit, by = view.least(at)
        if not steps or (steps[-1].limit, steps[-1].by) != (limit, by):
            steps.append(Step(at, limit, by))
    return tuple(steps)


def _applies(item: Placed, evse: int, session: Session | None) -> bool:
    if item.evse not in (0, evse):
        return False
    if item.profile.purpose != ProfilePurpose.TX:
        return True
    wanted = item.profile.transaction_ref
    return session is not None and wanted in ("", session.transaction_ref)


def _edges(view: _View, begin: datetime, end: datetime) -> list[datetime]:
    """Instants at which something may change; a bound keeps a hostile report short."""
    found = {begin}
    for item in view.placed:
        for edge in _edges_of(item.profile, view, end):
            if begin < edge < end:
                found.add(edge)
            if len(found) > _MAX_EDGES:
                break
    return sorted(found)


def _edges_of(profile: ChargingProfile, view: _View, end: datetime) -> Iterable[datetime]:
    yield from (edge for edge in (profile.valid_from, profile.valid_to) if edge)
    schedule = profile.schedule
    base = view.base(profile, view.begin) or schedule.start_at
    while base is not None and base < end:
        yield base
        yield from (base + timedelta(seconds=period.start_seconds) for period in schedule.periods)
        if schedule.duration_seconds:
            yield base + timedelta(seconds=schedule.duration_seconds)
        if profile.recurrence is None:
            return
        base += timedelta(seconds=profile.recurrence.seconds)


@dataclass(frozen=True, slots=True)
class _View:
    """The profiles that matter to one EVSE."""

    placed: list[Placed]
    evse: int
    unit: RateUnit
    supply: Supply
    session: Session | None
    begin: datetime

    def least(self, at: datetime) -> tuple[float | None, ChargingProfile | None]:
        """The least limit across purposes, with the profile that sets it."""
        found = [self._strongest(purpose, at) for purpose in _CAPS]
        if self.evse:
            found.append(self._own(at))
        limits = [pair for pair in found if pair is not None]
        return min(limits, key=lambda pair: pair[0], default=(None, None))

    def _own(self, at: datetime) -> tuple[float, ChargingProfile] | None:
        order: tuple[ProfilePurpose, ...] = _OWN
        if self.session is not None and self.session.has_priority:
            order = (ProfilePurpose.PRIORITY, *_OWN)
        found = (self._strongest(purpose, at) for purpose in order)
        return next((pair for pair in found if pair is not None), None)

    def _strongest(
        self, purpose: ProfilePurpose, at: datetime
    ) -> tuple[float, ChargingProfile] | None:
        best: tuple[tuple[int, bool], float, ChargingProfile] | None = None
        for item in self.placed:
            if item.profile.purpose != purpose:
                continue
            limit = self._limit(item.profile, at)
            rank = (item.profile.stack_level, item.evse == self.evse)
            if limit is not None and (best is None or rank > best[0]):
                best = (rank, limit, item.profile)
        return best[1:] if best else None

    def _limit(self, profile: ChargingProfile, at: datetime) -> float | None:
        period = self._period(profile, at)
        if period is None or period.limit is None:
            return None
        if profile.schedule.unit == self.unit:
            return period.limit
        if self.unit == RateUnit.WATTS:
            return round(self.supply.watts(period.limit, period.phases), 1)
        return round(self.supply.amps(period.limit, period.phases), 1)

    def _period(self, profile: ChargingProfile, at: datetime) -> Period | None:
        """The period in force, None where the profile says nothing."""
        if profile.valid_from and at < profile.valid_from:
            return None
        if profile.valid_to and at >= profile.valid_to:
            return None
        base = self.base(profile, at)
        if base is None:
            return None
        elapsed = (at - base).total_seconds()
        duration = profile.schedule.duration_seconds
        if duration is not None and elapsed >= duration:
            return None
        begun = [item for item in profile.schedule.periods if item.start_seconds <= elapsed]
        return begun[-1] if begun else None

    def base(self, profile: ChargingProfile, at: datetime) -> datetime | None:
        """The instant from which the periods count at `at`; None before the first."""
        start = profile.schedule.start_at
        if profile.kind in (ProfileKind.RELATIVE, ProfileKind.DYNAMIC) or start is None:
            return self.session.started_at if self.session else self.begin
        if start > at:
            return None
        if profile.kind == ProfileKind.RECURRING and profile.recurrence:
            interval = timedelta(seconds=profile.recurrence.seconds)
            return start + (at - start) // interval * interval
        return start
