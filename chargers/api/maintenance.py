"""What displays show, and how far stations are with firmware, logs and reports."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Model
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policy import Permission
from chargers.api import maintenance_serializers as s
from chargers.models import (
    CustomerInformation,
    DisplayMessage,
    FirmwareUpdate,
    LogUpload,
    ReportedSettlement,
)
from common.api.serializers import QuerySerializer
from common.api.views import ApiViewSet, found

_FIELDS = {"station": "station_id", "transaction": "transaction_id"}


def _may(permission: Permission) -> dict[str, Permission]:
    return {"list": permission, "retrieve": permission}


class _Resource(ApiViewSet):
    """A list, latest first, and its entries."""

    paging_order = ("-id",)
    model: type[Model]

    def listed(self, query: type[QuerySerializer]) -> Response:
        given: dict[str, Any] = self.query(query)
        filters = {_FIELDS.get(name, name): value for name, value in given.items()}
        return self.page(self.model._default_manager.filter(**filters))

    def one(self, pk: UUID) -> Response:
        return Response(self.shown(found(self.model._default_manager.all(), pk=pk)))


@extend_schema(tags=["Firmware and logs"])
class FirmwareUpdateViewSet(_Resource):
    permission = _may(Permission.STATIONS_VIEW)
    serializer_class = s.FirmwareUpdateSerializer
    model = FirmwareUpdate

    @extend_schema(summary="List firmware updates, latest first", parameters=[s.JobQuery])
    def list(self, _request: Request) -> Response:
        return self.listed(s.JobQuery)

    @extend_schema(summary="Get a firmware update")
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return self.one(pk)


@extend_schema(tags=["Firmware and logs"])
class LogUploadViewSet(_Resource):
    permission = _may(Permission.LOGS_VIEW)
    serializer_class = s.LogUploadSerializer
    model = LogUpload

    @extend_schema(summary="List log uploads, latest first", parameters=[s.JobQuery])
    def list(self, _request: Request) -> Response:
        return self.listed(s.JobQuery)

    @extend_schema(summary="Get a log upload")
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return self.one(pk)


@extend_schema(tags=["Firmware and logs"])
class CustomerInformationViewSet(_Resource):
    permission = _may(Permission.LOGS_VIEW)
    serializer_class = s.CustomerInformationSerializer
    model = CustomerInformation

    @extend_schema(summary="List questions about customers, latest first", parameters=[s.JobQuery])
    def list(self, _request: Request) -> Response:
        return self.listed(s.JobQuery)

    @extend_schema(summary="Get what a station told of a customer")
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return self.one(pk)


@extend_schema(tags=["Displays"])
class DisplayMessageViewSet(_Resource):
    permission = _may(Permission.STATIONS_VIEW)
    serializer_class = s.DisplayMessageSerializer
    model = DisplayMessage

    @extend_schema(summary="List display messages", parameters=[s.DisplayMessageQuery])
    def list(self, _request: Request) -> Response:
        return self.listed(s.DisplayMessageQuery)

    @extend_schema(summary="Get a display message")
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return self.one(pk)


@extend_schema(tags=["Displays"])
class SettlementViewSet(_Resource):
    permission = _may(Permission.TRANSACTIONS_VIEW)
    serializer_class = s.SettlementSerializer
    model = ReportedSettlement

    @extend_schema(
        summary="List what payment terminals took, latest first", parameters=[s.SettlementQuery]
    )
    def list(self, _request: Request) -> Response:
        return self.listed(s.SettlementQuery)

    @extend_schema(summary="Get a settlement")
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return self.one(pk)
