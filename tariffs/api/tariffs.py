"""Tariffs and their versions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.http import actor_of, operator_of
from accounts.policy import Permission
from common.api.paging import CursorPaging
from common.api.views import ApiViewSet, found
from common.clock import utc_now
from tariffs.api.check import checked
from tariffs.api.serializers import (
    ArchiveBody,
    ArchivedTariffSerializer,
    CheckBody,
    CheckedTermsSerializer,
    DuplicateBody,
    TariffBody,
    TariffChangesBody,
    TariffQuery,
    TariffSerializer,
    TariffVersionSerializer,
    VersionBody,
)
from tariffs.models import Tariff, TariffVersion
from tariffs.selectors import tariffs as selectors
from tariffs.services.tariffs import (
    archive_tariff,
    create_tariff,
    duplicate_tariff,
    restore_tariff,
    update_tariff,
)
from tariffs.services.versions import Limits, add_version, withdraw_version

_VIEW, _MANAGE = Permission.TARIFFS_VIEW, Permission.TARIFFS_MANAGE


def _tariff(pk: UUID) -> Tariff:
    row: Tariff = found(Tariff.objects.select_related("operator"), pk=pk)
    return row


def _limits(body: dict[str, Any]) -> Limits:
    energy = body.pop("max_energy_kwh", None)
    return Limits(
        max_energy_wh=None if energy is None else int(energy * 1000),
        max_duration_s=body.pop("max_duration_s", None),
        max_amount_minor=body.pop("max_amount_minor", None),
    )


@extend_schema(tags=["Tariffs"])
class TariffViewSet(ApiViewSet):
    permission = {
        "list": _VIEW,
        "retrieve": _VIEW,
        "versions": _VIEW,
        "check": _VIEW,
        "create": _MANAGE,
        "partial_update": _MANAGE,
        "add_version": _MANAGE,
        "archive": _MANAGE,
        "restore": _MANAGE,
        "duplicate": _MANAGE,
    }
    serializer_class = TariffSerializer

    @property
    def paging_order(self) -> tuple[str, ...]:
        return ("-number",) if self.action == "versions" else ("name", "id")

    @extend_schema(
        summary="List tariffs", parameters=[TariffQuery], responses=TariffSerializer(many=True)
    )
    def list(self, request: Request) -> Response:
        query = self.query(TariffQuery)
        rows = selectors.tariffs(
            search=query.pop("search", ""), archived=query.pop("is_archived")
        ).filter(**query)
        paging = CursorPaging()
        page = paging.paginate_queryset(
            selectors.with_versions(rows, at=utc_now()), request, view=self
        )
        return paging.get_paginated_response(self.shown(selectors.tariff_rows(page)))

    @extend_schema(summary="Get a tariff")
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return self._answer(_tariff(pk), utc_now())

    def _answer(self, row: Tariff, now: datetime) -> Response:
        return Response(self.shown(selectors.tariff_row(row, at=now)))

    @extend_schema(
        summary="Add a tariff; a version gives it its price",
        request=TariffBody,
        responses={201: TariffSerializer},
    )
    def create(self, request: Request) -> Response:
        now = utc_now()
        row = create_tariff(
            operator=operator_of(request),
            **self.body(TariffBody),
            actor=actor_of(request),
            now=now,
        )
        return self._created(row, now)

    def _created(self, row: Tariff, now: datetime) -> Response:
        shown = self.shown(selectors.tariff_row(row, at=now))
        return self.created(row, at="api:tariff-detail", data=shown)

    @extend_schema(summary="Rename or describe a tariff", request=TariffChangesBody)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        row, now = _tariff(pk), utc_now()
        changes = self.body(TariffChangesBody, partial=True)
        update_tariff(tariff=row, changes=changes, actor=actor_of(request), now=now)
        return self._answer(row, now)

    @extend_schema(
        summary="List the versions of a tariff, the newest first",
        responses=TariffVersionSerializer(many=True),
    )
    @action(detail=True)
    def versions(self, _request: Request, pk: UUID) -> Response:
        row = _tariff(pk)
        self.query()
        return self.page(selectors.versions_of(row), TariffVersionSerializer)

    @extend_schema(
        summary="Say what a tariff costs from an instant on",
        request=VersionBody,
        responses={201: TariffVersionSerializer},
    )
    @versions.mapping.post
    def add_version(self, request: Request, pk: UUID) -> Response:
        row = _tariff(pk)
        body = self.body(VersionBody)
        version, _warnings = add_version(
            tariff=row,
            limits=_limits(body),
            **body,
            actor=actor_of(request),
            now=utc_now(),
        )
        shown = self.shown(version, TariffVersionSerializer)
        return self.created(version, at="api:tariff-version-detail", data=shown)

    @extend_schema(
        summary="Offer a tariff no more; running sessions keep their price",
        request=ArchiveBody,
        responses=ArchivedTariffSerializer,
    )
    @action(detail=True, methods=["post"], url_path="actions/archive")
    def archive(self, request: Request, pk: UUID) -> Response:
        row = _tariff(pk)
        body = self.body(ArchiveBody)
        count = archive_tariff(tariff=row, **body, actor=actor_of(request), now=utc_now())
        return Response(self.shown({"assignments_ended": count}, ArchivedTariffSerializer))

    @extend_schema(summary="Bring an archived tariff back", request=None)
    @action(detail=True, methods=["post"], url_path="actions/restore")
    def restore(self, request: Request, pk: UUID) -> Response:
        row, now = _tariff(pk), utc_now()
        restore_tariff(tariff=row, actor=actor_of(request), now=now)
        return self._answer(row, now)

    @extend_schema(
        summary="Make a tariff of its own that says the same from now on",
        request=DuplicateBody,
        responses={201: TariffSerializer},
    )
    @action(detail=True, methods=["post"], url_path="actions/duplicate")
    def duplicate(self, request: Request, pk: UUID) -> Response:
        row, now = _tariff(pk), utc_now()
        body = self.body(DuplicateBody)
        copy = duplicate_tariff(tariff=row, **body, actor=actor_of(request), now=now)
        return self._created(copy, now)

    @extend_schema(
        summary="What terms mean and what is wrong with them; nothing is stored",
        request=CheckBody,
        responses=CheckedTermsSerializer,
    )
    @action(detail=False, methods=["post"])
    def check(self, request: Request) -> Response:
        found: Mapping[str, Any] = checked(
            operator=operator_of(request), **self.body(CheckBody), now=utc_now()
        )
        return Response(self.shown(found, CheckedTermsSerializer))


@extend_schema(tags=["Tariffs"])
class TariffVersionViewSet(ApiViewSet):
    permission = {"retrieve": _VIEW, "withdraw": _MANAGE}
    serializer_class = TariffVersionSerializer

    @extend_schema(summary="Get a version of a tariff")
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return Response(self.shown(found(TariffVersion.objects.all(), pk=pk)))

    @extend_schema(summary="Take back a version that has not begun", request=None)
    @action(detail=True, methods=["post"], url_path="actions/withdraw")
    def withdraw(self, request: Request, pk: UUID) -> Response:
        row = found(TariffVersion.objects.all(), pk=pk)
        done = withdraw_version(version=row, actor=actor_of(request), now=utc_now())
        return Response(self.shown(done))
