"""Block K: smart charging (1.6: the SmartCharging profile)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Self

from chargers.domain.charging_profiles import ChargingProfile, ProfilePurpose, RateUnit
from chargers.domain.commands.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class SetChargingProfile(Command):
    """Install a profile at an EVSE, 0 for the whole station (K01)."""

    kind: ClassVar[str] = "set_charging_profile"

    evse: int
    profile: ChargingProfile

    def to_json(self) -> dict[str, Any]:
        return {"evse": self.evse, "profile": self.profile.to_json()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(evse=data["evse"], profile=ChargingProfile.from_json(data["profile"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearChargingProfile(Command):
    """Remove one profile by its id, or all that match what is given (K10)."""

    kind: ClassVar[str] = "clear_charging_profile"
    enums: ClassVar[dict[str, type[StrEnum]]] = {"purpose": ProfilePurpose}

    profile_id: int | None = None
    evse: int | None = None
    purpose: ProfilePurpose | None = None
    stack_level: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GetCompositeSchedule(Command):
    """Ask what will hold from now on, profiles and external limits together (K08)."""

    kind: ClassVar[str] = "get_composite_schedule"
    enums: ClassVar[dict[str, type[StrEnum]]] = {"unit": RateUnit}

    evse: int
    duration_seconds: int
    unit: RateUnit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GetChargingProfiles(Command):
    """Ask what is installed (K09); ReportChargingProfiles messages follow."""

    kind: ClassVar[str] = "get_charging_profiles"
    enums: ClassVar[dict[str, type[StrEnum]]] = {"purpose": ProfilePurpose}

    request_id: int
    evse: int | None = None
    purpose: ProfilePurpose | None = None
    stack_level: int | None = None
    profile_ids: tuple[int, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UsePriorityCharging(Command):
    """Let a session charge with priority, or no longer (2.1 K22)."""

    kind: ClassVar[str] = "use_priority_charging"

    transaction_ref: str
    activate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateDynamicSchedule(Command):
    """A new limit for a dynamic profile, in its own unit (2.1 K28)."""

    kind: ClassVar[str] = "update_dynamic_schedule"

    profile_id: int
    limit: float


COMMANDS: tuple[type[Command], ...] = (
    SetChargingProfile,
    ClearChargingProfile,
    GetCompositeSchedule,
    GetChargingProfiles,
    UsePriorityCharging,
    UpdateDynamicSchedule,
)
