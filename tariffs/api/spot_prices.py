"""Prices of the market."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.http import actor_of, operator_of
from accounts.policy import Permission
from common.api.views import ApiViewSet
from common.clock import utc_now
from tariffs.api.serializers import (
    SpotPriceQuery,
    SpotPricesBody,
    SpotPriceSerializer,
    StoredSpotPricesSerializer,
)
from tariffs.models import SpotPrice
from tariffs.services.spot_prices import Quote, Slot, store_spot_prices

_FILTERS = {"since": "starts_at__gte", "until": "starts_at__lt"}


@extend_schema(tags=["Tariffs"])
class SpotPriceViewSet(ApiViewSet):
    permission = {"list": Permission.TARIFFS_VIEW, "create": Permission.TARIFFS_MANAGE}
    serializer_class = SpotPriceSerializer
    paging_order = ("starts_at", "id")

    @extend_schema(summary="List spot prices", parameters=[SpotPriceQuery])
    def list(self, _request: Request) -> Response:
        query = self.query(SpotPriceQuery)
        filters = {_FILTERS.get(name, name): value for name, value in query.items()}
        return self.page(SpotPrice.objects.filter(**filters))

    @extend_schema(
        summary="Store spot prices; those of slots that have begun do not change",
        request=SpotPricesBody,
        responses=StoredSpotPricesSerializer,
    )
    def create(self, request: Request) -> Response:
        prices: list[dict[str, Any]] = self.body(SpotPricesBody)["prices"]
        stored = store_spot_prices(
            operator=operator_of(request),
            quotes=[Quote(price=each.pop("price"), slot=Slot(**each)) for each in prices],
            actor=actor_of(request),
            now=utc_now(),
        )
        return Response(self.shown(stored, StoredSpotPricesSerializer))
