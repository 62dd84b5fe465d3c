"""Tariffs, their versions and prices of the market as the API shows and takes them."""

from __future__ import annotations

from rest_framework import serializers

from common.api.fields import JsonObjectField, ThousandthsField
from common.api.serializers import BodySerializer, ExternalFields, QuerySerializer, Serializer
from common.formats import NBSP
from tariffs.models import SpotPrice, TariffVersion
from tariffs.selectors.terms import terms_of
from tariffs.services.spot_prices import MOST_AT_ONCE, SLOTS
from tariffs.words import headline, sentences, total_limits, vat_note

_CURRENCY = "ISO 4217; every version of the tariff has it."
_TERMS = (
    "The price, with the names of OCPI tariffs: `currency`, `tax_included`, `elements` of "
    "`price_components` and `restrictions`, `min_price`, `max_price`, `caps`. Numbers may be texts."
)
_MOST_TERMS = 100_000
_NO_LIMIT = "A session is stopped there; null: no limit."


class WordsField(serializers.CharField):
    """A sentence; programs do not expect its no-break spaces."""

    def to_representation(self, value: str) -> str:
        return value.replace(NBSP, " ")


class TariffVersionSerializer(serializers.ModelSerializer[TariffVersion]):
    """What a tariff costs from an instant on. A version never changes; a change is a new one."""

    tariff_id = serializers.UUIDField(read_only=True)
    terms = JsonObjectField(read_only=True, help_text=_TERMS)
    max_energy_kwh = ThousandthsField(source="max_energy_wh", allow_null=True, help_text=_NO_LIMIT)
    headline = serializers.SerializerMethodField(help_text="The price to compare by.")
    words = serializers.SerializerMethodField(help_text="The terms, sentence by sentence.")
    vat_note = serializers.SerializerMethodField(help_text="Words about VAT beside a price.")

    class Meta:
        model = TariffVersion
        fields = (
            "id",
            "tariff_id",
            "number",
            "valid_from",
            "withdrawn_at",
            "terms",
            "headline",
            "words",
            "vat_note",
            "max_energy_kwh",
            "max_duration_s",
            "max_amount_minor",
            "note",
            "created_at",
        )
        read_only_fields = fields

    def get_headline(self, row: TariffVersion) -> str:
        return _plain(headline(terms_of(row)))

    def get_words(self, row: TariffVersion) -> list[str]:
        terms = terms_of(row)
        return [_plain(line) for line in (*sentences(terms), *total_limits(terms))]

    def get_vat_note(self, row: TariffVersion) -> str:
        return _plain(vat_note(terms_of(row)))


def _plain(text: str) -> str:
    """Programs do not expect no-break spaces."""
    return text.replace(NBSP, " ")


class TariffSerializer(Serializer):
    """A tariff with the version that is valid now and the next one."""

    id = serializers.UUIDField(source="tariff.id")
    name = serializers.CharField(source="tariff.name")
    description = serializers.CharField(source="tariff.description")
    currency = serializers.CharField(source="tariff.currency", help_text=_CURRENCY)
    current_version = TariffVersionSerializer(
        source="current", allow_null=True, help_text="Null: it has no price yet."
    )
    scheduled_version = TariffVersionSerializer(
        source="scheduled", allow_null=True, help_text="The version that follows; null: none."
    )
    assignment_count = serializers.IntegerField(
        source="assignments", help_text="Cells of the price list that use it now or later."
    )
    archived_at = serializers.DateTimeField(source="tariff.archived_at", allow_null=True)
    external_id = serializers.CharField(source="tariff.external_id")
    metadata = JsonObjectField(source="tariff.metadata")
    created_at = serializers.DateTimeField(source="tariff.created_at")


class TariffQuery(QuerySerializer):
    search = serializers.CharField(
        required=False, max_length=100, help_text="In name or description."
    )
    is_archived = serializers.BooleanField(
        required=False, default=False, help_text="Archived ones instead of those on offer."
    )
    external_id = serializers.CharField(required=False, max_length=120)


class TariffChangesBody(ExternalFields, BodySerializer):
    name = serializers.CharField(max_length=120)
    description = serializers.CharField(
        max_length=500,
        required=False,
        allow_blank=True,
        help_text="What drivers read of it; empty: words made from the terms.",
    )


class TariffBody(TariffChangesBody):
    currency = serializers.CharField(max_length=3, help_text=_CURRENCY)


class VersionBody(BodySerializer):
    terms = JsonObjectField(most=_MOST_TERMS, help_text=_TERMS)
    valid_from = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="Not in the past; null: from now on.",
    )
    max_energy_kwh = serializers.DecimalField(
        max_digits=10, decimal_places=3, required=False, allow_null=True, help_text=_NO_LIMIT
    )
    max_duration_s = serializers.IntegerField(required=False, allow_null=True, help_text=_NO_LIMIT)
    max_amount_minor = serializers.IntegerField(
        required=False,
        allow_null=True,
        help_text=f"Gross, in integer minor units of the currency. {_NO_LIMIT}",
    )
    note = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="For your colleagues."
    )


class ArchiveBody(BodySerializer):
    unassign = serializers.BooleanField(
        required=False,
        default=False,
        help_text="End the assignments that use it; otherwise an assigned tariff is a 409.",
    )


class ArchivedTariffSerializer(Serializer):
    assignments_ended = serializers.IntegerField()


class DuplicateBody(BodySerializer):
    name = serializers.CharField(
        max_length=120, required=False, allow_blank=True, help_text="Empty: made from the old one."
    )


class CheckBody(BodySerializer):
    terms = JsonObjectField(most=_MOST_TERMS, help_text=_TERMS)
    time_zone = serializers.CharField(
        required=False,
        max_length=64,
        help_text="IANA name, for prices by time of day; yours when it is left out.",
    )
    day = serializers.DateField(
        required=False, help_text="Local day of the examples; today when it is left out."
    )
    display_characters = serializers.IntegerField(
        required=False,
        default=80,
        min_value=0,
        max_value=1000,
        help_text="How much a station's display takes.",
    )


class TermsErrorSerializer(Serializer):
    field = serializers.CharField(help_text="Path in the terms.")
    message = serializers.CharField()


class TermsFaultSerializer(TermsErrorSerializer):
    code = serializers.CharField(help_text="Short name of what is odd.")


class TermsExampleLineSerializer(Serializer):
    title = WordsField()
    quantity = WordsField(help_text="How much at which price.")
    reason = WordsField(help_text="Which part of the tariff gave it.")
    amount_minor = serializers.IntegerField(
        help_text="In minor units; with VAT where the tariff includes it."
    )


class TermsExampleSerializer(Serializer):
    """A typical session with its price."""

    key = serializers.CharField(help_text="`overnight`, `fast` or `stop`.")
    about = WordsField()
    started_at = serializers.DateTimeField()
    lines = TermsExampleLineSerializer(many=True)
    net_minor = serializers.IntegerField(source="price.net_minor")
    tax_minor = serializers.IntegerField(source="price.tax_minor")
    gross_minor = serializers.IntegerField(source="price.gross_minor")
    notes = serializers.ListField(
        child=WordsField(), help_text="What one should know about this price."
    )


class CheckedTermsSerializer(Serializer):
    """What is wrong or odd in terms, and what they mean. With errors the rest is empty."""

    errors = TermsErrorSerializer(many=True)  # type: ignore[assignment]
    warnings = TermsFaultSerializer(many=True)
    headline = WordsField()
    words = serializers.ListField(child=WordsField())
    vat_note = WordsField()
    display_text = serializers.CharField(help_text="Empty: not even the price fits.")
    examples = TermsExampleSerializer(many=True)


class SpotPriceSerializer(serializers.ModelSerializer[SpotPrice]):
    """A price per kWh of one slot, net."""

    class Meta:
        model = SpotPrice
        fields = ("area", "currency", "slot_minutes", "starts_at", "price", "received_at")
        read_only_fields = fields


class SpotPriceQuery(QuerySerializer):
    area = serializers.CharField(required=False, max_length=20)
    currency = serializers.CharField(required=False, max_length=3)
    slot_minutes = serializers.ChoiceField(SLOTS, required=False)
    since = serializers.DateTimeField(required=False, help_text="Slots that begin then or later.")
    until = serializers.DateTimeField(required=False, help_text="Slots that begin before.")


class QuoteBody(BodySerializer):
    area = serializers.CharField(max_length=20, help_text="Bidding zone, such as DK1.")
    currency = serializers.CharField(max_length=3, help_text="ISO 4217")
    slot_minutes = serializers.ChoiceField(SLOTS)
    starts_at = serializers.DateTimeField(help_text="A multiple of the slot in UTC.")
    price = serializers.DecimalField(
        max_digits=12, decimal_places=6, help_text="Per kWh, net, in the major unit."
    )


class SpotPricesBody(BodySerializer):
    prices = QuoteBody(many=True, help_text=f"At most {MOST_AT_ONCE}.")


class StoredSpotPricesSerializer(Serializer):
    added = serializers.IntegerField()
    replaced = serializers.IntegerField(help_text="Slots of the future with another price now.")
    unchanged = serializers.IntegerField(help_text="Slots that were known with this price.")
