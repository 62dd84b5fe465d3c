"""Who is calling, for which operator, and the tenant scope of the whole request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from inspect import iscoroutinefunction
from typing import Any, cast
from uuid import UUID

from asgiref.sync import markcoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponseBase

from accounts.models import ApiKey, Membership, Operator, User
from accounts.policy import Permission, permissions_of_role
from accounts.selectors import memberships_of
from accounts.services.api_keys import authenticate
from common.clock import utc_now
from common.tenancy import Scope, operator_scope, system_scope

SESSION_OPERATOR = "operator_id"
ADMIN_PREFIX = "/admin/"
_BEARER = "bearer "

GetResponse = Callable[[HttpRequest], Any]


class TenantRequest(HttpRequest):
    """What views may rely on behind this middleware (for annotations only)."""

    user: User
    operator: Operator
    membership: Membership
    memberships: list[Membership]
    api_key: ApiKey | None
    permissions: frozenset[Permission]


class OperatorScopeMiddleware:
    """Sets `operator`, `membership`, `api_key`, `permissions` and enters the operator's scope.

    A request that belongs to nobody runs without a scope, so touching tenant rows raises.
    Streaming responses are consumed after the scope has ended: they use
    `common.tenancy.aiterate_in_scope` with `request.scope`.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self._call_async(request)
        with identify(request):
            return cast("HttpResponseBase", self.get_response(request))

    async def _call_async(self, request: HttpRequest) -> HttpResponseBase:
        scope = await sync_to_async(identify)(request)
        with scope:
            return cast("HttpResponseBase", await self.get_response(request))


def identify(request: HttpRequest) -> AbstractContextManager[Scope | None]:
    """Find out who is calling, note it on the request, and return the scope to run it in."""
    tenant = cast("Any", request)
    tenant.operator = tenant.membership = tenant.api_key = None
    tenant.memberships = []
    tenant.permissions = frozenset()
    presented = bearer_key(request)
    if presented is not None:
        return _identify_key(tenant, presented)
    if not isinstance(request.user, User) or not request.user.is_authenticated:
        return nullcontext()
    if request.path.startswith(ADMIN_PREFIX) and request.user.is_staff:
        return system_scope("staff of the installation in its admin")
    return _identify_member(tenant)


def host_operator_id(request: HttpRequest) -> UUID | None:
    """The operator whose brand this host shows (set by a higher app), None on a neutral host."""
    operator_id: UUID | None = getattr(getattr(request, "brand", None), "operator_id", None)
    return operator_id


def bearer_key(request: HttpRequest) -> str | None:
    """The text after `Authorization: Bearer`, None when there is no such header."""
    header = request.headers.get("Authorization", "")
    return header[len(_BEARER) :].strip() if header[: len(_BEARER)].lower() == _BEARER else None


def _identify_key(request: Any, presented: str) -> AbstractContextManager[Scope | None]:
    key = authenticate(text=presented, now=utc_now())
    if key is None:
        return nullcontext()
    request.api_key = key
    request.operator = key.operator
    known = {permission.value for permission in Permission}
    request.permissions = frozenset(Permission(name) for name in key.scopes if name in known)
    return operator_scope(key.operator_id)


def _identify_member(request: Any) -> AbstractContextManager[Scope | None]:
    at_host = host_operator_id(request)
    request.memberships = [
        m for m in memberships_of(request.user) if at_host in {None, m.operator_id}
    ]
    chosen = request.session.get(SESSION_OPERATOR)
    membership = next(
        (m for m in request.memberships if str(m.operator_id) == chosen),
        next(iter(request.memberships), None),
    )
    if membership is None:
        return nullcontext()
    request.membership = membership
    request.operator = membership.operator
    request.permissions = permissions_of_role(membership.role)
    return operator_scope(membership.operator_id)
