"""Who may do what: permissions, the table of roles, and how a view declares its policy.

Every view and endpoint declares one: `@require(Permission.X)` on portal views, `permission = …`
with `HasPermission` on API views, `@public_view` where nobody needs to be known.
`tests/accounts/test_policy_coverage.py` walks every address and fails for one without.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import wraps
from http import HTTPStatus
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, Final, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import Role

if TYPE_CHECKING:
    # at run time it loads the authentication classes, which stand on this module
    from rest_framework.views import APIView


class Permission(StrEnum):
    """What a role or an API key may do. The names are public: they are the scopes of API keys."""

    NETWORK_VIEW = "network.view"
    LOCATIONS_VIEW = "locations.view"
    LOCATIONS_MANAGE = "locations.manage"
    STATIONS_VIEW = "stations.view"
    STATIONS_MANAGE = "stations.manage"
    STATIONS_COMMAND = "stations.command"
    LOGS_VIEW = "logs.view"
    TRANSACTIONS_VIEW = "transactions.view"
    TRANSACTIONS_MANAGE = "transactions.manage"
    TARIFFS_VIEW = "tariffs.view"
    TARIFFS_MANAGE = "tariffs.manage"
    BILLING_VIEW = "billing.view"
    BILLING_MANAGE = "billing.manage"
    DRIVERS_VIEW = "drivers.view"
    DRIVERS_MANAGE = "drivers.manage"
    USERS_MANAGE = "users.manage"
    AUDIT_VIEW = "audit.view"
    API_KEYS_MANAGE = "api_keys.manage"
    SETTINGS_MANAGE = "settings.manage"


_P = Permission
_SEE_NETWORK: Final = frozenset(
    {
        _P.NETWORK_VIEW,
        _P.LOCATIONS_VIEW,
        _P.STATIONS_VIEW,
        _P.TRANSACTIONS_VIEW,
        _P.TARIFFS_VIEW,
    }
)

ROLES: Final[Mapping[str, frozenset[Permission]]] = {
    Role.ADMIN: frozenset(Permission),
    Role.OPERATIONS: _SEE_NETWORK
    | {
        _P.LOCATIONS_MANAGE,
        _P.STATIONS_MANAGE,
        _P.STATIONS_COMMAND,
        _P.LOGS_VIEW,
        _P.TRANSACTIONS_MANAGE,
        _P.BILLING_VIEW,
        _P.DRIVERS_VIEW,
    },
    Role.SUPPORT: _SEE_NETWORK
    | {
        _P.STATIONS_COMMAND,
        _P.LOGS_VIEW,
        _P.BILLING_VIEW,
        _P.DRIVERS_VIEW,
        _P.DRIVERS_MANAGE,
    },
    Role.FINANCE: _SEE_NETWORK
    | {
        _P.TRANSACTIONS_MANAGE,
        _P.TARIFFS_MANAGE,
        _P.BILLING_VIEW,
        _P.BILLING_MANAGE,
        _P.DRIVERS_VIEW,
        _P.AUDIT_VIEW,
    },
    Role.TECHNICIAN: _SEE_NETWORK | {_P.STATIONS_MANAGE, _P.STATIONS_COMMAND, _P.LOGS_VIEW},
    Role.VIEWER: _SEE_NETWORK,
}

# A key is a program: it never administers people, keys or the operator's own settings.
API_SCOPES: Final = frozenset(Permission) - {
    _P.USERS_MANAGE,
    _P.API_KEYS_MANAGE,
    _P.SETTINGS_MANAGE,
}


class Public:
    """The policy of a view that anybody may call."""


PUBLIC: Final = Public()
Policy = Permission | Public

_V = TypeVar("_V", bound=Callable[..., Any])


def permissions_of_role(role: str) -> frozenset[Permission]:
    """The permissions of a role; none for a name that is not (or no longer) one."""
    return ROLES.get(role, frozenset())


def granted(request: HttpRequest | Request) -> frozenset[Permission]:
    """What this request may do, as `accounts.middleware` has found out."""
    permissions: frozenset[Permission] = getattr(request, "permissions", frozenset())
    return permissions


def public_view(view: _V) -> _V:
    """Declare that nobody needs to be known (log-in, health, brand files)."""
    view.policy = PUBLIC  # type: ignore[attr-defined]
    return view


def require(permission: Permission) -> Callable[[_V], _V]:
    """Declare the permission that a portal view needs; works for functions, async ones, classes.

    Nobody logged in: redirect to the log-in page. Without the permission: 403. A view still looks
    its objects up through scoped managers, so another operator's object is 404.
    """

    def decorate(view: Any) -> Any:
        if isinstance(view, type):
            view.dispatch = _guarded(view.dispatch, permission, skip_self=True)  # type: ignore[attr-defined]
            view.policy = permission  # type: ignore[attr-defined]
            return view
        return _guarded(view, permission, skip_self=False)

    return decorate


def _guarded(view: Any, permission: Permission, *, skip_self: bool) -> Any:
    position = 1 if skip_self else 0

    if iscoroutinefunction(view):

        @wraps(view)
        async def guarded_async(*args: Any, **kwargs: Any) -> HttpResponseBase:
            refusal = _refusal(args[position], permission)
            return refusal if refusal is not None else await view(*args, **kwargs)

        guarded_async.policy = permission  # type: ignore[attr-defined]
        return guarded_async

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> HttpResponseBase:
        refusal = _refusal(args[position], permission)
        return refusal if refusal is not None else view(*args, **kwargs)

    guarded.policy = permission  # type: ignore[attr-defined]
    return guarded


def _refusal(request: HttpRequest, permission: Permission) -> HttpResponse | None:
    membership = getattr(request, "membership", None)
    if membership is not None and permission in granted(request):
        return None
    if request.user.is_authenticated:
        raise PermissionDenied
    login = redirect_to_login(request.get_full_path())
    if request.headers.get("HX-Request") == "true":
        # A redirect would be followed and the log-in page swapped into a part of this one.
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": login.url})
    return login


class HasPermission(BasePermission):
    """Reads `permission` of the API view: one Permission, PUBLIC, or one per action or method.

    A view without a declaration, or an action that the map leaves out, is refused.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        policy = policy_of_api_view(view, getattr(view, "action", None) or request.method or "")
        if isinstance(policy, Public):
            return True
        self.message = f"This needs the permission {policy}." if policy else None
        return policy is not None and policy in granted(request._request)


def policy_of_api_view(view: Any, action: str) -> Policy | None:
    """The declared policy of an API view (class or instance) for an action or HTTP method."""
    declared = getattr(view, "permission", None)
    if isinstance(declared, Mapping):
        if action in {"OPTIONS", "metadata"}:
            return next(iter(declared.values()), None)
        found: Policy | None = declared.get(action, declared.get(action.lower()))
        return found
    return declared
