"""Locations, stations and commands as the API shows them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.policy import Permission, granted
from chargers.domain.display import DisplayState
from chargers.models import (
    ChargingStation,
    Connector,
    ConnectorType,
    Evse,
    Location,
    OcppFrame,
    StationCommand,
    StationVariable,
)
from chargers.selectors import connector_display, station_display
from chargers.services.command_secrets import blanked
from common.api.fields import JsonObjectField, thousandths
from common.api.serializers import Serializer

STATES = [state.value for state in DisplayState]
HIDDEN = "(hidden)"


def may_see_identity(serializer: Any) -> bool:
    """Whether the caller may know what opens a station's socket."""
    return Permission.STATIONS_MANAGE in granted(serializer.context["request"])


def shown_unless_identity(serializer: Any, station: ChargingStation, value: str) -> str:
    """Stations report their identity as a variable and often as serial number, too."""
    return HIDDEN if value == station.identity and not may_see_identity(serializer) else value


class LocationSerializer(serializers.ModelSerializer[Location]):
    station_count = serializers.IntegerField(read_only=True, default=0)
    online_count = serializers.IntegerField(read_only=True, default=0)
    metadata = JsonObjectField(read_only=True)

    class Meta:
        model = Location
        fields = (
            "id",
            "name",
            "address",
            "postal_code",
            "city",
            "country",
            "latitude",
            "longitude",
            "time_zone",
            "is_public",
            "station_count",
            "online_count",
            "external_id",
            "metadata",
            "created_at",
        )
        read_only_fields = fields


class ActiveTransactionSerializer(Serializer):
    """What charges at an EVSE right now."""

    id = serializers.UUIDField()
    started_at = serializers.DateTimeField()
    driver_id = serializers.UUIDField(allow_null=True)
    energy_kwh = serializers.SerializerMethodField()
    power_w = serializers.IntegerField(allow_null=True)
    soc_percent = serializers.IntegerField(allow_null=True)

    @extend_schema_field({"type": "string", "format": "decimal", "examples": ["12.345"]})
    def get_energy_kwh(self, row: Any) -> str:
        return thousandths(row.energy_wh)


class ConnectorSerializer(Serializer):
    """`state` is the one to show; `status` is the station's own last word."""

    number = serializers.IntegerField()
    type = serializers.ChoiceField(ConnectorType.choices)
    state = serializers.ChoiceField(STATES)
    status = serializers.CharField(help_text="OCPP ConnectorStatusEnumType.")
    error_code = serializers.CharField(help_text='"" without a fault.')
    status_at = serializers.DateTimeField(allow_null=True)


class EvseSerializer(Serializer):
    number = serializers.IntegerField()
    current_type = serializers.ChoiceField(["AC", "DC"])
    max_power_w = serializers.IntegerField()
    is_operative = serializers.BooleanField(help_text="false: taken out of service by you.")
    connectors = ConnectorSerializer(many=True)
    active_transaction = ActiveTransactionSerializer(allow_null=True)


class StationSerializer(serializers.ModelSerializer[ChargingStation]):
    """A station with its hardware and live status."""

    location_id = serializers.UUIDField(read_only=True)
    identity = serializers.SerializerMethodField(
        help_text="OCPP identity; null without the permission stations.manage."
    )
    serial_number = serializers.SerializerMethodField(
        help_text="Hidden like the identity when it is the same."
    )
    state = serializers.SerializerMethodField()
    evses = serializers.SerializerMethodField()
    metadata = JsonObjectField(read_only=True)

    class Meta:
        model = ChargingStation
        fields: tuple[str, ...] = (
            "id",
            "code",
            "name",
            "location_id",
            "identity",
            "state",
            "is_online",
            "is_enabled",
            "last_seen_at",
            "connected_at",
            "disconnected_at",
            "booted_at",
            "vendor",
            "model",
            "serial_number",
            "firmware_version",
            "protocol",
            "heartbeat_interval_seconds",
            "error_code",
            "key_set_at",
            "security_profile",
            "min_security_profile",
            "tls_version",
            "evses",
            "external_id",
            "metadata",
            "created_at",
        )
        read_only_fields = fields

    @extend_schema_field({"type": ["string", "null"]})
    def get_identity(self, station: ChargingStation) -> str | None:
        return station.identity if may_see_identity(self) else None

    def get_serial_number(self, station: ChargingStation) -> str:
        return shown_unless_identity(self, station, station.serial_number)

    @extend_schema_field(serializers.ChoiceField(STATES))
    def get_state(self, station: ChargingStation) -> str:
        return station_display(station).value

    @extend_schema_field(EvseSerializer(many=True))
    def get_evses(self, station: ChargingStation) -> Any:
        rows = [_evse(station, evse) for evse in station.evses.all()]
        return EvseSerializer(rows, many=True).data


def _evse(station: ChargingStation, evse: Evse) -> dict[str, Any]:
    return {
        "number": evse.number,
        "current_type": evse.current_type,
        "max_power_w": evse.max_power_w,
        "is_operative": evse.is_operative,
        "connectors": [_connector(station, evse, row) for row in evse.connectors.all()],
        "active_transaction": evse.active_transaction,
    }


def _connector(station: ChargingStation, evse: Evse, connector: Connector) -> dict[str, Any]:
    return {
        "number": connector.number,
        "type": connector.type,
        "state": connector_display(station, evse, connector).value,
        "status": connector.status,
        "error_code": connector.error_code,
        "status_at": connector.status_at,
    }


class NewStationSerializer(StationSerializer):
    key = serializers.CharField(
        read_only=True, help_text="Password of the station's socket: shown now, never again."
    )
    warnings = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta(StationSerializer.Meta):
        fields = (*StationSerializer.Meta.fields, "key", "warnings")
        read_only_fields = fields


class StationKeySerializer(Serializer):
    key = serializers.CharField(help_text="Shown now, never again.")
    key_set_at = serializers.DateTimeField()


class CommandSerializer(serializers.ModelSerializer[StationCommand]):
    """What was asked of a station and what came of it; open while `queued` or `sent`."""

    station_id = serializers.UUIDField(read_only=True)
    transaction_id = serializers.UUIDField(read_only=True, allow_null=True)
    requested_by_user_id = serializers.UUIDField(
        source="requested_by_id", read_only=True, allow_null=True
    )
    requested_by_api_key_id = serializers.UUIDField(
        source="requested_by_key_id", read_only=True, allow_null=True
    )
    arguments = JsonObjectField(read_only=True)
    result = JsonObjectField(read_only=True, help_text="The rest of the station's answer.")

    class Meta:
        model = StationCommand
        fields = (
            "id",
            "station_id",
            "transaction_id",
            "kind",
            "arguments",
            "status",
            "raw_status",
            "result",
            "requested_by_user_id",
            "requested_by_api_key_id",
            "requested_at",
            "deadline_at",
            "sent_at",
            "finished_at",
        )
        read_only_fields = fields
        extra_kwargs = {"raw_status": {"help_text": "The station's own word."}}

    def to_representation(self, row: StationCommand) -> dict[str, Any]:
        """Secrets that are still on their way are shown to nobody."""
        shown = super().to_representation(row)
        return {**shown, "arguments": blanked(row.kind, row.arguments)}


class CommandListSerializer(Serializer):
    """The commands that a request took, in the order in which they are sent."""

    data = CommandSerializer(many=True)  # type: ignore[assignment]


class FrameSerializer(serializers.ModelSerializer[OcppFrame]):
    """One call with its answer, as they went over the wire; keys and passwords are masked."""

    warnings = serializers.JSONField(read_only=True, allow_null=True)

    class Meta:
        model = OcppFrame
        fields = (
            "id",
            "at",
            "direction",
            "action",
            "message_id",
            "raw",
            "reply",
            "replied_at",
            "warnings",
        )
        read_only_fields = fields


class VariableSerializer(serializers.ModelSerializer[StationVariable]):
    value = serializers.SerializerMethodField(method_name="shown_value")
    attributes = serializers.SerializerMethodField(method_name="shown_attributes")

    class Meta:
        model = StationVariable
        fields = (
            "name",
            "evse",
            "connector",
            "value",
            "is_read_only",
            "attributes",
            "reported_at",
        )
        read_only_fields = fields

    def shown_value(self, row: StationVariable) -> str:
        return shown_unless_identity(self, row.station, row.value)

    @extend_schema_field(JsonObjectField())
    def shown_attributes(self, row: StationVariable) -> dict[str, Any]:
        values = row.attributes.get("values")
        if not isinstance(values, dict):
            return dict(row.attributes)
        told = {
            kind: shown_unless_identity(self, row.station, value) for kind, value in values.items()
        }
        return {**row.attributes, "values": told}


class EventSerializer(Serializer):
    """One entry of a timeline."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    kind = serializers.CharField(help_text="Such as chargers.station_booted.")
    text = serializers.CharField(help_text="The same as a sentence.")
    subject_type = serializers.CharField()
    subject_id = serializers.UUIDField()
