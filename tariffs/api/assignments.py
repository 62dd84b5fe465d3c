"""Assignments: which group pays which tariff where and when."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.http import actor_of, operator_of
from accounts.policy import Permission
from chargers.models import CurrentType
from common.api.serializers import BodySerializer, QuerySerializer, Serializer
from common.api.views import ApiViewSet, found
from common.clock import utc_now
from tariffs.api.places import (
    PlaceBody,
    PlaceSerializer,
    PlugBody,
    named_as_in_bodies,
    own,
    place_of,
    plug_keys,
)
from tariffs.exceptions import UnableToAssignTariff
from tariffs.models import Tariff, TariffAssignment, TariffGroup
from tariffs.selectors.resolution import place_of as key_of
from tariffs.services.assignments import Assigned, assign, assign_many, change_validity, remove
from tariffs.services.places import Places

_VIEW, _MANAGE = Permission.TARIFFS_VIEW, Permission.TARIFFS_MANAGE
_MOST_PLACES = 10_000
_SHOWN = 100
_NO_CHARGING = "null: the group may not charge there."
_CURRENT = "Only AC or only DC plugs; empty for both."
_FROM = (
    "null: since ever, and where something was assigned before, from now on. "
    "Of plugs that had a tariff, the past stays as it was."
)
_REPLACE = "What is in the way is cut or deleted; otherwise it is refused, with the field named."


class TariffAssignmentSerializer(PlaceSerializer):
    """A cell of the price list, valid in [valid_from, valid_until)."""

    id = serializers.UUIDField()
    group_id = serializers.UUIDField()
    tariff_id = serializers.UUIDField(allow_null=True, help_text=_NO_CHARGING)
    place = serializers.SerializerMethodField(
        help_text="`network`, `location`, `station` or `evse`; the more specific comes first."
    )
    current_type = serializers.CharField(help_text=_CURRENT)
    valid_from = serializers.DateTimeField(allow_null=True, help_text="null: since ever.")
    valid_until = serializers.DateTimeField(allow_null=True, help_text="null: for ever.")
    created_at = serializers.DateTimeField()

    def get_place(self, row: TariffAssignment) -> str:
        return key_of(row)[0].name.lower()


class ValidityBody(BodySerializer):
    valid_from = serializers.DateTimeField(required=False, allow_null=True, help_text=_FROM)
    valid_until = serializers.DateTimeField(
        required=False, allow_null=True, help_text="Excluded; null: for ever."
    )


class _WhatBody(ValidityBody):
    tariff_id: Any = own(Tariff, allow_null=True, source="tariff", help_text=_NO_CHARGING)
    current_type = serializers.ChoiceField(
        CurrentType.choices, required=False, allow_blank=True, help_text=_CURRENT
    )
    replace = serializers.BooleanField(required=False, default=False, help_text=_REPLACE)


class TariffAssignmentBody(_WhatBody, PlaceBody):
    group_id: Any = own(TariffGroup, source="group")


class BulkAssignmentBody(_WhatBody):
    group_ids = serializers.ListField(child=serializers.UUIDField(), max_length=200)
    network = serializers.BooleanField(
        required=False, default=False, help_text="The whole network is one of the places."
    )
    location_ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=_MOST_PLACES
    )
    station_ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=_MOST_PLACES
    )
    plugs = serializers.ListField(
        child=PlugBody(), required=False, default=list, max_length=_MOST_PLACES
    )
    dry_run = serializers.BooleanField(
        required=False, default=False, help_text="Write nothing, say what would be replaced."
    )


class StretchSerializer(Serializer):
    valid_from = serializers.DateTimeField(source="start", allow_null=True)
    valid_until = serializers.DateTimeField(source="end", allow_null=True)


class ReplacedSerializer(Serializer):
    assignment = TariffAssignmentSerializer(source="row", help_text="As it was.")
    left = StretchSerializer(
        source="rest", many=True, help_text="When it still holds; empty: it is deleted."
    )


class AssignedSerializer(Serializer):
    """What was assigned, or would be."""

    dry_run = serializers.BooleanField()
    created_count = serializers.SerializerMethodField(help_text="Cells that say something new.")
    unchanged_count = serializers.IntegerField(
        source="unchanged", help_text="Cells that said the same before."
    )
    replaced_count = serializers.SerializerMethodField(help_text="Assignments that are in the way.")
    replaced = serializers.SerializerMethodField(help_text=f"The first {_SHOWN} of them.")
    warnings = serializers.SerializerMethodField(help_text="What is allowed and odd.")

    def get_created_count(self, done: Assigned) -> int:
        return len(done.created)

    def get_replaced_count(self, done: Assigned) -> int:
        return len(done.replaced)

    def get_warnings(self, done: Assigned) -> list[str]:
        return [str(warning) for warning in done.warnings[:_SHOWN]]

    @extend_schema_field(ReplacedSerializer(many=True))
    def get_replaced(self, done: Assigned) -> Any:
        return ReplacedSerializer(list(done.replaced[:_SHOWN]), many=True).data


class MadeAssignmentSerializer(TariffAssignmentSerializer):
    warnings = serializers.ListField(
        child=serializers.CharField(), help_text="What is allowed and odd."
    )


class TariffAssignmentQuery(QuerySerializer):
    group = serializers.UUIDField(required=False)
    tariff = serializers.UUIDField(required=False)
    location = serializers.UUIDField(required=False, help_text="Assigned to this location itself.")
    station = serializers.UUIDField(required=False, help_text="To this station or a plug of it.")
    valid_at = serializers.DateTimeField(required=False, help_text="Only what is valid then.")


@extend_schema(tags=["Tariffs"])
class TariffAssignmentViewSet(ApiViewSet):
    permission = {
        "list": _VIEW,
        "retrieve": _VIEW,
        "create": _MANAGE,
        "partial_update": _MANAGE,
        "destroy": _MANAGE,
        "bulk": _MANAGE,
    }
    serializer_class = TariffAssignmentSerializer

    def rows(self) -> QuerySet[TariffAssignment]:
        return TariffAssignment.objects.select_related("evse")

    @extend_schema(summary="List assigned tariffs", parameters=[TariffAssignmentQuery])
    def list(self, _request: Request) -> Response:
        return self.page(_found(self.rows(), self.query(TariffAssignmentQuery)))

    @extend_schema(summary="Get an assigned tariff")
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return Response(self.shown(found(self.rows(), pk=pk)))

    @extend_schema(
        summary="Assign a tariff to a group at one place",
        request=TariffAssignmentBody,
        responses={201: MadeAssignmentSerializer, 200: MadeAssignmentSerializer},
        description="200: the same was assigned before, and nothing has changed.",
    )
    def create(self, request: Request) -> Response:
        data = self.body(TariffAssignmentBody)
        data |= place_of(data)
        with named_as_in_bodies(groups="group_id", locations="location_id", evses="evse"):
            done = assign(
                operator=operator_of(request), **data, actor=actor_of(request), now=utc_now()
            )
        row = done.rows[0]
        warnings = [str(warning) for warning in done.warnings]
        shown = {**self.shown(row), "warnings": warnings}
        if not done.created:
            return Response(shown)
        return self.created(row, at="api:tariff-assignment-detail", data=shown)

    @extend_schema(summary="Change when an assigned tariff is valid", request=ValidityBody)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        row: TariffAssignment = found(self.rows(), pk=pk)
        data = self.body(ValidityBody, partial=True)
        changed = change_validity(
            assignment=row,
            valid_from=data.get("valid_from", row.valid_from),
            valid_until=data.get("valid_until", row.valid_until),
            actor=actor_of(request),
            now=utc_now(),
        )
        return Response(self.shown(changed))

    @extend_schema(
        summary="Take a tariff away from a place",
        responses={204: None},
        description="What is valid ends now; what is not valid yet, or no more, is deleted.",
    )
    def destroy(self, request: Request, pk: UUID) -> Response:
        row = found(self.rows(), pk=pk)
        remove(assignment=row, actor=actor_of(request), now=utc_now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="Assign a tariff to many groups at many places, all or none",
        request=BulkAssignmentBody,
        responses=AssignedSerializer,
    )
    @action(detail=False, methods=["post"], url_path="actions/bulk")
    def bulk(self, request: Request) -> Response:
        data = self.body(BulkAssignmentBody)
        places = Places(
            network=data.pop("network"),
            locations=data.pop("location_ids"),
            stations=data.pop("station_ids"),
            evses=plug_keys(data.pop("plugs")),
        )
        with named_as_in_bodies(evses="plugs"):
            done = assign_many(
                operator=operator_of(request),
                groups=_groups(data.pop("group_ids")),
                places=places,
                **data,
                actor=actor_of(request),
                now=utc_now(),
            )
        return Response(self.shown(done, AssignedSerializer))


def _groups(keys: list[UUID]) -> list[TariffGroup]:
    rows = list(TariffGroup.objects.filter(pk__in=keys))
    if len(rows) != len(set(keys)):
        raise UnableToAssignTariff(errors={"groups": "One of these tariff groups does not exist."})
    return rows


def _found(rows: QuerySet[TariffAssignment], query: dict[str, Any]) -> QuerySet[TariffAssignment]:
    exact = {"group": "group_id", "tariff": "tariff_id", "location": "location_id"}
    rows = rows.filter(**{field: query[name] for name, field in exact.items() if name in query})
    if "station" in query:
        station = query["station"]
        rows = rows.filter(Q(station=station) | Q(evse__station=station))
    if "valid_at" in query:
        at = query["valid_at"]
        rows = rows.filter(Q(valid_from=None) | Q(valid_from__lte=at))
        rows = rows.filter(Q(valid_until=None) | Q(valid_until__gt=at))
    return rows
