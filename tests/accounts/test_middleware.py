from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from accounts.middleware import OperatorScopeMiddleware
from accounts.models import Membership, Operator, Role, User
from accounts.policy import Permission, permissions_of_role
from accounts.services.api_keys import create_api_key, revoke_api_key
from common.clock import utc_now
from common.tenancy import NoScopeError, current_scope, operator_scope, system_scope
from tests.accounts.factories import ACTOR, NOW, make_member, make_operator, make_user

pytestmark = pytest.mark.django_db


def _seen(request: HttpRequest) -> dict[str, Any]:
    """Run the middleware; what the view behind it finds."""
    seen: dict[str, Any] = {}

    def view(inner: Any) -> HttpResponse:
        seen.update(operator=inner.operator, membership=inner.membership, key=inner.api_key)
        seen["permissions"] = inner.permissions
        try:
            seen["scope"] = current_scope().operator_id
        except NoScopeError:
            seen["scope"] = "none"
        return HttpResponse()

    OperatorScopeMiddleware(view)(request)
    with pytest.raises(NoScopeError):
        current_scope()
    return seen


def _request(user: Any, path: str = "/drivers/", **session: str) -> Any:
    request: Any = RequestFactory().get(path)
    request.user = user
    request.session = session
    return request


def _key(operator: Operator) -> tuple[Any, str]:
    with operator_scope(operator.pk):
        return create_api_key(
            operator=operator,
            name="Export",
            scopes=[Permission.DRIVERS_VIEW],
            expires_at=None,
            actor=ACTOR,
            grantable=frozenset(Permission),
            now=NOW,
        )


def _bearer(text: str) -> Any:
    request: Any = RequestFactory().get("/api/v1/x/", headers={"Authorization": f"Bearer {text}"})
    request.user = AnonymousUser()
    request.session = {}
    return request


def test_nobody_has_no_scope() -> None:
    seen = _seen(_request(AnonymousUser()))
    assert (seen["operator"], seen["membership"], seen["scope"]) == (None, None, "none")
    assert seen["permissions"] == frozenset()


def test_a_member_works_in_the_scope_of_the_operator() -> None:
    operator = make_operator()
    seen = _seen(_request(make_member(operator, Role.SUPPORT)))
    assert seen["operator"] == operator
    assert seen["scope"] == operator.pk
    assert seen["permissions"] == permissions_of_role(Role.SUPPORT)


def _two_roles() -> tuple[User, Operator, Operator]:
    first, second = make_operator(name="A"), make_operator(name="B")
    user = make_member(first, Role.VIEWER)
    with system_scope("tests"):
        Membership.objects.create(operator=second, user=user, role=Role.ADMIN, created_at=NOW)
    return user, first, second


def test_of_several_operators_the_chosen_one() -> None:
    user, first, second = _two_roles()
    assert _seen(_request(user))["scope"] == first.pk
    seen = _seen(_request(user, operator_id=str(second.pk)))
    assert seen["scope"] == second.pk
    assert seen["permissions"] == permissions_of_role(Role.ADMIN)


def test_a_choice_that_is_not_ones_own_is_ignored() -> None:
    user, first, _ = _two_roles()
    stranger = make_operator()
    assert _seen(_request(user, operator_id=str(stranger.pk)))["scope"] == first.pk


def test_on_an_operators_host_only_its_own_staff_get_in() -> None:
    user, _, second = _two_roles()
    request = _request(user)
    request.brand = type("Brand", (), {"operator_id": second.pk})
    assert _seen(request)["scope"] == second.pk
    request = _request(user)
    request.brand = type("Brand", (), {"operator_id": make_operator().pk})
    assert _seen(request)["scope"] == "none"


def test_a_closed_operator_lets_nobody_in() -> None:
    operator = make_operator(is_active=False)
    assert _seen(_request(make_member(operator)))["scope"] == "none"


def test_drivers_have_no_place_in_the_portal() -> None:
    operator = make_operator()
    driver = make_user("d@example.org", operator=operator, username=f"{operator.pk}:d")
    seen = _seen(_request(driver))
    assert (seen["membership"], seen["scope"]) == (None, "none")


def test_staff_of_the_installation_see_everything_in_the_admin_only() -> None:
    user = make_user(is_staff=True)
    assert _seen(_request(user, "/admin/accounts/"))["scope"] is None
    assert _seen(_request(user, "/drivers/"))["scope"] == "none"
    assert _seen(_request(make_user(), "/admin/accounts/"))["scope"] == "none"


def test_an_asynchronous_view_has_the_scope_too() -> None:
    operator = make_operator()
    request = _request(make_member(operator))
    seen: list[Any] = []

    async def view(inner: HttpRequest) -> HttpResponse:
        seen.append(current_scope().operator_id)
        return HttpResponse()

    async_to_sync(OperatorScopeMiddleware(view)._call_async)(request)
    assert seen == [operator.pk]


def test_an_api_key_says_which_operator_and_what() -> None:
    operator = make_operator()
    key, text = _key(operator)
    seen = _seen(_bearer(text))
    assert (seen["key"], seen["operator"], seen["scope"]) == (key, operator, operator.pk)
    assert seen["permissions"] == {Permission.DRIVERS_VIEW}
    assert seen["membership"] is None


def test_a_key_is_refused_when_wrong_revoked_or_expired() -> None:
    operator = make_operator()
    key, text = _key(operator)
    wrong = text[:-1] + ("0" if text[-1] != "0" else "1")
    for bad in (wrong, "csms_ABCDEFGH_0", "", "nonsense", "csms_" + "x" * 200, "csms_é_1"):
        assert _seen(_bearer(bad.encode().decode("latin-1")))["scope"] == "none"
    with operator_scope(operator.pk):
        revoke_api_key(key=key, actor=ACTOR, now=NOW)
    assert _seen(_bearer(text))["scope"] == "none"


def test_an_expired_key_is_refused() -> None:
    operator = make_operator()
    key, text = _key(operator)
    with operator_scope(operator.pk):
        key.expires_at = utc_now() - timedelta(seconds=1)
        key.save()
    assert _seen(_bearer(text))["scope"] == "none"


def test_a_key_wins_over_a_session() -> None:
    operator = make_operator()
    request = _bearer("csms_ABCDEFGH_0")
    request.user = make_member(operator)
    assert _seen(request)["scope"] == "none"
