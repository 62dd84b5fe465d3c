"""Charging profiles in neutral words (OCPP 2.x; 1.6 says ChargePointMaxProfile): values, their JSON form,
and what is wrong with one before it is sent. What a set of them adds up to: `composite_schedules`.

Amps are per phase, watts are the sum of all phases. `limit` None means that a period sets no bound
(2.1 knows periods with a set point only).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any, Self


class ProfilePurpose(StrEnum):
    """ChargingProfilePurposeEnumType; the last two are of 2.1."""

    STATION_MAX = "ChargingStationMaxProfile"
    TX_DEFAULT = "TxDefaultProfile"
    TX = "TxProfile"
    EXTERNAL = "ChargingStationExternalConstraints"
    PRIORITY = "PriorityCharging"
    LOCAL_GENERATION = "LocalGeneration"


class ProfileKind(StrEnum):
    """What the start of a schedule refers to; Dynamic (2.1) is one limit that is updated."""

    ABSOLUTE = "Absolute"
    RECURRING = "Recurring"
    RELATIVE = "Relative"
    DYNAMIC = "Dynamic"


class Recurrence(StrEnum):
    DAILY = "Daily"
    WEEKLY = "Weekly"

    @property
    def seconds(self) -> int:
        return 86_400 if self is Recurrence.DAILY else 604_800


class RateUnit(StrEnum):
    AMPS = "A"
    WATTS = "W"


class LimitSource(StrEnum):
    """ChargingLimitSourceEnumType: who set a limit; 2.1 lets stations invent more words."""

    EMS = "EMS"
    OTHER = "Other"
    SYSTEM_OPERATOR = "SO"
    CSO = "CSO"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From `start_seconds` into the schedule on, `limit` holds.

    `discharge_limit` is how much a vehicle may feed back (2.1), 0 or negative as it is told.
    """

    start_seconds: int
    limit: float | None
    phases: int | None = None
    phase_to_use: int | None = None
    discharge_limit: float | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            start_seconds=data["start_seconds"],
            limit=data["limit"],
            phases=data.get("phases"),
            phase_to_use=data.get("phase_to_use"),
            discharge_limit=data.get("discharge_limit"),
        )

    def to_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "start_seconds": self.start_seconds,
            "limit": self.limit,
            "phases": self.phases,
            "phase_to_use": self.phase_to_use,
        }
        if self.discharge_limit is not None:
            told["discharge_limit"] = self.discharge_limit
        return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Periods in one unit. `start_at` is None for one that counts from the session's start."""

    unit: RateUnit
    periods: tuple[Period, ...]
    id: int = 1
    start_at: datetime | None = None
    duration_seconds: int | None = None
    min_rate: float | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            unit=RateUnit(data["unit"]),
            periods=tuple(Period.from_json(period) for period in data["periods"]),
            id=data.get("id", 1),
            start_at=_instant(data.get("start_at")),
            duration_seconds=data.get("duration_seconds"),
            min_rate=data.get("min_rate"),
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "unit": str(self.unit),
            "start_at": _text(self.start_at),
            "duration_seconds": self.duration_seconds,
            "min_rate": self.min_rate,
            "periods": [period.to_json() for period in self.periods],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargingProfile:
    """ChargingProfileType. One schedule, but for ISO 15118 with up to three to choose from.

    Attributes:
        id: 0 for one that has none yet.
        transaction_ref: the station's reference of the session that a TxProfile is for.
        update_interval_seconds: how often a station asks for a new limit (Dynamic, 2.1).
    """

    purpose: ProfilePurpose
    kind: ProfileKind
    schedules: tuple[Schedule, ...]
    id: int = 0
    stack_level: int = 0
    recurrence: Recurrence | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    transaction_ref: str = ""
    update_interval_seconds: int | None = None

    @property
    def schedule(self) -> Schedule:
        """The first schedule, which is the one that holds without ISO 15118."""
        return self.schedules[0]

    @property
    def ends_at(self) -> datetime | None:
        """From when on it says nothing any more; None for never, or when a session decides."""
        schedule = self.schedule
        ends = [self.valid_to] if self.valid_to else []
        if self.kind == ProfileKind.ABSOLUTE and schedule.start_at and schedule.duration_seconds:
            ends.append(schedule.start_at + timedelta(seconds=schedule.duration_seconds))
        return min(ends, default=None)

    def is_over(self, now: datetime) -> bool:
        return self.ends_at is not None and self.ends_at <= now

    def with_limit(self, limit: float) -> Self:
        """The same profile with another limit in its first period (2.1 K28)."""
        first, *others = self.schedule.periods
        periods = (replace(first, limit=limit), *others)
        return replace(self, schedules=(replace(self.schedule, periods=periods),))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        recurrence = data.get("recurrence")
        return cls(
            purpose=ProfilePurpose(data["purpose"]),
            kind=ProfileKind(data["kind"]),
            schedules=tuple(Schedule.from_json(schedule) for schedule in data["schedules"]),
            id=data.get("id", 0),
            stack_level=data.get("stack_level", 0),
            recurrence=Recurrence(recurrence) if recurrence else None,
            valid_from=_instant(data.get("valid_from")),
            valid_to=_instant(data.get("valid_to")),
            transaction_ref=data.get("transaction_ref", ""),
            update_interval_seconds=data.get("update_interval_seconds"),
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "purpose": str(self.purpose),
            "kind": str(self.kind),
            "stack_level": self.stack_level,
            "recurrence": str(self.recurrence) if self.recurrence else None,
            "valid_from": _text(self.valid_from),
            "valid_to": _text(self.valid_to),
            "transaction_ref": self.transaction_ref,
            "update_interval_seconds": self.update_interval_seconds,
            "schedules": [schedule.to_json() for schedule in self.schedules],
        }


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a station said of its smart charging; None where it said nothing.

    Attributes:
        reserved_ids: profile ids up to this one belong to external systems
            (MaxExternalConstraintsId).
    """

    units: frozenset[RateUnit] = frozenset(RateUnit)
    max_stack_level: int | None = None
    max_periods: int | None = None
    reserved_ids: int = 0


_MAX_INT = 2**31 - 1
_OURS = (ProfilePurpose.STATION_MAX, ProfilePurpose.TX_DEFAULT, ProfilePurpose.TX)
_OURS_21 = (ProfilePurpose.PRIORITY, ProfilePurpose.LOCAL_GENERATION)


def faults(
    profile: ChargingProfile,
    *,
    evse: int,
    able: Capabilities = Capabilities(),
    starts: bool = False,
) -> dict[str, str]:
    """What is wrong with a profile that we want to send, by field; empty when nothing is.

    OCPP 2.0.1 K01 (FR.03 to FR.53), 1.6 §3.13 and §7.8 in what both ask for.

    Args:
        evse: where it goes, 0 for the whole station.
        able: what the station can take.
        starts: it goes with a remote start, so its session has no reference yet.
    """
    found = {
        "evse": _place_fault(profile, evse),
        "purpose": _purpose_fault(profile),
        "transaction": _transaction_fault(profile, starts=starts),
        "kind": _kind_fault(profile),
        "recurrence": _recurrence_fault(profile),
        "stack_level": _stack_fault(profile, able),
        "valid_to": _validity_fault(profile),
        **_schedule_faults(profile, able),
    }
    return {name: fault for name, fault in found.items() if fault}


def _place_fault(profile: ChargingProfile, evse: int) -> str:
    if profile.purpose == ProfilePurpose.STATION_MAX and evse:
        return "A limit of the whole station cannot be set for one EVSE."
    if profile.purpose == ProfilePurpose.TX and not evse:
        return "A limit of a session needs the EVSE that it charges at."
    return ""


def _purpose_fault(profile: ChargingProfile) -> str:
    if profile.purpose in (*_OURS, *_OURS_21):
        return ""
    return "External limits are set at the station, not from here."  # K01.FR.22


def _transaction_fault(profile: ChargingProfile, *, starts: bool) -> str:
    if profile.purpose == ProfilePurpose.TX:
        return "" if profile.transaction_ref or starts else "Name the session that this is for."
    return "Only a limit of a session names one." if profile.transaction_ref else ""


def _kind_fault(profile: ChargingProfile) -> str:
    if profile.purpose == ProfilePurpose.STATION_MAX and profile.kind == ProfileKind.RELATIVE:
        return "A limit of the whole station cannot count from the start of a session."
    dynamic = profile.kind == ProfileKind.DYNAMIC
    if dynamic and len(profile.schedule.periods) != 1:
        return "A dynamic limit has exactly one period."
    return ""


def _recurrence_fault(profile: ChargingProfile) -> str:
    if profile.kind == ProfileKind.RECURRING:
        return "" if profile.recurrence else "Say whether it returns daily or weekly."
    return "Only a recurring schedule returns." if profile.recurrence else ""


def _stack_fault(profile: ChargingProfile, able: Capabilities) -> str:
    if not 0 <= profile.stack_level <= _MAX_INT:
        return "A whole number from 0."
    if able.max_stack_level is not None and profile.stack_level > able.max_stack_level:
        return f"This station has stack levels up to {able.max_stack_level}."
    return ""


def _validity_fault(profile: ChargingProfile) -> str:
    if profile.valid_from and profile.valid_to and profile.valid_from >= profile.valid_to:
        return "It must end after it begins."
    return ""


def _schedule_faults(profile: ChargingProfile, able: Capabilities) -> dict[str, str]:
    schedule = profile.schedule
    return {
        "start_at": _start_fault(profile),
        "duration_seconds": _duration_fault(profile),
        "unit": ""
        if schedule.unit in able.units
        else f"This station does not take {schedule.unit}.",
        "min_rate": "" if (schedule.min_rate or 0) >= 0 else "It cannot be negative.",
        "periods": _periods_fault(schedule, able),
    }


def _start_fault(profile: ChargingProfile) -> str:
    given = profile.schedule.start_at is not None
    if profile.kind in (ProfileKind.ABSOLUTE, ProfileKind.RECURRING):
        return "" if given else "Say when it starts."  # K01.FR.40
    return "A schedule that counts from the session has no start of its own." if given else ""


def _duration_fault(profile: ChargingProfile) -> str:
    seconds = profile.schedule.duration_seconds
    if seconds is None:
        return ""
    if not 0 < seconds <= _MAX_INT:
        return "It must last at least a second."
    if profile.recurrence and seconds > profile.recurrence.seconds:
        return f"It must be over before it returns ({profile.recurrence.lower()})."
    return ""


def _periods_fault(schedule: Schedule, able: Capabilities) -> str:
    periods = schedule.periods
    if not periods:
        return "At least one period is needed."
    if periods[0].start_seconds != 0:
        return "The first period starts at 0."
    if able.max_periods is not None and len(periods) > able.max_periods:
        return f"This station takes up to {able.max_periods} periods."
    for number, (before, after) in enumerate(pairwise(periods), start=2):
        if after.start_seconds <= before.start_seconds:
            return f"Period {number} must start after period {number - 1}."
    return next(
        (
            f"Period {number}: {fault}"
            for number, period in enumerate(periods, start=1)
            if (fault := _period_fault(period, schedule.duration_seconds))
        ),
        "",
    )


def _period_fault(period: Period, duration: int | None) -> str:
    if period.limit is None or period.limit < 0:
        return "the limit must be 0 or more."
    if round(period.limit, 1) != period.limit:
        return "a limit has one decimal at most."
    if period.phases is not None and not 1 <= period.phases <= 3:
        return "one to three phases."
    if period.start_seconds > _MAX_INT or (duration and period.start_seconds >= duration):
        return "it starts after the schedule has ended."
    return ""
