"""The network's figures: now, by the minute, by the hour."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from common.api.paging import CursorPaging
from common.api.views import ApiView
from common.clock import utc_now
from operations.api import serializers as s
from operations.models import HourlyFigures, NetworkSample
from operations.services.sampling import current_figures


@extend_schema(tags=["Network"])
class NetworkView(ApiView):
    permission = Permission.NETWORK_VIEW
    serializer_class = s.NetworkSerializer

    @extend_schema(summary="The network right now")
    def get(self, _request: Request) -> Response:
        self.query()
        return Response(self.shown({"at": utc_now(), **current_figures()}))


@extend_schema(tags=["Network"])
class SampleList(ApiView):
    permission = Permission.NETWORK_VIEW
    serializer_class = s.SampleSerializer
    pagination_class = CursorPaging
    paging_order = ("-at", "-id")

    @extend_schema(
        operation_id="network_samples_list",
        summary="The network by the minute, latest first",
        description="After eight days one sample a quarter of an hour is kept.",
        parameters=[s.PeriodQuery],
        responses=s.SampleSerializer(many=True),
    )
    def get(self, _request: Request) -> Response:
        return self.page(_within(NetworkSample.objects.all(), "at", self.query(s.PeriodQuery)))


@extend_schema(tags=["Network"])
class HourList(ApiView):
    permission = Permission.NETWORK_VIEW
    serializer_class = s.HourSerializer
    pagination_class = CursorPaging
    paging_order = ("-hour", "-id")

    @extend_schema(
        operation_id="network_hours_list",
        summary="Energy and sessions by the hour, latest first",
        parameters=[s.PeriodQuery],
        responses=s.HourSerializer(many=True),
    )
    def get(self, _request: Request) -> Response:
        return self.page(_within(HourlyFigures.objects.all(), "hour", self.query(s.PeriodQuery)))


def _within(rows: QuerySet[Any], field: str, period: dict[str, Any]) -> QuerySet[Any]:
    bounds = {"since": f"{field}__gte", "until": f"{field}__lt"}
    return rows.filter(**{bounds[name]: period[name] for name in period})
