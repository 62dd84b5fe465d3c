"""What the API shows of a station's smart charging."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from chargers.models import ChargingNeeds, ChargingProfile, ChargingStation, ExternalLimit
from chargers.selectors import charging
from common.api.fields import JsonObjectField
from common.api.serializers import QuerySerializer
from common.api.views import ApiViewSet, found


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


@extend_schema(tags=["Stations"])
class StationChargingViewSet(ApiViewSet):
    """Lists below a station."""

    permission = dict.fromkeys(
        ("charging_profiles", "external_limits", "charging_needs"), Permission.STATIONS_VIEW
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


def _station_id(pk: UUID) -> UUID:
    """The key of a station that the caller may know."""
    station: ChargingStation = found(ChargingStation.objects.only("id"), pk=pk)
    return station.pk
