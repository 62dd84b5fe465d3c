"""Smart charging: limits, charging profiles, composite schedules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from chargers.api.actions.base import MAX_NUMBER, StationActionView
from chargers.domain.charging_profiles import (
    ChargingProfile,
    Period,
    ProfileKind,
    ProfilePurpose,
    RateUnit,
    Recurrence,
    Schedule,
)
from chargers.exceptions import UnableToCommand
from chargers.models import ChargingProfile as ProfileRow
from chargers.models import ChargingStation, StationCommand, Transaction
from chargers.services.charging import setting
from common.api.serializers import BodySerializer
from common.clock import utc_now

_MAX_SECONDS = 2**31 - 1
_MAX_RATE = 10_000_000
PURPOSES = [str(value) for value in ProfilePurpose]
SETTABLE_PURPOSES = [str(value) for value in ProfilePurpose if value != ProfilePurpose.EXTERNAL]
_UNITS = [str(value) for value in RateUnit]


def _place(**kwargs: Any) -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=0, max_value=MAX_NUMBER, help_text="EVSE, 0 for the whole station.", **kwargs
    )


def _session(**kwargs: Any) -> Any:
    return serializers.PrimaryKeyRelatedField(
        queryset=Transaction.objects,
        help_text="A running session of this station.",
        **kwargs,
    )


def _optional(field: type[serializers.Field[Any, Any, Any, Any]], **kwargs: Any) -> Any:
    return field(required=False, allow_null=True, default=None, **kwargs)


class PeriodBody(BodySerializer):
    start_seconds = serializers.IntegerField(
        min_value=0, max_value=_MAX_SECONDS, help_text="Into the schedule; the first is 0."
    )
    limit = serializers.FloatField(
        min_value=0, max_value=_MAX_RATE, help_text="Amps per phase, or watts of all phases."
    )
    phases = _optional(serializers.IntegerField, min_value=1, max_value=3)


class SetChargingProfileBody(BodySerializer):
    evse = _place(default=0)
    transaction_id = _session(required=False, allow_null=True, default=None)
    id = serializers.IntegerField(
        min_value=0, max_value=_MAX_SECONDS, default=0, help_text="0: chosen for you."
    )
    purpose = serializers.ChoiceField(SETTABLE_PURPOSES)
    kind = serializers.ChoiceField(
        [str(value) for value in ProfileKind],
        default=str(ProfileKind.ABSOLUTE),
        help_text="Relative counts from the start of the session; Dynamic is of OCPP 2.1.",
    )
    stack_level = serializers.IntegerField(
        min_value=0, max_value=_MAX_SECONDS, default=0, help_text="The higher one holds."
    )
    recurrence = _optional(serializers.ChoiceField, choices=[str(value) for value in Recurrence])
    valid_from = _optional(serializers.DateTimeField)
    valid_to = _optional(serializers.DateTimeField)
    unit = serializers.ChoiceField(_UNITS, help_text="A: per phase; W: of all phases.")
    start_at = _optional(
        serializers.DateTimeField, help_text="Of the first period; none for Relative."
    )
    duration_seconds = _optional(serializers.IntegerField, min_value=1, max_value=_MAX_SECONDS)
    min_rate = _optional(serializers.FloatField, min_value=0, max_value=_MAX_RATE)
    update_interval_seconds = _optional(
        serializers.IntegerField, min_value=1, max_value=_MAX_SECONDS
    )
    periods = PeriodBody(many=True, allow_empty=False)


class SetChargingProfile(StationActionView):
    """Install a charging profile, in place of one of the same purpose and stack level there.

    The row of the profile is listed under the station; it follows the station's answer.
    """

    body_class = SetChargingProfileBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return _command(
            setting.set_charging_profile(
                station=station,
                evse=data["evse"],
                profile=_profile(data),
                transaction=data["transaction_id"],
                actor=self.actor,
                now=utc_now(),
            )
        )


def _profile(data: dict[str, Any]) -> ChargingProfile:
    recurrence = data["recurrence"]
    schedule = Schedule(
        unit=RateUnit(data["unit"]),
        start_at=data["start_at"],
        duration_seconds=data["duration_seconds"],
        min_rate=data["min_rate"],
        periods=tuple(Period(**period) for period in data["periods"]),
    )
    return ChargingProfile(
        id=data["id"],
        purpose=ProfilePurpose(data["purpose"]),
        kind=ProfileKind(data["kind"]),
        stack_level=data["stack_level"],
        recurrence=Recurrence(recurrence) if recurrence else None,
        valid_from=data["valid_from"],
        valid_to=data["valid_to"],
        update_interval_seconds=data["update_interval_seconds"],
        schedules=(schedule,),
    )


def _command(row: ProfileRow) -> StationCommand:
    if row.command is None:
        raise UnableToCommand("The command is gone.")
    return row.command


class SetLimitBody(BodySerializer):
    evse = _place(default=0)
    transaction_id = _session(required=False, allow_null=True, default=None)
    amps = _optional(
        serializers.FloatField, min_value=0, max_value=_MAX_RATE, help_text="Per phase; or watts."
    )
    watts = _optional(
        serializers.FloatField, min_value=0, max_value=_MAX_RATE, help_text="Of all phases."
    )
    until = _optional(serializers.DateTimeField, help_text="Empty: until it is removed.")
    stack_level = serializers.IntegerField(min_value=0, max_value=_MAX_SECONDS, default=0)


class SetLimit(StationActionView):
    """One limit from now on: of a session, of every session at an EVSE, or of the whole station."""

    body_class = SetLimitBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        transaction = data.pop("transaction_id")
        return _command(
            setting.set_limit(
                station=station, transaction=transaction, **data, actor=self.actor, now=utc_now()
            )
        )


class ClearChargingProfileBody(BodySerializer):
    profile_id = _optional(
        serializers.IntegerField,
        min_value=1,
        max_value=_MAX_SECONDS,
        help_text="One profile; or else the criteria below. Nothing at all removes every one.",
    )
    evse = _place(required=False, allow_null=True, default=None)
    purpose = _optional(serializers.ChoiceField, choices=SETTABLE_PURPOSES)
    stack_level = _optional(serializers.IntegerField, min_value=0, max_value=_MAX_SECONDS)


class ClearChargingProfile(StationActionView):
    """Remove one charging profile, or all that match. Limits of other systems stay."""

    body_class = ClearChargingProfileBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        purpose = data.pop("purpose")
        return setting.clear_charging_profiles(
            station=station,
            purpose=ProfilePurpose(purpose) if purpose else None,
            **data,
            actor=self.actor,
            now=utc_now(),
        )


class CompositeScheduleBody(BodySerializer):
    evse = _place(default=0)
    duration_seconds = serializers.IntegerField(
        min_value=60, max_value=7 * 86_400, default=21_600, help_text="From now on."
    )
    unit = _optional(serializers.ChoiceField, choices=_UNITS)


class GetCompositeSchedule(StationActionView):
    """Ask what will hold, all profiles and limits together; it comes as the command's result.

    A limit of null means no limit.
    """

    body_class = CompositeScheduleBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return setting.get_composite_schedule(
            station=station,
            evse=data["evse"],
            duration=timedelta(seconds=data["duration_seconds"]),
            unit=RateUnit(data["unit"]) if data["unit"] else None,
            actor=self.actor,
            now=utc_now(),
        )


class GetChargingProfilesBody(BodySerializer):
    evse = _place(required=False, allow_null=True, default=None)
    purpose = _optional(serializers.ChoiceField, choices=PURPOSES)


class GetChargingProfiles(StationActionView):
    """Ask what is installed (OCPP 2.x); the reports that follow correct the list of profiles."""

    body_class = GetChargingProfilesBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return setting.get_charging_profiles(
            station=station,
            evse=data["evse"],
            purpose=ProfilePurpose(data["purpose"]) if data["purpose"] else None,
            actor=self.actor,
            now=utc_now(),
        )


class PriorityBody(BodySerializer):
    transaction_id = _session()
    activate = serializers.BooleanField(default=True)


class UsePriorityCharging(StationActionView):
    """Let a session charge with priority, or no longer (OCPP 2.1)."""

    body_class = PriorityBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        transaction = data["transaction_id"]
        if transaction.station_id != station.pk:
            raise ValidationError({"transaction_id": "This session is of another station."})
        return setting.use_priority_charging(
            transaction=transaction,
            activate=data["activate"],
            actor=self.actor,
            now=utc_now(),
        )


class DynamicScheduleBody(BodySerializer):
    profile_id = serializers.IntegerField(min_value=1, max_value=_MAX_SECONDS)
    limit = serializers.FloatField(
        min_value=0, max_value=_MAX_RATE, help_text="In the unit of the profile."
    )


class UpdateDynamicSchedule(StationActionView):
    """A new limit for an installed dynamic profile (OCPP 2.1)."""

    body_class = DynamicScheduleBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return setting.update_dynamic_schedule(
            station=station, **data, actor=self.actor, now=utc_now()
        )
