"""Charge records as the API shows them: amounts in minor units, exact amounts as fractions."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from billing.models import Cdr
from common.api.fields import JsonObjectField, ThousandthsField
from common.api.serializers import BodySerializer, QuerySerializer, Serializer

_EXACT = "Exact, in the currency's major unit, as a fraction such as 61/60."
_MINOR = "Integer minor units of `currency`; null: there is no price."


class CdrSerializer(serializers.ModelSerializer[Cdr]):
    """What an ended session cost. A correction is a record of its own with the next `version`."""

    transaction_id = serializers.UUIDField(read_only=True)
    location_id = serializers.UUIDField(read_only=True)
    station_id = serializers.UUIDField(source="transaction.station_id", read_only=True)
    driver_id = serializers.UUIDField(read_only=True, allow_null=True)
    tariff_version_id = serializers.UUIDField(read_only=True, allow_null=True)
    energy_kwh = ThousandthsField(source="energy_wh")
    currency = serializers.CharField(
        read_only=True, allow_blank=True, help_text="ISO 4217; empty while there is no price."
    )
    net_minor = serializers.IntegerField(read_only=True, allow_null=True, help_text=_MINOR)
    tax_minor = serializers.IntegerField(read_only=True, allow_null=True, help_text=_MINOR)
    gross_minor = serializers.IntegerField(read_only=True, allow_null=True, help_text=_MINOR)
    flags = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="What was odd about it."
    )
    needs_review = serializers.BooleanField(
        source="is_open",
        read_only=True,
        help_text="A person must look before it may be billed.",
    )
    metadata = JsonObjectField(read_only=True)

    class Meta:
        model = Cdr
        fields: tuple[str, ...] = (
            "id",
            "transaction_id",
            "version",
            "is_latest",
            "location_id",
            "station_id",
            "driver_id",
            "tariff_version_id",
            "started_at",
            "ended_at",
            "energy_kwh",
            "is_provisional",
            "currency",
            "net_minor",
            "tax_minor",
            "gross_minor",
            "flags",
            "needs_review",
            "accepted_at",
            "digest",
            "external_id",
            "metadata",
            "created_at",
        )
        read_only_fields = fields


class CdrLineSerializer(Serializer):
    """One component of the tariff at one unit price."""

    kind = serializers.CharField(
        help_text="FLAT, ENERGY, TIME, PARKING_TIME, CAP, MIN_PRICE, MAX_PRICE"
    )
    of = serializers.CharField(allow_null=True, help_text="What a CAP limits.")
    element = serializers.IntegerField(
        allow_null=True, help_text="Index of the tariff's element that gave it."
    )
    is_reservation = serializers.BooleanField()
    quantity = serializers.CharField(help_text="Wh or seconds charged, as a fraction; 1 for FLAT.")
    added = serializers.CharField(help_text="How much of it a step has added.")
    unit_price = serializers.CharField(help_text="In the tariff's basis of VAT, per `per`.")
    per = serializers.IntegerField(help_text="1000 Wh, so many seconds, or 1.")
    vat = serializers.CharField(allow_null=True, help_text="Per cent; null: not applicable.")
    net = serializers.CharField(help_text=_EXACT)
    tax = serializers.CharField(help_text=_EXACT)
    start = serializers.CharField(help_text="First second that it covers, Unix epoch.")
    end = serializers.CharField(help_text="Last second that it covers, Unix epoch.")
    amount_minor = serializers.IntegerField(help_text="Rounded, in the tariff's basis of VAT.")
    net_minor = serializers.IntegerField(help_text="Rounded, without VAT.")


class CdrTaxSerializer(Serializer):
    """What the lines of one rate of VAT add up to, rounded."""

    vat = serializers.CharField(allow_null=True)
    net_minor = serializers.IntegerField()
    tax_minor = serializers.IntegerField()


class CdrDetailSerializer(CdrSerializer):
    """A record with all that decides its price: priced again, it gives the same digest."""

    net_exact = serializers.CharField(read_only=True, help_text=_EXACT)
    gross_exact = serializers.CharField(read_only=True, help_text=_EXACT)
    lines = serializers.SerializerMethodField(help_text="In order of their first second.")
    taxes = serializers.SerializerMethodField()
    terms = JsonObjectField(read_only=True, allow_null=True, help_text="The tariff as priced.")
    charging = JsonObjectField(
        read_only=True,
        help_text="`periods` of [start, end, Wh, state, W, mA], seconds of the Unix epoch.",
    )
    spot_prices = JsonObjectField(
        read_only=True, help_text="Market prices used, by area/minutes/start."
    )

    class Meta(CdrSerializer.Meta):
        fields = (
            *CdrSerializer.Meta.fields,
            "time_zone",
            "net_exact",
            "gross_exact",
            "lines",
            "taxes",
            "terms",
            "charging",
            "spot_prices",
        )
        read_only_fields = fields

    @extend_schema_field(CdrLineSerializer(many=True))
    def get_lines(self, cdr: Cdr) -> Any:
        return cdr.lines

    @extend_schema_field(CdrTaxSerializer(many=True))
    def get_taxes(self, cdr: Cdr) -> Any:
        return cdr.taxes


class CdrQuery(QuerySerializer):
    ended_from = serializers.DateTimeField(required=False, help_text="Ended then or later.")
    ended_to = serializers.DateTimeField(required=False, help_text="Ended before.")
    location = serializers.UUIDField(required=False)
    driver = serializers.UUIDField(required=False)
    transaction = serializers.UUIDField(required=False)
    needs_review = serializers.BooleanField(required=False)


class RepriceBody(BodySerializer):
    ended_from = serializers.DateTimeField(help_text="Ended then or later.")
    ended_to = serializers.DateTimeField(help_text="Ended before.")
    from_readings = serializers.BooleanField(
        default=False,
        help_text="Price what the readings say now, not what the records hold.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["ended_to"] <= attrs["ended_from"]:
            raise serializers.ValidationError({"ended_to": "It lies before ended_from."})
        return attrs


class RepricedSerializer(Serializer):
    """What came of pricing again; nothing was written."""

    checked = serializers.IntegerField()
    equal = serializers.IntegerField(help_text="The same digest, bit by bit.")
    different = serializers.IntegerField()
    failed = serializers.IntegerField(help_text="Could not be priced.")
    complete = serializers.BooleanField(
        help_text="False: there are more than one call looks at; ask for a shorter period."
    )
    different_ids = serializers.ListField(
        child=serializers.UUIDField(),
        source="named",
        help_text="The first hundred that are different or failed.",
    )
