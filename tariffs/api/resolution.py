"""Which price holds at a plug, and why; what a session would cost."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Driver
from accounts.policy import Permission
from chargers.models import ChargingStation, Evse
from common.api.serializers import BodySerializer, QuerySerializer, Serializer
from common.api.views import ApiView
from common.clock import utc_now
from tariffs.api.places import evse_of
from tariffs.api.serializers import WordsField
from tariffs.pricing.rounding import RoundedLine
from tariffs.resolution import Customer, Reason
from tariffs.selectors.resolution import Resolution, customer_of, resolve
from tariffs.services.asked_session import MOST_KW, MOST_KWH, MOST_MINUTES
from tariffs.services.simulation import Asked, Simulation, simulate
from tariffs.why import why_words
from tariffs.words import LineWords

_PLUG = "EVSE id at the station, from 1."
_DRIVER = "Who charges; without one a card that belongs to nobody."
_AD_HOC = "A guest who pays ad hoc, instead of a driver."
_GROSS = "With VAT, in major units of the currency; null: no price is known."


class PlugFields(Serializer):
    """A plug and who charges there."""

    station_id = serializers.UUIDField()
    evse = serializers.IntegerField(min_value=1, max_value=10_000, help_text=_PLUG)
    driver_id = serializers.UUIDField(required=False, allow_null=True, help_text=_DRIVER)
    is_ad_hoc = serializers.BooleanField(required=False, default=False, help_text=_AD_HOC)


class ResolutionQuery(PlugFields, QuerySerializer):
    at = serializers.DateTimeField(required=False, help_text="The instant; now when left out.")


class CandidateSerializer(Serializer):
    """An assignment whose place covers the plug, and why it decides or not."""

    assignment_id = serializers.UUIDField(source="told.assignment")
    group_id = serializers.UUIDField(source="told.group")
    tariff_id = serializers.UUIDField(source="told.tariff", allow_null=True)
    version_id = serializers.UUIDField(source="told.version", allow_null=True)
    place = serializers.CharField(source="told.place")
    what = WordsField(help_text="Tariff, group and place in words.")
    reason = serializers.ChoiceField([str(reason) for reason in Reason])
    why = WordsField(help_text="The reason as a sentence.")


class ResolutionSerializer(Serializer):
    """Who pays what at a plug, and why."""

    is_denied = serializers.BooleanField(source="denied", help_text="Charging is not allowed.")
    tariff_id = serializers.SerializerMethodField(help_text="null: denied, or no price is known.")
    version_id = serializers.SerializerMethodField()
    group_id = serializers.UUIDField(source="group", allow_null=True)
    candidates = serializers.SerializerMethodField(
        help_text="In the order in which they are asked; the first that fits decides."
    )

    @extend_schema_field({"type": ["string", "null"], "format": "uuid"})
    def get_tariff_id(self, found: Resolution) -> UUID | None:
        return found.version.tariff_id if found.version else None

    @extend_schema_field({"type": ["string", "null"], "format": "uuid"})
    def get_version_id(self, found: Resolution) -> UUID | None:
        return found.version.pk if found.version else None

    @extend_schema_field(CandidateSerializer(many=True))
    def get_candidates(self, found: Resolution) -> Any:
        return CandidateSerializer(why_words(found.explanation()), many=True).data


@extend_schema(tags=["Tariffs"])
class TariffResolutionView(ApiView):
    permission = Permission.TARIFFS_VIEW
    serializer_class = ResolutionSerializer

    @extend_schema(summary="Which tariff holds at a plug, and why", parameters=[ResolutionQuery])
    def get(self, _request: Request) -> Response:
        query = self.query(ResolutionQuery)
        evse = _plug(query)
        found = resolve(evse=evse, customer=_customer(query), at=query.get("at") or utc_now())
        return Response(self.shown(found))


@extend_schema_field({"type": "string", "examples": ["2026-10-25T02:30:00", "2026-10-25T00:30Z"]})
class WallClockField(serializers.Field):  # type: ignore[type-arg]
    """An instant with an offset, or without one what the clock of the site shows."""

    default_error_messages = {"invalid": "A date and time, such as 2026-10-25T14:30:00."}

    def to_internal_value(self, data: Any) -> datetime:
        try:
            found = parse_datetime(data) if isinstance(data, str) else None
        except ValueError:
            found = None
        if found is None:
            self.fail("invalid")
        return found

    def to_representation(self, value: datetime) -> str:
        return value.isoformat()


class SimulationBody(PlugFields, BodySerializer):
    start = WallClockField(
        required=False,
        help_text="With an offset an instant; without one the site's wall clock; now if left out.",
    )
    energy_kwh = serializers.DecimalField(
        max_digits=8, decimal_places=3, min_value=Decimal(0), max_value=Decimal(MOST_KWH)
    )
    charging_minutes = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=MOST_MINUTES,
        help_text="How long energy flows; null: as long as it takes at `power_kw`.",
    )
    idle_minutes = serializers.IntegerField(
        required=False,
        default=0,
        min_value=0,
        max_value=MOST_MINUTES,
        help_text="After charging, still plugged in.",
    )
    power_kw = serializers.DecimalField(
        max_digits=7,
        decimal_places=3,
        required=False,
        allow_null=True,
        min_value=Decimal(0),
        max_value=Decimal(MOST_KW),
        help_text="While charging; null: the average.",
    )


class SimulatedLineSerializer(Serializer):
    kind = serializers.CharField(help_text="FLAT, ENERGY, TIME, PARKING_TIME or what limits.")
    title = WordsField()
    quantity = WordsField(help_text="How much at which price.")
    reason = WordsField(help_text="Which part of the tariff gave it.")
    amount_minor = serializers.IntegerField(
        help_text="In minor units; with VAT where the tariff includes it."
    )
    net_exact = serializers.CharField(help_text="Without VAT, a rational number such as 61/60.")
    tax_exact = serializers.CharField()


class MomentSerializer(Serializer):
    """A quarter of an hour."""

    at = serializers.DateTimeField()
    kwh = serializers.DecimalField(None, 6, allow_null=True, help_text=f"The first. {_GROSS}")
    minute = serializers.DecimalField(
        None, 6, allow_null=True, help_text=f"The first minute of charging. {_GROSS}"
    )
    idle_minute = serializers.DecimalField(
        None, 6, allow_null=True, help_text=f"After the idle time of the session. {_GROSS}"
    )
    session_minor = serializers.IntegerField(
        allow_null=True, help_text="The whole session if it began then, with VAT, minor units."
    )
    currency = serializers.CharField()


class SimulationSerializer(Serializer):
    """What a session would cost; amounts are null where no price is known or nobody may charge."""

    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    time_zone = serializers.CharField(source="zone.key", help_text="Of the site; IANA name.")
    resolution = ResolutionSerializer()
    currency = serializers.CharField(source="rounded.currency", default="")
    tax_included = serializers.BooleanField(source="rounded.tax_included", default=None)
    net_minor = serializers.IntegerField(source="rounded.net_minor", default=None)
    tax_minor = serializers.IntegerField(source="rounded.tax_minor", default=None)
    gross_minor = serializers.IntegerField(source="rounded.gross_minor", default=None)
    net_exact = serializers.CharField(
        source="price.net", default=None, help_text="A rational number such as 61/60."
    )
    gross_exact = serializers.CharField(source="price.gross", default=None)
    lines = serializers.SerializerMethodField(help_text="They add up to the total.")
    warnings = serializers.ListField(child=WordsField())
    day = MomentSerializer(many=True, help_text="The local day of the start, by quarters.")

    @extend_schema_field(SimulatedLineSerializer(many=True))
    def get_lines(self, found: Simulation) -> Any:
        if found.rounded is None:
            return []
        pairs = zip(found.rounded.lines, found.lines, strict=True)
        lines = [_line(line, words) for line, words in pairs]
        return SimulatedLineSerializer(lines, many=True).data


def _line(row: RoundedLine, words: LineWords) -> dict[str, Any]:
    return {
        "kind": row.line.kind,
        "title": words.title,
        "quantity": words.quantity,
        "reason": words.reason,
        "amount_minor": row.amount_minor,
        "net_exact": row.line.net,
        "tax_exact": row.line.tax,
    }


@extend_schema(tags=["Tariffs"])
class PriceSimulationView(ApiView):
    permission = Permission.TARIFFS_VIEW
    serializer_class = SimulationSerializer

    @extend_schema(
        summary="What a session would cost, why, and at which time of the day",
        request=SimulationBody,
    )
    def post(self, _request: Request) -> Response:
        data = self.body(SimulationBody)
        asked = Asked(
            evse=_plug(data),
            customer=_customer(data),
            start=data.get("start") or utc_now(),
            energy_kwh=data["energy_kwh"],
            charging_minutes=data.get("charging_minutes"),
            idle_minutes=data["idle_minutes"],
            power_kw=data.get("power_kw"),
        )
        return Response(self.shown(simulate(asked)))


def _plug(data: dict[str, Any]) -> Evse:
    station = ChargingStation.objects.filter(pk=data["station_id"]).first()
    if station is None:
        raise ValidationError({"station_id": "There is no such station."})
    return evse_of(station, data["evse"])


def _customer(data: dict[str, Any]) -> Customer:
    key, is_ad_hoc = data.get("driver_id"), data["is_ad_hoc"]
    if key is None:
        return customer_of(None, is_ad_hoc=is_ad_hoc)
    if is_ad_hoc:
        raise ValidationError({"is_ad_hoc": "Either a driver or a guest."})
    driver = Driver.objects.filter(pk=key).first()
    if driver is None:
        raise ValidationError({"driver_id": "There is no such driver."})
    return customer_of(driver)
