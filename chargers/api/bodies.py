"""What the API takes in about locations and stations, and the filters of their lists."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from chargers.models import CommandStatus, ConnectorType, CurrentType, Location, Protocol
from common.api.serializers import BodySerializer, ExternalFields, QuerySerializer


class LocationBody(ExternalFields, BodySerializer):
    name = serializers.CharField(max_length=120)
    address = serializers.CharField(max_length=120)
    postal_code = serializers.CharField(max_length=12, required=False, allow_blank=True)
    city = serializers.CharField(max_length=80)
    country = serializers.CharField(max_length=2, help_text="ISO 3166-1 alpha-2, such as DK.")
    latitude = serializers.DecimalField(max_digits=9, decimal_places=6, help_text="Degrees north.")
    longitude = serializers.DecimalField(max_digits=9, decimal_places=6, help_text="Degrees east.")
    time_zone = serializers.CharField(max_length=64, help_text="Such as Europe/Copenhagen.")
    is_public = serializers.BooleanField(required=False)


class LocationQuery(QuerySerializer):
    search = serializers.CharField(
        required=False, max_length=100, help_text="In name, city or address."
    )
    external_id = serializers.CharField(required=False, max_length=120)


class NewEvseBody(BodySerializer):
    current_type = serializers.ChoiceField(CurrentType.choices, default=CurrentType.AC)
    max_power_w = serializers.IntegerField(min_value=1, max_value=5_000_000, default=22_000)
    connectors = serializers.ListField(
        child=serializers.ChoiceField(ConnectorType.choices), min_length=1, max_length=16
    )


class ReplacementBody(BodySerializer):
    """New hardware at a station: name, code, location and sessions stay."""

    evses = NewEvseBody(many=True, allow_empty=False)
    identity = serializers.CharField(
        max_length=48, required=False, allow_blank=True, default="", help_text="Random by default."
    )
    keep_identity = serializers.BooleanField(
        required=False, default=False, help_text="Go on with the present identity; the key is new."
    )
    key = serializers.CharField(
        max_length=255,
        required=False,
        allow_blank=True,
        default="",
        trim_whitespace=False,
        help_text="Random by default.",
    )
    vendor = serializers.CharField(max_length=50, required=False, allow_blank=True, default="")
    model = serializers.CharField(max_length=50, required=False, allow_blank=True, default="")
    serial_number = serializers.CharField(
        max_length=50, required=False, allow_blank=True, default=""
    )
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class StationChangeBody(ExternalFields, BodySerializer):
    name = serializers.CharField(max_length=120)
    location_id: Any = serializers.PrimaryKeyRelatedField(
        queryset=Location.objects, source="location"
    )
    code = serializers.CharField(
        max_length=40, required=False, help_text="Seen by drivers; random when left out."
    )
    vendor = serializers.CharField(max_length=50, required=False, allow_blank=True)
    model = serializers.CharField(max_length=50, required=False, allow_blank=True)
    serial_number = serializers.CharField(max_length=50, required=False, allow_blank=True)
    heartbeat_interval_seconds = serializers.IntegerField(
        min_value=60, max_value=86_400, required=False
    )


class StationBody(ExternalFields, BodySerializer):
    name = serializers.CharField(max_length=120)
    location_id: Any = serializers.PrimaryKeyRelatedField(
        queryset=Location.objects, source="location"
    )
    code = serializers.CharField(
        max_length=40, required=False, help_text="Seen by drivers; random when left out."
    )
    identity = serializers.CharField(
        max_length=48,
        required=False,
        help_text="OCPP identity; random when left out, and best so.",
    )
    key = serializers.CharField(
        max_length=64,
        required=False,
        write_only=True,
        help_text="Only for a station whose own key cannot be changed; random when left out.",
    )
    evses = NewEvseBody(many=True, allow_empty=False)


class StationQuery(QuerySerializer):
    search = serializers.CharField(
        required=False,
        max_length=100,
        help_text="In code, name, make, serial number or location.",
    )
    state = serializers.ChoiceField(["charging", "faulted", "offline"], required=False)
    location = serializers.UUIDField(required=False)
    protocol = serializers.ChoiceField(
        [value for value in Protocol.values if value], required=False
    )
    code = serializers.CharField(required=False, max_length=40, help_text="Exactly this one.")
    is_online = serializers.BooleanField(required=False)
    is_drifting = serializers.BooleanField(
        required=False,
        default=False,
        help_text="True: only those that differ from a template that is enforced.",
    )
    external_id = serializers.CharField(required=False, max_length=120)


class FrameQuery(QuerySerializer):
    action = serializers.CharField(required=False, max_length=50)
    direction = serializers.ChoiceField(["in", "out"], required=False)
    text = serializers.CharField(required=False, max_length=100)


class VariableQuery(QuerySerializer):
    search = serializers.CharField(required=False, max_length=100)


class CommandQuery(QuerySerializer):
    station = serializers.UUIDField(required=False)
    transaction = serializers.UUIDField(required=False)
    kind = serializers.CharField(required=False, max_length=40)
    status = serializers.ChoiceField(CommandStatus.choices, required=False)
    since = serializers.DateTimeField(required=False, help_text="Asked for then or later.")
    until = serializers.DateTimeField(required=False, help_text="Asked for before.")
