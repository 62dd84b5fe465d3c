"""Signed meter values of a session, and the public keys of meters."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from accounts.http import actor_of
from accounts.policy import Permission
from chargers.models import (
    ChargingStation,
    KeySource,
    MeterPublicKey,
    SessionMeterCheck,
    SignedMeterValue,
)
from chargers.ocmf.keys import MAX_KEY_LENGTH
from chargers.services.signed.keys import add_meter_key, remove_meter_key
from common.api.serializers import BodySerializer, QuerySerializer, Serializer
from common.api.views import ApiViewSet, found
from common.clock import utc_now


class SignedMeterValueSerializer(serializers.ModelSerializer[SignedMeterValue]):
    """A signed value exactly as its station sent it, and what came of its check."""

    evse = serializers.IntegerField(source="evse_number", help_text="0 is the whole station.")
    public_key = serializers.CharField(help_text="As sent with the value.")
    key_fingerprint = serializers.CharField(
        source="key.fingerprint",
        default="",
        help_text="SHA-256 of the key that it was checked with.",
    )
    energy_wh = serializers.DecimalField(
        max_digits=24,
        decimal_places=4,
        allow_null=True,
        help_text="Register of the last reading inside, Wh.",
    )

    class Meta:
        model = SignedMeterValue
        fields = (
            "context",
            "evse",
            "measurand",
            "device_at",
            "received_at",
            "raw",
            "digest",
            "encoding_method",
            "signing_method",
            "public_key",
            "format",
            "status",
            "reason",
            "checked_at",
            "key_fingerprint",
            "energy_wh",
            "measured_at",
            "time_status",
            "reading_reason",
            "meter_status",
            "meter_serial",
            "pagination",
        )
        read_only_fields = fields


class SignedReadingSerializer(Serializer):
    energy_wh = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)
    meter = serializers.CharField()
    pagination = serializers.CharField()


class MeterCheckSerializer(serializers.ModelSerializer[SessionMeterCheck]):
    """What the signed values of a session are worth together."""

    begin = SignedReadingSerializer(allow_null=True)
    end = SignedReadingSerializer(allow_null=True)
    findings = serializers.ListField(child=serializers.CharField(), help_text="What is wrong.")
    remarks = serializers.ListField(
        child=serializers.CharField(), help_text="What is worth knowing."
    )
    check_url = serializers.SerializerMethodField(
        help_text="Page where the driver can check the values without logging in."
    )

    class Meta:
        model = SessionMeterCheck
        fields = (
            "verdict",
            "energy_wh",
            "begin",
            "end",
            "findings",
            "remarks",
            "checked_at",
            "check_url",
        )
        read_only_fields = fields

    def get_check_url(self, check: SessionMeterCheck) -> str:
        return reverse(
            "chargers:check_session", args=[check.token], request=self.context["request"]
        )


class MeterKeySerializer(serializers.ModelSerializer[MeterPublicKey]):
    """A public key of a meter; `replaced_at` is null while it is in force."""

    station_id = serializers.UUIDField(read_only=True)
    evse = serializers.IntegerField(source="evse_number", help_text="0 is the whole station.")

    class Meta:
        model = MeterPublicKey
        fields = (
            "id",
            "station_id",
            "evse",
            "key",
            "fingerprint",
            "algorithm",
            "source",
            "is_unexpected",
            "first_seen_at",
            "replaced_at",
        )
        read_only_fields = fields


class MeterKeyBody(BodySerializer):
    station = serializers.UUIDField()
    evse = serializers.IntegerField(
        min_value=0, max_value=1_000, default=0, help_text="0 is the whole station."
    )
    key = serializers.CharField(
        max_length=MAX_KEY_LENGTH,
        help_text="DER or bare point in hexadecimal or Base64, or PEM.",
    )


class MeterKeyQuery(QuerySerializer):
    station = serializers.UUIDField(required=False)
    source: Any = serializers.ChoiceField(KeySource.choices, required=False)
    is_unexpected = serializers.BooleanField(required=False)


@extend_schema(tags=["Stations"])
class MeterKeyViewSet(ApiViewSet):
    permission = {
        **dict.fromkeys(("list", "retrieve"), Permission.STATIONS_VIEW),
        **dict.fromkeys(("create", "destroy"), Permission.STATIONS_MANAGE),
    }
    serializer_class = MeterKeySerializer
    paging_order = ("-id",)
    lookup_value_converter = "int"

    @extend_schema(summary="List public keys of meters", parameters=[MeterKeyQuery])
    def list(self, _request: Request) -> Response:
        query: dict[str, Any] = self.query(MeterKeyQuery)
        if "station" in query:
            query["station_id"] = query.pop("station")
        return self.page(MeterPublicKey.objects.filter(**query))

    @extend_schema(summary="Get a public key of a meter")
    def retrieve(self, _request: Request, pk: int) -> Response:
        return Response(self.shown(found(MeterPublicKey.objects.all(), pk=pk)))

    @extend_schema(summary="Enter the public key of a meter", request=MeterKeyBody)
    def create(self, request: Request) -> Response:
        told = self.body(MeterKeyBody)
        rows = ChargingStation.objects.select_related("operator")
        key = add_meter_key(
            station=found(rows, pk=told["station"]),
            evse_number=told["evse"],
            key=told["key"],
            actor=actor_of(request),
            now=utc_now(),
        )
        return self.created(key, at="api:meter-key-detail")

    @extend_schema(summary="Forget a public key of a meter", responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        key = found(MeterPublicKey.objects.select_related("station__operator"), pk=pk)
        remove_meter_key(key=key, actor=actor_of(request), now=utc_now())
        return Response(status=status.HTTP_204_NO_CONTENT)
