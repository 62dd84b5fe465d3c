"""Charging profiles as callers write them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from chargers.domain.charging_profiles import (
    ChargingProfile,
    Period,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    Recurrence,
    Schedule,
)
from common.api.serializers import BodySerializer

MAX_SECONDS = 2**31 - 1
MAX_RATE = 10_000_000
UNITS = [str(value) for value in RateUnit]


def optional(field: type[serializers.Field[Any, Any, Any, Any]], **kwargs: Any) -> Any:
    return field(required=False, allow_null=True, default=None, **kwargs)


class PeriodBody(BodySerializer):
    start_seconds = serializers.IntegerField(
        min_value=0, max_value=MAX_SECONDS, help_text="Into the schedule; the first is 0."
    )
    limit = serializers.FloatField(
        min_value=0, max_value=MAX_RATE, help_text="Amps per phase, or watts of all phases."
    )
    phases = optional(serializers.IntegerField, min_value=1, max_value=3)


class ProfileBody(BodySerializer):
    """What every profile says, whatever it is for."""

    kind = serializers.ChoiceField(
        [str(value) for value in ProfileKind],
        default=str(ProfileKind.ABSOLUTE),
        help_text="Relative counts from the start of the session; Dynamic is of OCPP 2.1.",
    )
    stack_level = serializers.IntegerField(
        min_value=0, max_value=MAX_SECONDS, default=0, help_text="The higher one holds."
    )
    recurrence = optional(serializers.ChoiceField, choices=[str(value) for value in Recurrence])
    valid_from = optional(serializers.DateTimeField)
    valid_to = optional(serializers.DateTimeField)
    unit = serializers.ChoiceField(UNITS, help_text="A: per phase; W: of all phases.")
    start_at = optional(
        serializers.DateTimeField, help_text="Of the first period; none for Relative."
    )
    duration_seconds = optional(serializers.IntegerField, min_value=1, max_value=MAX_SECONDS)
    min_rate = optional(serializers.FloatField, min_value=0, max_value=MAX_RATE)
    update_interval_seconds = optional(serializers.IntegerField, min_value=1, max_value=MAX_SECONDS)
    periods = PeriodBody(many=True, allow_empty=False)


class StartProfileBody(ProfileBody):
    """The limit that a session begins with."""

    kind = serializers.ChoiceField(
        [str(ProfileKind.RELATIVE), str(ProfileKind.ABSOLUTE)],
        default=str(ProfileKind.RELATIVE),
        help_text="Relative counts from the start of the session.",
    )


def profile_of(data: dict[str, Any], *, purpose: ProfilePurpose, id: int = 0) -> ChargingProfile:  # noqa: A002
    """The neutral profile of a `ProfileBody`."""
    recurrence = data["recurrence"]
    schedule = Schedule(
        unit=RateUnit(data["unit"]),
        start_at=data["start_at"],
        duration_seconds=data["duration_seconds"],
        min_rate=data["min_rate"],
        periods=tuple(Period(**period) for period in data["periods"]),
    )
    return ChargingProfile(
        id=id,
        purpose=purpose,
        kind=ProfileKind(data["kind"]),
        stack_level=data["stack_level"],
        recurrence=Recurrence(recurrence) if recurrence else None,
        valid_from=data["valid_from"],
        valid_to=data["valid_to"],
        update_interval_seconds=data["update_interval_seconds"],
        schedules=(schedule,),
    )
