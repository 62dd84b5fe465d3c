"""Who am I, members, API keys and the audit trail."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import NotAuthenticated, NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import serializers as s
from accounts.http import actor_of, operator_of
from accounts.models import ApiKey, AuditEntry, Membership
from accounts.policy import PUBLIC, Permission, granted
from accounts.selectors import audit_entries_found
from accounts.services.api_keys import create_api_key, revoke_api_key
from accounts.services.members import change_role, invite_member, remove_member
from common.api.views import ApiView, ApiViewSet, found
from common.clock import utc_now


class MeView(ApiView):
    """Public only so that every credential, whatever its scopes, may ask; nobody else may."""

    permission = PUBLIC
    serializer_class = s.MeSerializer

    @extend_schema(tags=["Me"], summary="Who am I")
    def get(self, request: Request) -> Response:
        if getattr(request, "operator", None) is None:
            raise NotAuthenticated
        return Response(self.shown(_me(request)))


def _me(request: Request) -> dict[str, Any]:
    key = request.auth if isinstance(request.auth, ApiKey) else None
    membership: Membership | None = getattr(request, "membership", None)
    return {
        "kind": "api_key" if key else "user",
        "id": key.pk if key else request.user.pk,
        "name": key.name if key else str(request.user),
        "role": membership.role if membership and not key else None,
        "scopes": sorted(granted(request)),
        "operator": operator_of(request),
    }


@extend_schema(tags=["Members"])
class MemberViewSet(ApiViewSet):
    """Staff and their roles; for logged-in administrators, not for API keys."""

    permission = dict.fromkeys(
        ("list", "retrieve", "create", "partial_update", "destroy"), Permission.USERS_MANAGE
    )
    serializer_class = s.MemberSerializer

    def rows(self) -> QuerySet[Membership]:
        return Membership.objects.select_related("user")

    def member(self, user_id: UUID) -> Membership:
        membership = self.rows().filter(user_id=user_id).first()
        if membership is None:
            raise NotFound
        return membership

    @extend_schema(summary="List members", parameters=[s.MemberQuery])
    def list(self, _request: Request) -> Response:
        return self.page(self.rows().filter(**self.query(s.MemberQuery)))

    @extend_schema(summary="Get a member")
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return Response(self.shown(self.member(pk)))

    @extend_schema(
        summary="Invite a member", request=s.MemberBody, responses={201: s.MemberSerializer}
    )
    def create(self, request: Request) -> Response:
        membership = invite_member(
            operator=operator_of(request),
            **self.body(s.MemberBody),
            actor=actor_of(request),
            now=utc_now(),
        )
        return self.created(membership, at="api:member-detail", key=membership.user_id)

    @extend_schema(summary="Change a member's role", request=s.MemberRoleBody)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        membership = change_role(
            membership=self.member(pk),
            **self.body(s.MemberRoleBody),
            actor=actor_of(request),
            now=utc_now(),
        )
        return Response(self.shown(membership))

    @extend_schema(summary="Remove a member", responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        remove_member(membership=self.member(pk), actor=actor_of(request), now=utc_now())
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["API keys"])
class ApiKeyViewSet(ApiViewSet):
    """Keys of programs; for logged-in administrators, not for API keys themselves."""

    permission = dict.fromkeys(("list", "retrieve", "create", "revoke"), Permission.API_KEYS_MANAGE)
    serializer_class = s.ApiKeySerializer

    @extend_schema(summary="List API keys")
    def list(self, _request: Request) -> Response:
        self.query()
        return self.page(ApiKey.objects.all())

    @extend_schema(summary="Get an API key")
    def retrieve(self, _request: Request, pk: UUID) -> Response:
        return Response(self.shown(found(ApiKey.objects.all(), pk=pk)))

    @extend_schema(
        summary="Make an API key",
        description="The answer holds the key itself, which nobody can see again.",
        request=s.ApiKeyBody,
        responses={201: s.NewApiKeySerializer},
    )
    def create(self, request: Request) -> Response:
        key, text = create_api_key(
            operator=operator_of(request),
            **self.body(s.ApiKeyBody),
            actor=actor_of(request),
            grantable=granted(request),
            now=utc_now(),
        )
        return self.created(key, at="api:api-key-detail", data={**self.shown(key), "key": text})

    @extend_schema(summary="Revoke an API key", request=None)
    @action(detail=True, methods=["post"], url_path="actions/revoke")
    def revoke(self, request: Request, pk: UUID) -> Response:
        key = found(ApiKey.objects.all(), pk=pk)
        revoked = revoke_api_key(key=key, actor=actor_of(request), now=utc_now())
        return Response(self.shown(revoked))


@extend_schema(tags=["Audit"])
class AuditViewSet(ApiViewSet):
    permission = {"list": Permission.AUDIT_VIEW, "retrieve": Permission.AUDIT_VIEW}
    serializer_class = s.AuditEntrySerializer
    paging_order = ("-id",)
    lookup_value_converter = "int"

    @extend_schema(summary="List audit entries", parameters=[s.AuditQuery])
    def list(self, _request: Request) -> Response:
        return self.page(_audit_rows(self.query(s.AuditQuery)))

    @extend_schema(summary="Get an audit entry")
    def retrieve(self, _request: Request, pk: int) -> Response:
        return Response(self.shown(found(AuditEntry.objects.all(), pk=pk)))


def _audit_rows(query: dict[str, Any]) -> QuerySet[AuditEntry]:
    rows = audit_entries_found(
        user=str(query.get("user", "")),
        object_type=query.get("object_type", ""),
        object_id=query.get("object_id", ""),
        text="",
    )
    bounds = {"since": "at__gte", "until": "at__lt", "action": "action"}
    return rows.filter(**{field: query[name] for name, field in bounds.items() if name in query})
