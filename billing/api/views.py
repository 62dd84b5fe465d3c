"""Charge records, and the proof that they are priced today as they were."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from billing.api import serializers as s
from billing.models import Cdr
from billing.selectors.cdrs import ORDER, CdrFilters, cdrs
from billing.services.repricing import check_readings, check_stored
from common.api.views import ApiViewSet, found
from common.clock import utc_now

# A record takes about a millisecond.
_MOST_CHECKED = 2000


@extend_schema(tags=["Charge records"])
class CdrViewSet(ApiViewSet):
    permission = dict.fromkeys(("list", "retrieve", "reprice_check"), Permission.BILLING_VIEW)
    serializer_class = s.CdrSerializer
    paging_order = ORDER

    @extend_schema(
        summary="List charge records, latest end first",
        description="Of each session the record that counts; older versions by their id.",
        parameters=[s.CdrQuery],
    )
    def list(self, _request: Request) -> Response:
        query = self.query(s.CdrQuery)
        filters = CdrFilters(
            since=query.get("ended_from"),
            until=query.get("ended_to"),
            location_id=query.get("location"),
            driver_id=query.get("driver"),
            transaction_id=query.get("transaction"),
            needs_review=query.get("needs_review"),
        )
        rows = cdrs(filters).select_related("transaction")
        return self.page(rows.defer("terms", "charging", "spot_prices", "lines", "taxes"))

    @extend_schema(
        summary="Get a charge record with its lines and all that decides its price",
        responses=s.CdrDetailSerializer,
    )
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        row: Cdr = found(Cdr.objects.select_related("transaction"), pk=pk)
        return Response(self.shown(row, s.CdrDetailSerializer))

    @extend_schema(
        summary="Price stored charge records again and compare; writes nothing",
        request=s.RepriceBody,
        responses=s.RepricedSerializer,
    )
    @action(detail=False, methods=["post"], url_path="reprice-check", pagination_class=None)
    def reprice_check(self, _request: Request) -> Response:
        body = self.body(s.RepriceBody)
        period = {"since": body["ended_from"], "until": body["ended_to"], "most": _MOST_CHECKED}
        result = (
            check_readings(**period, now=utc_now())
            if body["from_readings"]
            else check_stored(**period)
        )
        return Response(self.shown(result, s.RepricedSerializer))
