"""The network's figures as the API shows them."""

from __future__ import annotations

from rest_framework import serializers

from common.api.fields import ThousandthsField
from common.api.serializers import QuerySerializer, Serializer
from operations.models import HourlyFigures, NetworkSample

_FIGURES = (
    "ac_power_w",
    "dc_power_w",
    "active_sessions",
    "stations",
    "online",
    "connectors",
    "in_use",
    "operative",
)


class NetworkSerializer(Serializer):
    """The network right now."""

    at = serializers.DateTimeField()
    ac_power_w = serializers.IntegerField()
    dc_power_w = serializers.IntegerField()
    active_sessions = serializers.IntegerField()
    stations = serializers.IntegerField()
    online = serializers.IntegerField(help_text="Stations that are connected.")
    connectors = serializers.IntegerField()
    in_use = serializers.IntegerField(help_text="Connectors that are occupied or reserved.")
    operative = serializers.IntegerField(help_text="Connectors that could be used.")


class SampleSerializer(serializers.ModelSerializer[NetworkSample]):
    """The network at one minute."""

    class Meta:
        model = NetworkSample
        fields = ("at", *_FIGURES)
        read_only_fields = fields


class HourSerializer(serializers.ModelSerializer[HourlyFigures]):
    """Energy and sessions of the transactions that ended in an hour."""

    energy_kwh = ThousandthsField(source="energy_wh")

    class Meta:
        model = HourlyFigures
        fields = ("hour", "energy_kwh", "sessions")
        read_only_fields = fields


class PeriodQuery(QuerySerializer):
    since = serializers.DateTimeField(required=False, help_text="At this instant or later.")
    until = serializers.DateTimeField(required=False, help_text="Before this instant.")
