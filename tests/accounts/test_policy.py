from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.views import View
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from accounts.models import Membership, Role, User
from accounts.policy import (
    API_SCOPES,
    PUBLIC,
    HasPermission,
    Permission,
    permissions_of_role,
    require,
)

P = Permission


def _request(*permissions: Permission, member: bool = True, anonymous: bool = False) -> Any:
    request: Any = RequestFactory().get("/drivers/?q=x")
    request.user = AnonymousUser() if anonymous else User(email="ida@example.org")
    request.membership = Membership(role=Role.VIEWER) if member else None
    request.permissions = frozenset(permissions)
    return request


@require(P.DRIVERS_VIEW)
def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("done")


@require(P.DRIVERS_VIEW)
async def async_view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("done")


@require(P.DRIVERS_VIEW)
class ClassView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("done")


def _call_async(request: HttpRequest) -> HttpResponse:
    return asyncio.run(async_view(request))


@pytest.fixture(params=[view, _call_async, ClassView.as_view()], ids=["def", "async", "class"])
def call(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_who_has_the_permission_passes(call: Any) -> None:
    assert call(_request(P.DRIVERS_VIEW)).content == b"done"


def test_who_lacks_it_is_refused(call: Any) -> None:
    with pytest.raises(PermissionDenied):
        call(_request(P.NETWORK_VIEW))


def test_a_user_without_a_role_is_refused(call: Any) -> None:
    with pytest.raises(PermissionDenied):
        call(_request(member=False))


def test_an_api_key_opens_no_portal_page(call: Any) -> None:
    response = call(_request(P.DRIVERS_VIEW, member=False, anonymous=True))
    assert response.status_code == 302


def test_nobody_is_sent_to_the_log_in_page_and_back(call: Any) -> None:
    response = call(_request(member=False, anonymous=True))
    assert response.status_code == 302
    assert response.url == "/account/login/?next=/drivers/%3Fq%3Dx"


def test_a_part_of_a_page_sends_the_whole_page_to_log_in() -> None:
    request = _request(member=False, anonymous=True)
    request.META["HTTP_HX_REQUEST"] = "true"
    response = view(request)
    assert response.status_code == 204
    assert response["HX-Redirect"] == "/account/login/?next=/drivers/%3Fq%3Dx"


def test_views_tell_their_policy() -> None:
    found = [getattr(v, "policy", None) for v in (view, async_view, ClassView.as_view())]
    assert found == [P.DRIVERS_VIEW] * 3


@pytest.mark.parametrize(
    ("declared", "action", "granted", "allowed"),
    [
        (P.DRIVERS_VIEW, "list", {P.DRIVERS_VIEW}, True),
        (P.DRIVERS_VIEW, "list", {P.DRIVERS_MANAGE}, False),
        ({"list": P.DRIVERS_VIEW, "create": P.DRIVERS_MANAGE}, "create", {P.DRIVERS_VIEW}, False),
        ({"list": P.DRIVERS_VIEW, "create": P.DRIVERS_MANAGE}, "create", {P.DRIVERS_MANAGE}, True),
        ({"list": P.DRIVERS_VIEW}, "destroy", set(P), False),
        (None, "list", set(P), False),
        (PUBLIC, "list", set(), True),
    ],
)
def test_api_views(declared: Any, action: str, granted: set[Permission], allowed: bool) -> None:
    request = Request(APIRequestFactory().get("/"))
    request._request.permissions = frozenset(granted)  # type: ignore[attr-defined]
    api_view: Any = type("ApiView", (), {"permission": declared, "action": action})()
    assert HasPermission().has_permission(request, api_view) is allowed


@pytest.mark.parametrize(("method", "allowed"), [("GET", True), ("POST", False)])
def test_api_views_without_actions_go_by_method(method: str, allowed: bool) -> None:
    request = Request(APIRequestFactory().generic(method, "/"))
    request._request.permissions = frozenset({P.DRIVERS_VIEW})  # type: ignore[attr-defined]
    declared = {"GET": P.DRIVERS_VIEW, "POST": P.DRIVERS_MANAGE}
    api_view: Any = type("ApiView", (), {"permission": declared})()
    assert HasPermission().has_permission(request, api_view) is allowed


def test_the_table_of_roles() -> None:
    see = {
        P.NETWORK_VIEW,
        P.LOCATIONS_VIEW,
        P.STATIONS_VIEW,
        P.TRANSACTIONS_VIEW,
        P.TARIFFS_VIEW,
    }
    assert permissions_of_role(Role.ADMIN) == set(P)
    assert permissions_of_role(Role.VIEWER) == see
    assert permissions_of_role(Role.SUPPORT) == see | {
        P.STATIONS_COMMAND,
        P.LOGS_VIEW,
        P.BILLING_VIEW,
        P.DRIVERS_VIEW,
        P.DRIVERS_MANAGE,
    }
    only_admins = {P.USERS_MANAGE, P.API_KEYS_MANAGE, P.SETTINGS_MANAGE}
    for role in set(Role) - {Role.ADMIN}:
        assert not permissions_of_role(role) & only_admins
    assert permissions_of_role("janitor") == frozenset()
    assert not API_SCOPES & only_admins
