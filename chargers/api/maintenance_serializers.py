"""Displays and background work of stations, as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from chargers.models import (
    JOB_STATES,
    CustomerInformation,
    DisplayMessage,
    DisplayStatus,
    FirmwareUpdate,
    LogUpload,
    ReportedSettlement,
)
from common.api.fields import JsonObjectField
from common.api.serializers import QuerySerializer, Serializer


class StepSerializer(Serializer):
    """A word of the station and when it came."""

    status = serializers.CharField()
    at = serializers.DateTimeField()

    def to_representation(self, instance: Any) -> Any:
        """Instants stand as text in the row's history."""
        return super().to_representation({**instance, "at": datetime.fromisoformat(instance["at"])})


_JOB_FIELDS = (
    *("id", "station_id", "command_id", "request_id", "state", "status", "history"),
    *("requested_at", "finished_at"),
)


class JobSerializer(serializers.ModelSerializer[Any]):
    """What all background work has in common."""

    station_id = serializers.UUIDField(read_only=True)
    command_id = serializers.UUIDField(read_only=True, allow_null=True)
    history = StepSerializer(many=True, read_only=True)


class FirmwareUpdateSerializer(JobSerializer):
    """An image that a station shall install, or publish, and how far it is."""

    locations = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = FirmwareUpdate
        fields = (
            *_JOB_FIELDS,
            *("url", "retrieve_at", "install_at", "is_signed", "version_before", "version_after"),
            *("is_publication", "checksum", "locations"),
        )
        read_only_fields = fields
        extra_kwargs = {"status": {"help_text": "The station's last word, such as Downloading."}}


class LogUploadSerializer(JobSerializer):
    """A log that a station shall upload, and how far it is."""

    class Meta:
        model = LogUpload
        fields = (*_JOB_FIELDS, "log_type", "url", "filename")
        read_only_fields = fields


class CustomerInformationSerializer(JobSerializer):
    """What a station was asked about a person, and what it told."""

    class Meta:
        model = CustomerInformation
        fields = (
            *_JOB_FIELDS,
            *("id_token_uid", "id_token_type", "customer_identifier"),
            *("is_report", "is_clear", "data"),
        )
        read_only_fields = fields
        extra_kwargs = {"data": {"help_text": "The report, once it is complete."}}


class DisplayMessageSerializer(serializers.ModelSerializer[DisplayMessage]):
    """A message of a station's display, as far as we know."""

    station_id = serializers.UUIDField(read_only=True)
    transaction_id = serializers.UUIDField(read_only=True, allow_null=True)

    class Meta:
        model = DisplayMessage
        fields = (
            *("id", "station_id", "number", "content", "format", "language", "priority", "state"),
            *("transaction_id", "starts_at", "ends_at", "status", "raw_status", "changed_at"),
        )
        read_only_fields = fields
        extra_kwargs = {"number": {"help_text": "Its id at the station."}}


class SettlementSerializer(serializers.ModelSerializer[ReportedSettlement]):
    """What a station's own payment terminal took, as the station told it."""

    station_id = serializers.UUIDField(read_only=True)
    transaction_id = serializers.UUIDField(read_only=True, allow_null=True)
    details = JsonObjectField(read_only=True, help_text="Receipt, VAT number, company.")

    class Meta:
        model = ReportedSettlement
        fields = (
            *("id", "station_id", "transaction_id", "psp_ref", "status", "amount"),
            *("settled_at", "received_at", "details"),
        )
        read_only_fields = fields


class JobQuery(QuerySerializer):
    station = serializers.UUIDField(required=False)
    state = serializers.ChoiceField(JOB_STATES, required=False)
    request_id = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)


class DisplayMessageQuery(QuerySerializer):
    station = serializers.UUIDField(required=False)
    status = serializers.ChoiceField(DisplayStatus.choices, required=False)
    number = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)


class SettlementQuery(QuerySerializer):
    station = serializers.UUIDField(required=False)
    transaction = serializers.UUIDField(required=False)
    psp_ref = serializers.CharField(required=False, max_length=255)
