"""Transactions and their readings as the API shows them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from chargers.models import ChargingStateChange, MeterValue, Transaction, TransactionState
from chargers.selectors import charging_states
from common.api.fields import JsonObjectField, ThousandthsField
from common.api.serializers import BodySerializer, ExternalFields, QuerySerializer, Serializer


class WarningSerializer(Serializer):
    code = serializers.CharField()
    detail = serializers.CharField()
    at = serializers.CharField()


class TransactionSerializer(serializers.ModelSerializer[Transaction]):
    """A charging session. `energy_kwh` is live while it is active."""

    location_id = serializers.UUIDField(read_only=True)
    station_id = serializers.UUIDField(read_only=True)
    driver_id = serializers.UUIDField(read_only=True, allow_null=True)
    id_token_id = serializers.UUIDField(read_only=True, allow_null=True)
    evse = serializers.IntegerField(
        source="evse.number", read_only=True, allow_null=True, default=None, help_text="Its number."
    )
    connector = serializers.IntegerField(
        source="connector.number",
        read_only=True,
        allow_null=True,
        default=None,
        help_text="Its number.",
    )
    energy_kwh = ThousandthsField(source="energy_wh")
    meter_start_kwh = ThousandthsField(source="meter_start_wh", allow_null=True)
    meter_stop_kwh = ThousandthsField(source="meter_stop_wh", allow_null=True)
    warnings = serializers.SerializerMethodField(help_text="What was odd about it.")
    metadata = JsonObjectField(read_only=True)

    class Meta:
        model = Transaction
        fields = (
            "id",
            "state",
            "charging_state",
            "location_id",
            "station_id",
            "evse",
            "connector",
            "driver_id",
            "id_token_id",
            "id_token_uid",
            "id_token_type",
            "station_ref",
            "started_at",
            "ended_at",
            "stop_reason",
            "energy_kwh",
            "meter_start_kwh",
            "meter_stop_kwh",
            "power_w",
            "max_power_w",
            "soc_percent",
            "last_reading_at",
            "warnings",
            "needs_review",
            "external_id",
            "metadata",
            "created_at",
        )
        read_only_fields = fields

    @extend_schema_field(WarningSerializer(many=True))
    def get_warnings(self, row: Transaction) -> Any:
        return row.warnings


class ChargingStateSerializer(serializers.ModelSerializer[ChargingStateChange]):
    class Meta:
        model = ChargingStateChange
        fields = ("at", "state")
        read_only_fields = fields


class TransactionDetailSerializer(TransactionSerializer):
    """A charging session with the history of its charging states."""

    charging_states = serializers.SerializerMethodField(
        help_text="In order of time; a state holds until the next one."
    )

    class Meta(TransactionSerializer.Meta):
        fields = (*TransactionSerializer.Meta.fields, "charging_states")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]

    @extend_schema_field(ChargingStateSerializer(many=True))
    def get_charging_states(self, row: Transaction) -> Any:
        return ChargingStateSerializer(charging_states(row), many=True).data


class TransactionBody(ExternalFields, BodySerializer):
    """What may be set on a session; its facts are the station's."""


class TransactionQuery(QuerySerializer):
    state = serializers.ChoiceField(TransactionState.choices, required=False)
    station = serializers.UUIDField(required=False)
    location = serializers.UUIDField(required=False)
    driver = serializers.UUIDField(required=False)
    since = serializers.DateTimeField(required=False, help_text="Started then or later.")
    until = serializers.DateTimeField(required=False, help_text="Started before.")
    ended_since = serializers.DateTimeField(
        required=False, help_text="Ended then or later: ask with it for what is new."
    )
    ended_until = serializers.DateTimeField(required=False, help_text="Ended before.")
    needs_review = serializers.BooleanField(required=False)
    id_token_uid = serializers.CharField(required=False, max_length=255)
    external_id = serializers.CharField(required=False, max_length=120)


class ReviewBody(BodySerializer):
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class MeterValueSerializer(serializers.ModelSerializer[MeterValue]):
    """All that was measured at one instant; null was not measured."""

    energy_kwh = ThousandthsField(
        source="energy_wh", allow_null=True, help_text="Register of the meter."
    )
    current_l1_a = ThousandthsField(source="current_l1_ma", allow_null=True)
    current_l2_a = ThousandthsField(source="current_l2_ma", allow_null=True)
    current_l3_a = ThousandthsField(source="current_l3_ma", allow_null=True)
    voltage_v = ThousandthsField(source="voltage_mv", allow_null=True)

    class Meta:
        model = MeterValue
        fields = (
            "taken_at",
            "context",
            "energy_kwh",
            "power_w",
            "current_l1_a",
            "current_l2_a",
            "current_l3_a",
            "voltage_v",
            "soc_percent",
        )
        read_only_fields = fields


class CurveQuery(QuerySerializer):
    also_known = frozenset()

    points = serializers.IntegerField(
        required=False, default=500, min_value=3, max_value=2000, help_text="At most so many."
    )


class CurvePointSerializer(Serializer):
    at = serializers.DateTimeField()
    energy_kwh = ThousandthsField(source="energy_wh", allow_null=True)
    power_w = serializers.IntegerField(allow_null=True)
    soc_percent = serializers.IntegerField(allow_null=True)


class CurveSerializer(Serializer):
    """Readings of a session short enough to draw: the peak of each stretch is kept."""

    data = CurvePointSerializer(many=True)  # type: ignore[assignment]  # hides an attribute
