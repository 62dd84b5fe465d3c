"""Commands that were given, and what came of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from chargers.api.bodies import CommandQuery
from chargers.api.serializers import CommandSerializer
from chargers.models import StationCommand
from common.api.views import ApiViewSet, found

_FIELDS = {
    "station": "station_id",
    "transaction": "transaction_id",
    "kind": "kind",
    "status": "status",
    "since": "requested_at__gte",
    "until": "requested_at__lt",
}


@extend_schema(tags=["Commands"])
class CommandViewSet(ApiViewSet):
    permission = {"list": Permission.STATIONS_COMMAND, "retrieve": Permission.STATIONS_COMMAND}
    serializer_class = CommandSerializer
    paging_order = ("-id",)

    @extend_schema(summary="List commands, latest first", parameters=[CommandQuery])
    def list(self, _request: Request) -> Response:
        return self.page(_rows(self.query(CommandQuery)))

    @extend_schema(summary="Get a command")
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return Response(self.shown(found(StationCommand.objects.all(), pk=pk)))


def _rows(query: dict[str, Any]) -> QuerySet[StationCommand]:
    return StationCommand.objects.filter(**{_FIELDS[name]: query[name] for name in query})
