"""Locations."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.http import actor_of, operator_of
from accounts.policy import Permission
from chargers.api.bodies import LocationBody, LocationQuery
from chargers.api.serializers import LocationSerializer
from chargers.models import Location
from chargers.selectors import locations
from chargers.services.locations import add_location, delete_location, update_location
from common.api.views import ApiViewSet, found
from common.clock import utc_now

_VIEW, _MANAGE = Permission.LOCATIONS_VIEW, Permission.LOCATIONS_MANAGE


@extend_schema(tags=["Locations"])
class LocationViewSet(ApiViewSet):
    permission = {
        "list": _VIEW,
        "retrieve": _VIEW,
        "create": _MANAGE,
        "partial_update": _MANAGE,
        "destroy": _MANAGE,
    }
    serializer_class = LocationSerializer
    paging_order = ("name", "id")

    @extend_schema(summary="List locations", parameters=[LocationQuery])
    def list(self, _request: Request) -> Response:
        query = self.query(LocationQuery)
        rows = locations(query.pop("search", ""))
        return self.page(rows.filter(**query))

    @extend_schema(summary="Get a location")
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return Response(self.shown(found(locations(), pk=pk)))

    @extend_schema(
        summary="Add a location", request=LocationBody, responses={201: LocationSerializer}
    )
    def create(self, request: Request) -> Response:
        location = add_location(
            operator=operator_of(request),
            **self.body(LocationBody),
            actor=actor_of(request),
            now=utc_now(),
        )
        return self.created(location, at="api:location-detail")

    @extend_schema(summary="Change a location", request=LocationBody)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        location = found(locations(), pk=pk)
        changes = self.body(LocationBody, partial=True)
        changed = update_location(
            location=location, changes=changes, actor=actor_of(request), now=utc_now()
        )
        return Response(self.shown(changed))

    @extend_schema(summary="Delete a location that was never used", responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        location = found(Location.objects.select_related("operator"), pk=pk)
        delete_location(location=location, actor=actor_of(request), now=utc_now())
        return Response(status=status.HTTP_204_NO_CONTENT)
