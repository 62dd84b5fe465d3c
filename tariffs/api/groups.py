"""Tariff groups: who pays."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.http import actor_of, operator_of
from accounts.models import DriverGroup
from accounts.policy import Permission
from common.api.fields import JsonObjectField
from common.api.serializers import BodySerializer, ExternalFields, QuerySerializer
from common.api.views import ApiViewSet, found
from common.clock import utc_now
from tariffs.api.places import named_as_in_bodies, own
from tariffs.models import Audience, TariffGroup
from tariffs.services.groups import create_group, delete_group, order_groups, update_group

_VIEW, _MANAGE = Permission.TARIFFS_VIEW, Permission.TARIFFS_MANAGE
_AUDIENCE = (
    "`everyone`; `registered`: drivers; `ad_hoc`: guests who pay at once; "
    "`groups`: members of `driver_group_ids`."
)


class TariffGroupSerializer(serializers.ModelSerializer[TariffGroup]):
    """A column of the price list. Groups are asked by `position`; the first that fits decides."""

    driver_group_ids = serializers.SerializerMethodField(
        help_text="Whose members belong to it, for the audience `groups`."
    )
    metadata = JsonObjectField(read_only=True)

    class Meta:
        model = TariffGroup
        fields = (
            "id",
            "name",
            "audience",
            "driver_group_ids",
            "position",
            "external_id",
            "metadata",
            "created_at",
        )
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_driver_group_ids(self, group: TariffGroup) -> list[str]:
        return sorted(str(row.pk) for row in group.driver_groups.all())


class TariffGroupBody(ExternalFields, BodySerializer):
    name = serializers.CharField(max_length=120)
    audience = serializers.ChoiceField(Audience.choices, help_text=_AUDIENCE)
    driver_group_ids: Any = own(
        DriverGroup,
        many=True,
        required=False,
        source="driver_groups",
        help_text="For the audience `groups`, and for no other.",
    )


class TariffGroupQuery(QuerySerializer):
    audience = serializers.ChoiceField(Audience.choices, required=False)
    external_id = serializers.CharField(required=False, max_length=120)


class DeleteQuery(QuerySerializer):
    with_assignments = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Delete its assignments, too; otherwise a group that has some is a 409.",
    )


class OrderBody(BodySerializer):
    group_ids = serializers.ListField(
        child=serializers.UUIDField(), help_text="Every tariff group once, the first asked first."
    )


@extend_schema(tags=["Tariffs"])
class TariffGroupViewSet(ApiViewSet):
    permission = {
        "list": _VIEW,
        "retrieve": _VIEW,
        "create": _MANAGE,
        "partial_update": _MANAGE,
        "destroy": _MANAGE,
        "order": _MANAGE,
    }
    serializer_class = TariffGroupSerializer
    paging_order = ("position", "id")

    def rows(self) -> QuerySet[TariffGroup]:
        return TariffGroup.objects.prefetch_related("driver_groups")

    @extend_schema(summary="List tariff groups in their order", parameters=[TariffGroupQuery])
    def list(self, _request: Request) -> Response:
        return self.page(self.rows().filter(**self.query(TariffGroupQuery)))

    @extend_schema(summary="Get a tariff group")
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return Response(self.shown(found(self.rows(), pk=pk)))

    @extend_schema(
        summary="Add a tariff group, as the last one",
        request=TariffGroupBody,
        responses={201: TariffGroupSerializer},
    )
    def create(self, request: Request) -> Response:
        with named_as_in_bodies():
            group = create_group(
                operator=operator_of(request),
                **self.body(TariffGroupBody),
                actor=actor_of(request),
                now=utc_now(),
            )
        return self.created(group, at="api:tariff-group-detail")

    @extend_schema(summary="Change a tariff group", request=TariffGroupBody)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        group = found(self.rows(), pk=pk)
        with named_as_in_bodies():
            changed = update_group(
                group=group,
                changes=self.body(TariffGroupBody, partial=True),
                actor=actor_of(request),
                now=utc_now(),
            )
        return Response(self.shown(changed))

    @extend_schema(summary="Delete a tariff group", parameters=[DeleteQuery], responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        group = cast("TariffGroup", found(TariffGroup.objects.all(), pk=pk))
        delete_group(
            group=group,
            with_assignments=self.query(DeleteQuery)["with_assignments"],
            actor=actor_of(request),
            now=utc_now(),
        )
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="Put the tariff groups in order",
        request=OrderBody,
        responses=TariffGroupSerializer(many=True),
    )
    @action(detail=False, methods=["post"], url_path="actions/order")
    def order(self, request: Request) -> Response:
        with named_as_in_bodies():
            groups = order_groups(
                operator=operator_of(request),
                order=self.body(OrderBody)["group_ids"],
                actor=actor_of(request),
                now=utc_now(),
            )
        return Response(self.shown(groups))
