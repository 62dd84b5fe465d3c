"""ChargingProfileType of 2.0.1 and 2.1, in and out."""

from __future__ import annotations

from collections.abc import Iterable

from chargers.domain.charging_profiles import (
    ChargingProfile,
    ProfileKind,
    ProfilePurpose,
    Recurrence,
    Schedule,
)
from chargers.ocpp.fields import INT32, Payload, identifier, integer, word
from chargers.ocpp.notes import Notes
from chargers.ocpp.schedules import read_schedule, write_periods, write_times
from chargers.ocpp.times import format_time, read_time

MAX_TRANSACTION_ID = 36


def encode_profile(profile: ChargingProfile) -> Payload:
    payload: Payload = {
        "id": profile.id,
        "stackLevel": profile.stack_level,
        "chargingProfilePurpose": str(profile.purpose),
        "chargingProfileKind": str(profile.kind),
        "chargingSchedule": [_encode_schedule(schedule) for schedule in profile.schedules],
    }
    if profile.transaction_ref:
        payload["transactionId"] = profile.transaction_ref
    if profile.recurrence is not None:
        payload["recurrencyKind"] = str(profile.recurrence)
    if profile.valid_from is not None:
        payload["validFrom"] = format_time(profile.valid_from)
    if profile.valid_to is not None:
        payload["validTo"] = format_time(profile.valid_to)
    if profile.update_interval_seconds is not None:
        payload["dynUpdateInterval"] = profile.update_interval_seconds
    return payload


def _encode_schedule(schedule: Schedule) -> Payload:
    return {
        "id": schedule.id,
        **write_times(schedule),
        "chargingRateUnit": str(schedule.unit),
        "chargingSchedulePeriod": write_periods(schedule, choose_phase=True),
    }


def decode_profiles(items: Iterable[Payload], notes: Notes) -> tuple[ChargingProfile, ...]:
    """One unreadable profile costs that profile, never the report."""
    found = (decode_profile(item, notes) for item in items)
    return tuple(profile for profile in found if profile is not None)


def decode_profile(payload: Payload, notes: Notes) -> ChargingProfile | None:
    """None without an id, a purpose we know, or a schedule that can be read."""
    number = integer(payload, "id", notes, limit=INT32)
    purpose = word(ProfilePurpose, payload.get("chargingProfilePurpose"))
    schedules = decode_schedules(payload.get("chargingSchedule", ()), notes)
    if number is None or purpose is None or not schedules:
        notes.add("chargingProfile", "unusable")
        return None
    return ChargingProfile(
        id=number,
        purpose=purpose,
        kind=word(ProfileKind, payload.get("chargingProfileKind")) or ProfileKind.ABSOLUTE,
        stack_level=integer(payload, "stackLevel", notes, limit=INT32) or 0,
        recurrence=word(Recurrence, payload.get("recurrencyKind")),
        valid_from=read_time(payload.get("validFrom"), notes, "validFrom"),
        valid_to=read_time(payload.get("validTo"), notes, "validTo"),
        transaction_ref=identifier(payload, "transactionId")[:MAX_TRANSACTION_ID],
        update_interval_seconds=integer(payload, "dynUpdateInterval", notes, limit=INT32),
        schedules=schedules,
    )


def decode_schedules(items: Iterable[Payload], notes: Notes) -> tuple[Schedule, ...]:
    found = (read_schedule(item, notes) for item in items)
    return tuple(schedule for schedule in found if schedule is not None)
