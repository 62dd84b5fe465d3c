"""A station's settings, reports, monitors and what it noticed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.http import actor_of
from accounts.policy import Permission
from chargers.api.serializers import shown_unless_identity
from chargers.domain.characteristics import DataType
from chargers.models import ChargingStation, DeviceEvent, StationReport, VariableMonitor
from chargers.selectors.configuration import SettingView, station_reports, well_known_settings
from chargers.selectors.devices import device_events, station_monitors
from chargers.services.device_model.events import dismiss_event
from common.api.serializers import QuerySerializer, Serializer
from common.api.views import ApiViewSet, found
from common.clock import utc_now

_VIEW = Permission.STATIONS_VIEW


class SettingSerializer(Serializer):
    """A well-known setting under one name for every OCPP version."""

    id = serializers.CharField(source="setting.id", help_text="The same for every station.")
    title = serializers.CharField(source="setting.label")
    description = serializers.CharField(source="setting.help")
    topic = serializers.CharField(source="setting.topic.value")
    name = serializers.CharField(help_text="As this station calls it.")
    value = serializers.SerializerMethodField(
        method_name="shown_value", help_text="Null when it was not read yet."
    )
    is_read_only = serializers.BooleanField()
    data_type = serializers.ChoiceField(
        [each.value for each in DataType], source="characteristics.data_type"
    )
    unit = serializers.CharField(source="characteristics.unit")
    minimum = serializers.FloatField(source="characteristics.minimum", allow_null=True)
    maximum = serializers.FloatField(source="characteristics.maximum", allow_null=True)
    choices = serializers.ListField(child=serializers.CharField(), source="characteristics.choices")
    reported_at = serializers.SerializerMethodField()

    def shown_value(self, view: SettingView) -> str | None:
        return view.row.value if view.row else None

    def get_reported_at(self, view: SettingView) -> datetime | None:
        return view.row.reported_at if view.row else None


class SettingListSerializer(Serializer):
    data = SettingSerializer(many=True)  # type: ignore[assignment]


class ReportSerializer(serializers.ModelSerializer[StationReport]):
    """A report that was asked for, and how much of it has come."""

    command_id = serializers.UUIDField(read_only=True, allow_null=True)
    pages = serializers.ListField(
        child=serializers.IntegerField(),
        read_only=True,
        help_text="Numbers of the pages that have come.",
    )

    class Meta:
        model = StationReport
        fields = (
            "id",
            "command_id",
            "request_id",
            "kind",
            "state",
            "pages",
            "last_page",
            "item_count",
            "requested_at",
            "last_page_at",
            "finished_at",
        )
        read_only_fields = fields


class MonitorSerializer(serializers.ModelSerializer[VariableMonitor]):
    """What a station watches by itself."""

    class Meta:
        model = VariableMonitor
        fields = (
            "number",
            "name",
            "evse",
            "connector",
            "type",
            "value",
            "severity",
            "only_in_transactions",
            "is_ours",
            "reported_at",
        )
        read_only_fields = fields


class DeviceEventSerializer(serializers.ModelSerializer[DeviceEvent]):
    """Something that a station noticed about itself."""

    station_id = serializers.UUIDField(read_only=True)
    value = serializers.SerializerMethodField(method_name="shown_value")

    class Meta:
        model = DeviceEvent
        fields = (
            "id",
            "station_id",
            "event_id",
            "occurred_at",
            "received_at",
            "trigger",
            "notification_type",
            "cause_event_id",
            "name",
            "evse",
            "connector",
            "value",
            "severity",
            "monitor_number",
            "tech_code",
            "tech_info",
            "transaction_ref",
            "is_cleared",
            "needs_attention",
            "settled_at",
        )
        read_only_fields = fields
        extra_kwargs = {
            "needs_attention": {
                "help_text": "Not cleared by the station, not dismissed, nothing newer."
            },
            "severity": {"help_text": "0 (danger) to 9 (debug); null when not told."},
        }

    def shown_value(self, row: DeviceEvent) -> str:
        return shown_unless_identity(self, row.station, row.value)


def _station(pk: UUID) -> ChargingStation:
    station: ChargingStation = found(ChargingStation.objects.all(), pk=pk)
    return station


@extend_schema(tags=["Stations"])
class ConfigurationViewSet(ApiViewSet):
    """Lists under one station."""

    permission = dict.fromkeys(("well_known", "reports", "monitors"), _VIEW)

    @property
    def paging_order(self) -> tuple[str, ...]:
        by_name = ("name", "evse", "connector", "number")
        return by_name if self.action == "monitors" else ("-id",)

    @extend_schema(
        summary="Well-known settings of a station, under one name for every OCPP version",
        responses=SettingListSerializer,
    )
    @action(detail=True, url_path="settings")
    def well_known(self, _request: Request, pk: UUID) -> Response:
        self.query()
        views = well_known_settings(station=_station(pk), changes={})
        return Response({"data": self.shown(views, SettingSerializer)})

    @extend_schema(
        summary="Reports that were asked for, latest first", responses=ReportSerializer(many=True)
    )
    @action(detail=True)
    def reports(self, _request: Request, pk: UUID) -> Response:
        self.query()
        return self.page(station_reports(_station(pk).pk), ReportSerializer)

    @extend_schema(
        summary="Monitors of a station as last reported", responses=MonitorSerializer(many=True)
    )
    @action(detail=True)
    def monitors(self, _request: Request, pk: UUID) -> Response:
        self.query()
        return self.page(station_monitors(_station(pk).pk), MonitorSerializer)


class DeviceEventQuery(QuerySerializer):
    station = serializers.UUIDField(required=False)
    needs_attention = serializers.BooleanField(required=False)


@extend_schema(tags=["Stations"])
class DeviceEventViewSet(ApiViewSet):
    permission = {"list": _VIEW, "dismiss": Permission.STATIONS_COMMAND}
    serializer_class = DeviceEventSerializer
    paging_order = ("-id",)
    lookup_value_converter = "int"

    @extend_schema(
        summary="What stations noticed about themselves, latest first",
        parameters=[DeviceEventQuery],
    )
    def list(self, _request: Request) -> Response:
        return self.page(_events(self.query(DeviceEventQuery)).select_related("station"))

    @extend_schema(
        summary="Take an event off the list of things to look at",
        request=None,
        responses=DeviceEventSerializer,
    )
    @action(detail=True, methods=["post"])
    def dismiss(self, request: Request, pk: int) -> Response:
        rows = DeviceEvent.objects.select_related("operator", "station")
        event: DeviceEvent = found(rows, pk=pk)
        dismiss_event(event=event, actor=actor_of(request), now=utc_now())
        return Response(self.shown(found(rows, pk=pk)))


def _events(query: dict[str, Any]) -> QuerySet[DeviceEvent]:
    rows = device_events(station_id=query.get("station"))
    needs = query.get("needs_attention")
    return rows if needs is None else rows.filter(needs_attention=needs)
