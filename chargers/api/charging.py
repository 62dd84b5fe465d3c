"""What the API shows of a station's smart charging."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from chargers.api.actions.base import MAX_NUMBER
from chargers.api.actions.charging_bodies import UNITS
from chargers.domain.charging_profiles import RateUnit
from chargers.domain.composite_schedules import Step
from chargers.models import ChargingNeeds, ChargingProfile, ChargingStation, ExternalLimit
from chargers.selectors import charging, station_by_id
from chargers.selectors.charging_board import ChargingBoard, charging_board, supply_of
from common.api.fields import JsonObjectField
from common.api.serializers import QuerySerializer
from common.api.views import ApiViewSet, found
from common.clock import utc_now


class ProfileQuery(QuerySerializer):
    live = serializers.BooleanField(
        default=True, help_text="false: also what was removed or rejected."
    )


class ChargingProfileSerializer(serializers.ModelSerializer[ChargingProfile]):
    """A profile and how it fares; `profile` is it in full, schedules and all."""

    evse = serializers.IntegerField(source="evse_number", help_text="0 is the whole station.")
    profile = JsonObjectField(source="content", read_only=True)
    set_by_user_id = serializers.UUIDField(
        source="set_by_id", read_only=True, allow_null=True, help_text="Who wanted it."
    )
    set_by_api_key_id = serializers.UUIDField(
        source="set_by_key_id", read_only=True, allow_null=True
    )

    class Meta:
        model = ChargingProfile
        fields = (
            "profile_id",
            "evse",
            "transaction_id",
            "purpose",
            "stack_level",
            "source",
            "limit_source",
            "status",
            "profile",
            "command_id",
            "set_by_user_id",
            "set_by_api_key_id",
            "requested_at",
            "installed_at",
            "reported_at",
            "cleared_at",
        )
        read_only_fields = fields


class ExternalLimitSerializer(serializers.ModelSerializer[ExternalLimit]):
    evse = serializers.IntegerField(source="evse_number", help_text="0 is the whole station.")
    schedules = serializers.JSONField(read_only=True)

    class Meta:
        model = ExternalLimit
        fields = ("evse", "source", "is_grid_critical", "schedules", "reported_at")
        read_only_fields = fields


class ChargingNeedsSerializer(serializers.ModelSerializer[ChargingNeeds]):
    evse = serializers.IntegerField(source="evse_number")
    ev_schedule = JsonObjectField(
        read_only=True, allow_null=True, help_text="How the vehicle means to charge."
    )

    class Meta:
        model = ChargingNeeds
        fields = (
            "evse",
            "transaction_id",
            "transfer",
            "departure_at",
            "energy_wh",
            "min_current_a",
            "max_current_a",
            "max_voltage_v",
            "max_power_w",
            "soc_percent",
            "full_soc_percent",
            "bulk_soc_percent",
            "capacity_wh",
            "control_mode",
            "has_priority",
            "ev_schedule",
            "reported_at",
        )
        read_only_fields = fields


class ExpectedQuery(QuerySerializer):
    evse = serializers.IntegerField(
        min_value=0, max_value=MAX_NUMBER, default=0, help_text="0 is the whole station."
    )
    hours = serializers.IntegerField(
        min_value=1, max_value=168, default=24, help_text="From now on."
    )
    unit = serializers.ChoiceField(
        UNITS, default=str(RateUnit.WATTS), help_text="A: per phase; W: of all phases."
    )


class ExpectedStepSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField(help_text="From then on.")
    limit = serializers.FloatField(allow_null=True, help_text="null: no limit.")
    purpose = serializers.CharField(allow_null=True, help_text="Of the profile that sets it.")
    profile_id = serializers.IntegerField(
        allow_null=True, help_text="null for a limit from outside."
    )
    limit_source = serializers.CharField(
        allow_null=True, help_text="Who set it, when it comes from outside: EMS, SO, Other."
    )


class ExpectedLimitsSerializer(serializers.Serializer[Any]):
    evse = serializers.IntegerField()
    unit = serializers.ChoiceField(UNITS)
    steps = ExpectedStepSerializer(many=True)


@extend_schema(tags=["Stations"])
class StationChargingViewSet(ApiViewSet):
    """Lists below a station."""

    permission = dict.fromkeys(
        ("charging_profiles", "external_limits", "charging_needs", "expected_limits"),
        Permission.STATIONS_VIEW,
    )
    paging_order = ("-id",)
    serializer_class = ChargingProfileSerializer

    @extend_schema(
        summary="Charging profiles of a station, the newest first",
        parameters=[ProfileQuery],
        responses=ChargingProfileSerializer(many=True),
    )
    @action(detail=True, url_path="charging-profiles")
    def charging_profiles(self, _request: Request, pk: UUID) -> Response:
        only_live = self.query(ProfileQuery)["live"]
        station_id = _station_id(pk)
        rows = charging.charging_profiles(station_id=station_id, only_live=only_live)
        return self.page(rows, ChargingProfileSerializer)

    @extend_schema(
        summary="Limits that other systems set at a station",
        responses=ExternalLimitSerializer(many=True),
    )
    @action(detail=True, url_path="external-limits")
    def external_limits(self, _request: Request, pk: UUID) -> Response:
        self.query()
        return self.page(charging.external_limits(_station_id(pk)), ExternalLimitSerializer)

    @extend_schema(
        summary="What vehicles asked for (ISO 15118), the latest first",
        responses=ChargingNeedsSerializer(many=True),
    )
    @action(detail=True, url_path="charging-needs")
    def charging_needs(self, _request: Request, pk: UUID) -> Response:
        self.query()
        return self.page(charging.charging_needs(_station_id(pk)), ChargingNeedsSerializer)

    @extend_schema(
        summary="What all known limits add up to at an EVSE, and which one is the least",
        description=(
            "Computed from the profiles that may hold and from limits from outside. What the station "
            "itself makes of them tells the action get-composite-schedule."
        ),
        parameters=[ExpectedQuery],
        responses=ExpectedLimitsSerializer,
    )
    @action(detail=True, url_path="expected-limits")
    def expected_limits(self, _request: Request, pk: UUID) -> Response:
        asked = self.query(ExpectedQuery)
        station = station_by_id(pk)
        if station is None:
            raise Http404
        evse = next((one for one in station.evses.all() if one.number == asked["evse"]), None)
        if asked["evse"] and evse is None:
            raise ValidationError({"evse": f"This station has no EVSE {asked['evse']}."})
        board, now = charging_board(station), utc_now()
        steps = board.expected(
            asked["evse"],
            begin=now,
            end=now + timedelta(hours=asked["hours"]),
            unit=RateUnit(asked["unit"]),
            supply=supply_of(evse),
        )
        told = {"evse": asked["evse"], "unit": asked["unit"], "steps": _steps(board, steps)}
        return Response(self.shown(told, ExpectedLimitsSerializer))


def _steps(board: ChargingBoard, steps: Iterable[Step]) -> list[dict[str, Any]]:
    told = []
    for step in steps:
        row = board.row_of(step.by)
        outside = board.limit_of(step.by) if step.by and row is None else None
        told.append(
            {
                "at": step.at,
                "limit": step.limit,
                "purpose": str(step.by.purpose) if step.by else None,
                "profile_id": row.profile_id if row else None,
                "limit_source": outside.source if outside else (row and row.limit_source) or None,
            }
        )
    return told


def _station_id(pk: UUID) -> UUID:
    """The key of a station that the caller may know."""
    station: ChargingStation = found(ChargingStation.objects.only("id"), pk=pk)
    return station.pk
