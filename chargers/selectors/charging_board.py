"""What limits the sessions of one station, from every side at once: for its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q

from chargers.domain.charging_profiles import ChargingProfile as Profile
from chargers.domain.charging_profiles import ProfileKind, ProfilePurpose, RateUnit
from chargers.domain.composite_schedules import (
    Placed,
    Session,
    Step,
    Supply,
    composite_schedule,
)
from chargers.models import (
    ChargingNeeds,
    ChargingProfile,
    ChargingStation,
    Evse,
    ExternalLimit,
    ProfileStatus,
    StationCommand,
    Transaction,
    TransactionState,
)
from chargers.selectors.charging import (
    charging_needs,
    charging_profiles,
    external_limits,
    latest_composites,
)

_SHOWN = 100
_SINGLE_PHASE_W = 7_400


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargingBoard:
    """Everything about the limits of one station.

    Attributes:
        profiles: what may hold and what was rejected.
        needs: of running sessions, and of vehicles that wait for one.
        composites: EVSE -> the station's last answer about it.
        sessions: EVSE -> what charges there.
    """

    time_zone: str
    profiles: list[ChargingProfile]
    limits: list[ExternalLimit]
    needs: list[ChargingNeeds]
    composites: dict[int, StationCommand]
    sessions: dict[int, Transaction]

    def expected(
        self, evse: int, *, begin: datetime, end: datetime, unit: RateUnit, supply: Supply
    ) -> tuple[Step, ...]:
        """What our limits and those from outside add up to at an EVSE, 0 for the whole station."""
        return composite_schedule(
            [*self._installed(), *self._outside()],
            evse=evse,
            begin=begin,
            end=end,
            unit=unit,
            supply=supply,
            session=self._session(evse),
        )

    def row_of(self, profile: Profile | None) -> ChargingProfile | None:
        """The row that a step of `expected` comes from; None for a limit from outside."""
        if profile is None:
            return None
        rows = (row for row in self.profiles if row.is_live and row.profile_id == profile.id)
        return next((row for row in rows if row.profile == profile), None)

    def limit_of(self, profile: Profile) -> ExternalLimit | None:
        """The limit from outside that a step of `expected` comes from."""
        return next((row for row in self.limits if _as_profile(row) == profile), None)

    def _session(self, evse: int) -> Session | None:
        running = self.sessions.get(evse)
        if running is None:
            return None
        prior = (row.has_priority for row in self.needs if row.transaction_id == running.pk)
        return Session(
            started_at=running.started_at,
            transaction_ref=running.station_ref,
            has_priority=any(prior),
        )

    def _installed(self) -> list[Placed]:
        return [
            Placed(evse=row.evse_number, profile=row.profile)
            for row in self.profiles
            if row.is_live
        ]

    def _outside(self) -> list[Placed]:
        placed = ((row.evse_number, _as_profile(row)) for row in self.limits)
        return [Placed(evse=evse, profile=profile) for evse, profile in placed if profile]


def _as_profile(row: ExternalLimit) -> Profile | None:
    """A limit from outside in the words of a profile; None when it was not told how much."""
    schedules = row.schedule_values()
    if not schedules:
        return None
    first = replace(schedules[0], start_at=schedules[0].start_at or row.reported_at)
    return Profile(purpose=ProfilePurpose.EXTERNAL, kind=ProfileKind.ABSOLUTE, schedules=(first,))


def charging_board(station: ChargingStation) -> ChargingBoard:
    """What the page of a station's limits shows; four queries, hardware prefetched."""
    rows = charging_profiles(station_id=station.pk).exclude(status=ProfileStatus.CLEARED)
    shown = rows.select_related("command", "set_by", "set_by_key")
    wanted = charging_needs(station.pk).filter(
        Q(transaction=None) | Q(transaction__state=TransactionState.ACTIVE)
    )
    return ChargingBoard(
        time_zone=station.location.time_zone,
        profiles=_in_order(list(shown[:_SHOWN])),
        limits=list(external_limits(station.pk)[:_SHOWN]),
        needs=list(wanted[:_SHOWN]),
        composites=latest_composites(station.pk),
        sessions={
            evse.number: evse.active_transaction
            for evse in station.evses.all()
            if evse.active_transaction is not None and evse.active_transaction.is_active
        },
    )


def _in_order(rows: Sequence[ChargingProfile]) -> list[ChargingProfile]:
    """By purpose as they cap each other, then by place; the strongest level first."""
    purposes = [str(purpose) for purpose in ProfilePurpose]
    return sorted(
        rows,
        key=lambda row: (
            purposes.index(row.purpose) if row.purpose in purposes else len(purposes),
            row.evse_number,
            -row.stack_level,
            -row.pk,
        ),
    )


def supply_of(evse: Evse | None) -> Supply:
    """How amps and watts compare at an EVSE; its power tells a single-phase plug. An amps limit of
    a DC charger is taken for its three-phase supply, for nobody knows a battery's voltage before
    it charges.
    """
    single = evse is not None and 0 < evse.max_power_w <= _SINGLE_PHASE_W
    return Supply(phases=1 if single else 3)
