"""Drivers, their groups and their tokens."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import serializers as s
from accounts.http import actor_of, operator_of
from accounts.models import Driver, DriverGroup, IdToken
from accounts.policy import Permission
from accounts.selectors import drivers_found, groups_with_counts, tokens_found
from accounts.services.drivers import (
    DriverDetails,
    add_driver,
    add_group,
    block_driver,
    update_driver,
    update_group,
)
from accounts.services.tokens import (
    TokenDetails,
    add_id_token,
    block_id_token,
    delete_id_token,
    update_id_token,
)
from common.api.views import ApiViewSet, found
from common.clock import utc_now

_VIEW, _MANAGE = Permission.DRIVERS_VIEW, Permission.DRIVERS_MANAGE
_READ = {"list": _VIEW, "retrieve": _VIEW}


@extend_schema(tags=["Drivers"])
class DriverViewSet(ApiViewSet):
    permission = _READ | dict.fromkeys(("create", "partial_update", "block", "unblock"), _MANAGE)
    serializer_class = s.DriverSerializer

    def rows(self) -> QuerySet[Driver]:
        return Driver.objects.prefetch_related("groups")

    @extend_schema(summary="List drivers", parameters=[s.DriverQuery])
    def list(self, _request: Request) -> Response:
        return self.page(_driver_rows(self.query(s.DriverQuery)))

    @extend_schema(summary="Get a driver")
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return Response(self.shown(found(self.rows(), pk=pk)))

    @extend_schema(
        summary="Add a driver", request=s.DriverBody, responses={201: s.DriverSerializer}
    )
    def create(self, request: Request) -> Response:
        data = self.body(s.DriverBody)
        groups = data.pop("groups", ())
        driver = add_driver(
            operator=operator_of(request),
            details=DriverDetails(**data),
            groups=groups,
            actor=actor_of(request),
            now=utc_now(),
        )
        return self.created(driver, at="api:driver-detail")

    @extend_schema(summary="Change a driver", request=s.DriverBody)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        driver = found(self.rows(), pk=pk)
        data = self.body(s.DriverBody, partial=True)
        groups = data.pop("groups", None)
        changed = update_driver(
            driver=driver,
            details=_details(driver, data),
            groups=driver.groups.all() if groups is None else groups,
            actor=actor_of(request),
            now=utc_now(),
        )
        return Response(self.shown(changed))

    @extend_schema(summary="Block a driver: every token is refused", request=None)
    @action(detail=True, methods=["post"], url_path="actions/block")
    def block(self, request: Request, pk: UUID) -> Response:
        return self._block(request, pk, blocked=True)

    @extend_schema(summary="Unblock a driver", request=None)
    @action(detail=True, methods=["post"], url_path="actions/unblock")
    def unblock(self, request: Request, pk: UUID) -> Response:
        return self._block(request, pk, blocked=False)

    def _block(self, request: Request, pk: UUID, *, blocked: bool) -> Response:
        driver = found(self.rows(), pk=pk)
        changed = block_driver(
            driver=driver, blocked=blocked, actor=actor_of(request), now=utc_now()
        )
        return Response(self.shown(changed))


def _details(driver: Driver, changes: dict[str, Any]) -> DriverDetails:
    """The driver as it is, with the changes on top."""
    names = ("full_name", "email", "phone", "notes", "external_id")
    return DriverDetails(**{**{name: getattr(driver, name) for name in names}, **changes})


def _driver_rows(query: dict[str, Any]) -> QuerySet[Driver]:
    states = {True: "blocked", False: "active", None: ""}
    rows = drivers_found(
        text=query.get("search", ""),
        state=states[query.get("is_blocked")],
        group=str(query.get("group", "")),
    )
    exact = {"email": "email__iexact", "external_id": "external_id"}
    rows = rows.filter(**{field: query[name] for name, field in exact.items() if name in query})
    return rows.prefetch_related("groups")


@extend_schema(tags=["Drivers"])
class DriverGroupViewSet(ApiViewSet):
    permission = _READ | {"create": _MANAGE, "partial_update": _MANAGE}
    serializer_class = s.DriverGroupSerializer

    @extend_schema(summary="List driver groups", parameters=[s.DriverGroupQuery])
    def list(self, _request: Request) -> Response:
        return self.page(groups_with_counts().filter(**self.query(s.DriverGroupQuery)))

    @extend_schema(summary="Get a driver group")
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return Response(self.shown(found(groups_with_counts(), pk=pk)))

    @extend_schema(
        summary="Add a driver group",
        request=s.DriverGroupBody,
        responses={201: s.DriverGroupSerializer},
    )
    def create(self, request: Request) -> Response:
        group = add_group(
            operator=operator_of(request),
            **self.body(s.DriverGroupBody),
            actor=actor_of(request),
            now=utc_now(),
        )
        return self.created(group, at="api:driver-group-detail")

    @extend_schema(summary="Change a driver group", request=s.DriverGroupBody)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        group = cast("DriverGroup", found(groups_with_counts(), pk=pk))
        update_group(
            group=group,
            changes=self.body(s.DriverGroupBody, partial=True),
            actor=actor_of(request),
            now=utc_now(),
        )
        return Response(self.shown(found(groups_with_counts(), pk=pk)))


@extend_schema(tags=["Id tokens"])
class IdTokenViewSet(ApiViewSet):
    permission = _READ | dict.fromkeys(
        ("create", "partial_update", "destroy", "block", "unblock"), _MANAGE
    )
    serializer_class = s.IdTokenSerializer

    @extend_schema(summary="List id tokens", parameters=[s.IdTokenQuery])
    def list(self, _request: Request) -> Response:
        return self.page(_token_rows(self.query(s.IdTokenQuery)))

    @extend_schema(summary="Get an id token")
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return Response(self.shown(found(IdToken.objects.all(), pk=pk)))

    @extend_schema(
        summary="Add an id token", request=s.IdTokenBody, responses={201: s.IdTokenSerializer}
    )
    def create(self, request: Request) -> Response:
        data = self.body(s.IdTokenBody)
        driver = data.pop("driver", None)
        token = add_id_token(
            operator=operator_of(request),
            driver=driver,
            details=TokenDetails(**data),
            actor=actor_of(request),
            now=utc_now(),
        )
        return self.created(token, at="api:id-token-detail")

    @extend_schema(summary="Change an id token", request=s.IdTokenChangeBody)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        token = found(IdToken.objects.all(), pk=pk)
        changed = update_id_token(
            token=token,
            changes=self.body(s.IdTokenChangeBody, partial=True),
            actor=actor_of(request),
            now=utc_now(),
        )
        return Response(self.shown(changed))

    @extend_schema(summary="Delete an id token", responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        token = found(IdToken.objects.select_related("driver"), pk=pk)
        delete_id_token(token=token, actor=actor_of(request), now=utc_now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(summary="Block an id token", request=None)
    @action(detail=True, methods=["post"], url_path="actions/block")
    def block(self, request: Request, pk: UUID) -> Response:
        return self._block(request, pk, blocked=True)

    @extend_schema(summary="Unblock an id token", request=None)
    @action(detail=True, methods=["post"], url_path="actions/unblock")
    def unblock(self, request: Request, pk: UUID) -> Response:
        return self._block(request, pk, blocked=False)

    def _block(self, request: Request, pk: UUID, *, blocked: bool) -> Response:
        token = found(IdToken.objects.all(), pk=pk)
        changed = block_id_token(
            token=token, blocked=blocked, actor=actor_of(request), now=utc_now()
        )
        return Response(self.shown(changed))


def _token_rows(query: dict[str, Any]) -> QuerySet[IdToken]:
    rows = tokens_found(text=query.get("search", ""), state=query.get("state", ""), now=utc_now())
    exact = {"driver": "driver_id", "uid": "uid__iexact", "external_id": "external_id"}
    return rows.filter(**{field: query[name] for name, field in exact.items() if name in query})
