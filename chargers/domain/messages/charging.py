"""Block K: smart charging, as stations tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chargers.domain.charging_needs import ChargingNeeds
from chargers.domain.charging_profiles import ChargingProfile, Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyEVChargingNeeds:
    """A vehicle's wishes at an EVSE (K15)."""

    evse: int
    needs: ChargingNeeds
    device_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyEVChargingSchedule:
    """How the vehicle means to charge (K16, K17); `time_base` is where the periods count from.

    `schedule` is None when none of it could be read; `selected_id` names which of the schedules on
    offer the vehicle chose (2.1).
    """

    evse: int
    time_base: datetime | None
    schedule: Schedule | None
    selected_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyChargingLimit:
    """A limit from outside (K12, K13), set by `source`; evse 0 is the whole station."""

    evse: int
    source: str
    schedules: tuple[Schedule, ...] = ()
    is_grid_critical: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearedChargingLimit:
    """The limit from outside is gone (K14); evse 0: wherever it held."""

    evse: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportChargingProfiles:
    """A page of what is installed (K09), in answer to `request_id`."""

    request_id: int
    evse: int
    source: str
    profiles: tuple[ChargingProfile, ...]
    is_last: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyPriorityCharging:
    """A driver asked for priority at the station, or gave it up (2.1 K21)."""

    transaction_ref: str
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PullDynamicScheduleUpdate:
    """The station asks for the present limit of a dynamic profile (2.1 K28)."""

    profile_id: int
