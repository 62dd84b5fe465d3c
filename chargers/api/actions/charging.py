"""Smart charging: limits, charging profiles, composite schedules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from chargers.api.actions.base import MAX_NUMBER, StationActionView
from chargers.api.actions.charging_bodies import (
    MAX_RATE,
    MAX_SECONDS,
    UNITS,
    ProfileBody,
    optional,
    profile_of,
)
from chargers.domain.charging_profiles import ProfilePurpose, RateUnit
from chargers.exceptions import UnableToCommand
from chargers.models import ChargingProfile as ProfileRow
from chargers.models import ChargingStation, StationCommand, Transaction
from chargers.services.charging import setting
from common.api.serializers import BodySerializer
from common.clock import utc_now

PURPOSES = [str(value) for value in ProfilePurpose]
SETTABLE_PURPOSES = [str(value) for value in ProfilePurpose if value != ProfilePurpose.EXTERNAL]


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


class SetChargingProfileBody(ProfileBody):
    evse = _place(default=0)
    transaction_id = _session(required=False, allow_null=True, default=None)
    id = serializers.IntegerField(
        min_value=0, max_value=MAX_SECONDS, default=0, help_text="0: chosen for you."
    )
    purpose = serializers.ChoiceField(SETTABLE_PURPOSES)


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
                profile=profile_of(data, purpose=ProfilePurpose(data["purpose"]), id=data["id"]),
                transaction=data["transaction_id"],
                actor=self.actor,
                now=utc_now(),
            )
        )


def _command(row: ProfileRow) -> StationCommand:
    if row.command is None:
        raise UnableToCommand("The command is gone.")
    return row.command


class SetLimitBody(BodySerializer):
    evse = _place(default=0)
    transaction_id = _session(required=False, allow_null=True, default=None)
    amps = optional(
        serializers.FloatField, min_value=0, max_value=MAX_RATE, help_text="Per phase; or watts."
    )
    watts = optional(
        serializers.FloatField, min_value=0, max_value=MAX_RATE, help_text="Of all phases."
    )
    until = optional(serializers.DateTimeField, help_text="Empty: until it is removed.")
    stack_level = serializers.IntegerField(min_value=0, max_value=MAX_SECONDS, default=0)


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
    profile_id = optional(
        serializers.IntegerField,
        min_value=1,
        max_value=MAX_SECONDS,
        help_text="One profile; or else the criteria below. Nothing at all removes every one.",
    )
    evse = _place(required=False, allow_null=True, default=None)
    purpose = optional(serializers.ChoiceField, choices=SETTABLE_PURPOSES)
    stack_level = optional(serializers.IntegerField, min_value=0, max_value=MAX_SECONDS)


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
    unit = optional(serializers.ChoiceField, choices=UNITS)


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
    purpose = optional(serializers.ChoiceField, choices=PURPOSES)


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
    profile_id = serializers.IntegerField(min_value=1, max_value=MAX_SECONDS)
    limit = serializers.FloatField(
        min_value=0, max_value=MAX_RATE, help_text="In the unit of the profile."
    )


class UpdateDynamicSchedule(StationActionView):
    """A new limit for an installed dynamic profile (OCPP 2.1)."""

    body_class = DynamicScheduleBody

    def ask(self, station: ChargingStation, data: dict[str, Any]) -> StationCommand:
        return setting.update_dynamic_schedule(
            station=station, **data, actor=self.actor, now=utc_now()
        )
