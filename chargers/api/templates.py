"""Configuration templates, how far stations are from them, and sending them out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.http import actor_of, operator_of
from accounts.policy import Permission
from chargers.api.rollouts import RolloutSerializer
from chargers.domain.templates import Comparison, ItemState, Step
from chargers.models import (
    ChargingStation,
    ConfigurationTemplate,
    Location,
    Protocol,
    TemplateDrift,
)
from chargers.selectors import templates as selectors
from chargers.services.device_model.settings import ATTRIBUTES
from chargers.services.templates.rollouts import DEFAULT_DAYS, preview, start_rollout
from chargers.services.templates.saving import delete_template, save_template
from common.api.serializers import BodySerializer, QuerySerializer, Serializer
from common.api.views import ApiView, ApiViewSet, found
from common.clock import utc_now

_VIEW, _MANAGE = Permission.STATIONS_VIEW, Permission.STATIONS_MANAGE
_COMMAND = Permission.STATIONS_COMMAND
_PATTERN = "`*` stands for any text, `?` for a character; letter case does not count."
_COMPARED = (
    "auto: by the type of the value; number: with or without unit; list: in any order; truth: true, "
    "1, on and yes are one; never: the value cannot be read."
)


class TemplateItemBody(BodySerializer):
    name = serializers.CharField(
        max_length=255,
        help_text="Id of a well-known setting, or a station's own name: a configuration key, or "
        "`Component@1.Variable[instance]`.",
    )
    value = serializers.CharField(max_length=2500, allow_blank=True)
    attribute = serializers.ChoiceField(ATTRIBUTES, required=False, default="Actual")
    comparison = serializers.ChoiceField(
        [each.value for each in Comparison],
        required=False,
        default=Comparison.AUTO.value,
        help_text=_COMPARED,
    )


class TemplateItemSerializer(Serializer):
    name = serializers.CharField()
    value = serializers.CharField()
    attribute = serializers.CharField()
    comparison = serializers.CharField()


class TemplateSerializer(serializers.ModelSerializer[ConfigurationTemplate]):
    """What stations are wanted to be set to."""

    items = TemplateItemSerializer(many=True)
    location_ids = serializers.SerializerMethodField()

    class Meta:
        model = ConfigurationTemplate
        fields = (
            "id",
            "name",
            "note",
            "vendor",
            "model",
            "firmware",
            "protocol",
            "location_ids",
            "items",
            "is_enforced",
            "applies_to_new",
            "revision",
            "created_at",
            "changed_at",
        )
        read_only_fields = fields

    def get_location_ids(self, row: ConfigurationTemplate) -> list[str]:
        return sorted(str(place.location_id) for place in row.places.all())


class TemplateBody(BodySerializer):
    name = serializers.CharField(max_length=120)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)
    vendor = serializers.CharField(
        max_length=50, required=False, allow_blank=True, help_text=_PATTERN
    )
    model = serializers.CharField(
        max_length=50, required=False, allow_blank=True, help_text=_PATTERN
    )
    firmware = serializers.CharField(
        max_length=50, required=False, allow_blank=True, help_text=_PATTERN
    )
    protocol = serializers.ChoiceField(Protocol.choices, required=False)
    location_ids: Any = serializers.PrimaryKeyRelatedField(
        queryset=Location.objects,
        source="locations",
        many=True,
        required=False,
        help_text="None: every place.",
    )
    items = TemplateItemBody(many=True)
    is_enforced = serializers.BooleanField(
        required=False, help_text="A station that differs is something to look at."
    )
    applies_to_new = serializers.BooleanField(
        required=False, help_text="Stations added from now on get it when they first boot."
    )


class DriftItemSerializer(Serializer):
    """A value that is not in step."""

    name = serializers.CharField()
    own = serializers.CharField(help_text="As the station calls it; empty: it has no such thing.")
    attribute = serializers.CharField()
    state = serializers.ChoiceField([each.value for each in ItemState])
    want = serializers.CharField()
    have = serializers.CharField()


class DriftSerializer(serializers.ModelSerializer[TemplateDrift]):
    """One station against one template."""

    station_id = serializers.UUIDField(read_only=True)
    station_name = serializers.CharField(source="station.name", read_only=True)
    template_id = serializers.UUIDField(read_only=True)
    template_name = serializers.CharField(source="template.name", read_only=True)
    step = serializers.ChoiceField([each.value for each in Step], read_only=True)
    items = DriftItemSerializer(many=True)

    class Meta:
        model = TemplateDrift
        fields = (
            "station_id",
            "station_name",
            "template_id",
            "template_name",
            "step",
            "total",
            "differing",
            "unread",
            "items",
            "in_step_at",
            "drifted_at",
            "changed_at",
        )
        read_only_fields = fields


class DriftListSerializer(Serializer):
    data = DriftSerializer(many=True)  # type: ignore[assignment]


class DriftQuery(QuerySerializer):
    step = serializers.ChoiceField([each.value for each in Step], required=False)
    search = serializers.CharField(required=False, max_length=100, help_text="In name or code.")


class StationsBody(BodySerializer):
    station_ids = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        allow_null=True,
        default=None,
        max_length=1000,
        help_text="Some of the template's stations; null: all of them.",
    )


class ApplyBody(StationsBody):
    include_in_step = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Of all stations also those in step, for values that can only be written.",
    )
    reset_when_idle = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Restart a station that must be, once nobody charges there.",
    )
    days = serializers.IntegerField(
        required=False,
        default=DEFAULT_DAYS,
        help_text="How long stations that are offline may take to return.",
    )


class PreviewSerializer(Serializer):
    """What applying a template would do, by what stations last reported."""

    stations = serializers.IntegerField()
    behind = serializers.IntegerField(help_text="Stations to which something would be sent.")
    in_step = serializers.IntegerField()
    impossible = serializers.IntegerField(help_text="Nothing can be changed there.")
    values = serializers.IntegerField(help_text="Values that are known to differ.")
    unread = serializers.IntegerField(help_text="Values that were never reported.")
    offline = serializers.IntegerField(help_text="Of `behind`: they wait until they return.")


def _template(pk: UUID) -> ConfigurationTemplate:
    rows = ConfigurationTemplate.objects.select_related("operator").prefetch_related("places")
    row: ConfigurationTemplate = found(rows, pk=pk)
    return row


@extend_schema(tags=["Configuration templates"])
class TemplateViewSet(ApiViewSet):
    permission = {
        "list": _VIEW,
        "retrieve": _VIEW,
        "drift": _VIEW,
        "preview": _VIEW,
        "create": _MANAGE,
        "partial_update": _MANAGE,
        "destroy": _MANAGE,
        "apply": _COMMAND,
    }
    serializer_class = TemplateSerializer

    @property
    def paging_order(self) -> tuple[str, ...]:
        return ("id",) if self.action == "drift" else ("name", "id")

    @extend_schema(summary="List configuration templates")
    def list(self, _request: Request) -> Response:
        self.query()
        return self.page(ConfigurationTemplate.objects.prefetch_related("places"))

    @extend_schema(summary="Get a configuration template")
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return Response(self.shown(_template(pk)))

    @extend_schema(
        summary="Add a configuration template; nothing is sent to any station",
        request=TemplateBody,
        responses={201: TemplateSerializer},
    )
    def create(self, request: Request) -> Response:
        row = save_template(
            operator=operator_of(request),
            template=None,
            **self.body(TemplateBody),
            actor=actor_of(request),
            now=utc_now(),
        )
        return self.created(row, at="api:configuration-template-detail")

    @extend_schema(
        summary="Change a configuration template; `items` replaces all of them",
        request=TemplateBody,
    )
    def partial_update(self, request: Request, pk: UUID) -> Response:
        row = _template(pk)
        values = {**selectors.values_of(row), **self.body(TemplateBody, partial=True)}
        save_template(
            operator=row.operator, template=row, **values, actor=actor_of(request), now=utc_now()
        )
        return Response(self.shown(_template(pk)))

    @extend_schema(summary="Delete a configuration template", responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        delete_template(template=_template(pk), actor=actor_of(request), now=utc_now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="How far each station is from a template",
        parameters=[DriftQuery],
        responses=DriftSerializer(many=True),
    )
    @action(detail=True)
    def drift(self, _request: Request, pk: UUID) -> Response:
        rows = selectors.drifts_of(found(ConfigurationTemplate.objects.all(), pk=pk))
        query = self.query(DriftQuery)
        rows = selectors.filtered(rows, step=query.get("step", ""), search=query.get("search", ""))
        return self.page(rows, DriftSerializer)

    @extend_schema(
        summary="What applying a template would do; nothing is sent",
        request=StationsBody,
        responses=PreviewSerializer,
    )
    @action(detail=True, methods=["post"])
    def preview(self, _request: Request, pk: UUID) -> Response:
        row = _template(pk)
        told = preview(template=row, **self.body(StationsBody))
        return Response(self.shown(told, PreviewSerializer))

    @extend_schema(
        summary="Send a template to the stations that are not in step with it",
        request=ApplyBody,
        responses={202: RolloutSerializer},
    )
    @action(detail=True, methods=["post"], url_path="actions/apply")
    def apply(self, request: Request, pk: UUID) -> Response:
        template = _template(pk)
        row = start_rollout(
            template=template,
            **self.body(ApplyBody),
            actor=actor_of(request),
            now=utc_now(),
        )
        return Response(self.shown(row, RolloutSerializer), status.HTTP_202_ACCEPTED)


@extend_schema(tags=["Configuration templates"])
class StationDriftView(ApiView):
    permission = _VIEW
    serializer_class = DriftListSerializer

    @extend_schema(summary="How far a station is from each template that is for it")
    def get(self, _request: Request, pk: UUID) -> Response:
        self.query()
        station = found(ChargingStation.objects.all(), pk=pk)
        return Response(self.shown({"data": selectors.drifts_at(station.pk)}))
