"""Makes of stations, an operator's rules on them, and what was forgiven."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.http import actor_of, operator_of
from accounts.policy import Permission
from chargers.api.pages import page_response
from chargers.domain.forgiven import Kind
from chargers.domain.quirk_fields import as_data
from chargers.domain.quirks import FIELDS, Resolved, Rule
from chargers.models import ChargingStation, QuirkRule
from chargers.selectors import makes as selectors
from chargers.services.quirks import delete_quirk_rule, save_quirk_rule
from common.api.fields import JsonObjectField
from common.api.serializers import BodySerializer, QuerySerializer, Serializer
from common.api.views import ApiView, ApiViewSet, found
from common.clock import utc_now

_VIEW, _MANAGE = Permission.STATIONS_VIEW, Permission.STATIONS_MANAGE
_PATTERN = "`*` stands for any text, `?` for a character; letter case does not count."


class QuirkSourceSerializer(Serializer):
    """Who says that a field is special."""

    own_rule = serializers.UUIDField(allow_null=True, help_text="Null for the shipped catalogue.")
    rule = serializers.CharField(help_text="Key in the catalogue, or id of the own rule.")
    why = serializers.CharField()


class QuirksSerializer(Serializer):
    """What is special about a station: every field in effect, and who set it."""

    values = serializers.SerializerMethodField(help_text="Every field, the standard's included.")
    sources = serializers.SerializerMethodField(help_text="Field → who set it.")

    @extend_schema_field(JsonObjectField)
    def get_values(self, resolved: Resolved) -> dict[str, Any]:
        return as_data({name: getattr(resolved.quirks, name) for name in FIELDS})

    @extend_schema_field(serializers.DictField(child=QuirkSourceSerializer()))
    def get_sources(self, resolved: Resolved) -> dict[str, Any]:
        return {name: _source(rule) for name, rule in resolved.rules.items()}


def _source(rule: Rule) -> dict[str, Any]:
    return {"own_rule": rule.key if rule.is_own else None, "rule": rule.key, "why": rule.source}


class FirmwareSerializer(Serializer):
    """The stations of a make with one firmware."""

    firmware = serializers.CharField(source="make.firmware")
    stations = serializers.IntegerField()
    online = serializers.IntegerField()
    quirks = QuirksSerializer(source="resolved")


class MakeSerializer(Serializer):
    """A vendor's model as it occurs in the network."""

    vendor = serializers.CharField()
    model = serializers.CharField()
    stations = serializers.IntegerField()
    online = serializers.IntegerField()
    forgiven = serializers.IntegerField(help_text="Faults forgiven to all of its stations.")
    firmwares = FirmwareSerializer(many=True)


class ForgivenFaultSerializer(Serializer):
    """How often one kind of fault was forgiven in one kind of message."""

    kind = serializers.ChoiceField([kind.value for kind in Kind])
    action = serializers.CharField(help_text="Empty where the message could not be told.")
    occurrences = serializers.IntegerField()
    first_at = serializers.DateTimeField(source="example.first_at")
    last_at = serializers.DateTimeField()
    detail = serializers.CharField(source="example.detail", help_text="Where it was last seen.")
    message_id = serializers.CharField(
        source="example.message_id", help_text="Of the last frame that showed it."
    )


class QuirkRuleSerializer(serializers.ModelSerializer[QuirkRule]):
    sets = JsonObjectField(read_only=True)

    class Meta:
        model = QuirkRule
        fields = ("id", "vendor", "model", "firmware", "sets", "note", "created_at")
        read_only_fields = fields


class QuirkRuleBody(BodySerializer):
    vendor = serializers.CharField(
        max_length=50, required=False, allow_blank=True, help_text=_PATTERN
    )
    model = serializers.CharField(
        max_length=50, required=False, allow_blank=True, help_text=_PATTERN
    )
    firmware = serializers.CharField(
        max_length=50, required=False, allow_blank=True, help_text=_PATTERN
    )
    sets = JsonObjectField(help_text="Field → value; fields as in a station's `quirks.values`.")
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, help_text="Why.")


class MakeQuery(QuerySerializer):
    search = serializers.CharField(
        required=False, max_length=100, help_text="In vendor, model or firmware."
    )


@extend_schema(tags=["Stations"])
class MakeListView(ApiView):
    """Makes are few: the list has one page."""

    permission = _VIEW
    serializer_class = MakeSerializer

    @extend_schema(
        summary="List the makes of stations with what is special about each",
        parameters=[MakeQuery],
        responses=MakeSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        known = selectors.makes(self.query(MakeQuery).get("search", ""))
        return page_response(request, self.shown(known), before=None)


@extend_schema(tags=["Stations"])
class StationQuirksView(ApiView):
    permission = _VIEW
    serializer_class = QuirksSerializer

    @extend_schema(summary="What is special about a station, and who says so")
    def get(self, _request: Request, pk: UUID) -> Response:
        self.query()
        station = found(ChargingStation.objects.all(), pk=pk)
        return Response(self.shown(selectors.quirks_of(station)))


@extend_schema(tags=["Stations"])
class StationForgivenView(ApiView):
    permission = _VIEW
    serializer_class = ForgivenFaultSerializer

    @extend_schema(
        summary="Faults that were forgiven to a station, counted",
        responses=ForgivenFaultSerializer(many=True),
    )
    def get(self, request: Request, pk: UUID) -> Response:
        self.query()
        station = found(ChargingStation.objects.all(), pk=pk)
        kinds = selectors.forgiven_to_station(station.pk)
        return page_response(request, self.shown(kinds), before=None)


@extend_schema(tags=["Stations"])
class QuirkRuleViewSet(ApiViewSet):
    permission = {
        "list": _VIEW,
        "retrieve": _VIEW,
        "create": _MANAGE,
        "partial_update": _MANAGE,
        "destroy": _MANAGE,
    }
    serializer_class = QuirkRuleSerializer
    paging_order = ("vendor", "model", "firmware", "id")

    @extend_schema(summary="List the operator's own rules on makes")
    def list(self, _request: Request) -> Response:
        self.query()
        return self.page(QuirkRule.objects.all())

    @extend_schema(summary="Get a rule on a make")
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return Response(self.shown(found(QuirkRule.objects.all(), pk=pk)))

    @extend_schema(
        summary="Add a rule on a make",
        request=QuirkRuleBody,
        responses={201: QuirkRuleSerializer},
    )
    def create(self, request: Request) -> Response:
        rule = save_quirk_rule(
            operator=operator_of(request),
            rule=None,
            **self.body(QuirkRuleBody),
            actor=actor_of(request),
            now=utc_now(),
        )
        return self.created(rule, at="api:quirk-rule-detail")

    @extend_schema(
        summary="Change a rule on a make; `sets` replaces all that it sets", request=QuirkRuleBody
    )
    def partial_update(self, request: Request, pk: UUID) -> Response:
        rule = found(QuirkRule.objects.select_related("operator"), pk=pk)
        kept = {name: getattr(rule, name) for name in ("vendor", "model", "firmware", "note")}
        values = {**kept, "sets": rule.sets, **self.body(QuirkRuleBody, partial=True)}
        changed = save_quirk_rule(
            operator=rule.operator, rule=rule, **values, actor=actor_of(request), now=utc_now()
        )
        return Response(self.shown(changed))

    @extend_schema(summary="Delete a rule on a make", responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        rule = found(QuirkRule.objects.select_related("operator"), pk=pk)
        delete_quirk_rule(rule=rule, actor=actor_of(request), now=utc_now())
        return Response(status=status.HTTP_204_NO_CONTENT)
