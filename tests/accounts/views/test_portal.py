"""The pages of people: every role sees what it may, nobody sees another operator's."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import (
    ApiKey,
    AuditEntry,
    Driver,
    DriverGroup,
    IdToken,
    Membership,
    Operator,
    Role,
    User,
)
from accounts.policy import ROLES, Permission
from common.tenancy import system_scope
from tests.accounts.factories import (
    NOW,
    make_driver,
    make_group,
    make_member,
    make_operator,
    make_token,
)

pytestmark = pytest.mark.django_db

P = Permission
PAGES = {
    "/drivers/": P.DRIVERS_VIEW,
    "/drivers/new/": P.DRIVERS_MANAGE,
    "/drivers/groups/": P.DRIVERS_MANAGE,
    "/tokens/": P.DRIVERS_VIEW,
    "/tokens/new/": P.DRIVERS_MANAGE,
    "/users/": P.USERS_MANAGE,
    "/users/invite/": P.USERS_MANAGE,
    "/api-keys/": P.API_KEYS_MANAGE,
    "/api-keys/new/": P.API_KEYS_MANAGE,
    "/audit/": P.AUDIT_VIEW,
    "/settings/brand/": P.SETTINGS_MANAGE,
}


@pytest.fixture
def as_role(operator: Operator) -> Callable[[str], Client]:
    def log_in(role: str) -> Client:
        client = Client()
        client.force_login(make_member(operator, role))
        return client

    return log_in


@pytest.fixture
def admin(as_role: Callable[[str], Client]) -> Client:
    return as_role(Role.ADMIN)


def _actions(operator: Operator) -> list[str]:
    with system_scope("tests"):
        rows = AuditEntry.objects.filter(operator=operator).order_by("id")
        return list(rows.values_list("action", flat=True))


@pytest.mark.parametrize("role", Role.values)
def test_every_page_for_every_role(as_role: Callable[[str], Client], role: str) -> None:
    client = as_role(role)
    found = {url: client.get(url).status_code for url in PAGES}
    assert found == {url: 200 if p in ROLES[role] else 403 for url, p in PAGES.items()}


@pytest.mark.parametrize("url", PAGES)
def test_nobody_is_asked_to_log_in(client: Client, url: str) -> None:
    response = client.get(url)
    assert response.status_code == 302
    assert response.url == f"/account/login/?next={url}"  # type: ignore[attr-defined]


def test_a_foreign_object_is_not_found(
    admin: Client, operator: Operator, other_operator: Operator
) -> None:
    driver = make_driver(other_operator, full_name="Foreign")
    token = make_token(other_operator, driver=driver)
    member = make_member(other_operator)
    with system_scope("tests"):
        membership = Membership.objects.get(user=member)
        key = ApiKey.objects.create(
            operator=other_operator, name="x", prefix="AAAAAAAA", key_hash="0", created_at=NOW
        )
    gets = [f"/drivers/{driver.pk}/", f"/drivers/{driver.pk}/edit/"]
    posts: dict[str, dict[str, Any]] = {
        f"/drivers/{driver.pk}/edit/": {"full_name": "Stolen", "email": "s@example.org"},
        f"/drivers/{driver.pk}/block/": {"blocked": "1"},
        f"/tokens/{token.pk}/block/": {"blocked": "1"},
        f"/tokens/{token.pk}/delete/": {},
        f"/users/{membership.pk}/role/": {"role": "viewer"},
        f"/users/{membership.pk}/remove/": {},
        f"/api-keys/{key.pk}/revoke/": {},
    }
    assert [admin.get(url).status_code for url in gets] == [404] * 2
    assert [admin.post(url, data).status_code for url, data in posts.items()] == [404] * 7
    assert _actions(operator) == _actions(other_operator) == []
    with system_scope("tests"):
        for row in (driver, token, membership, key):
            row.refresh_from_db()
        assert (driver.full_name, driver.is_blocked, token.is_blocked) == ("Foreign", False, False)
        assert (membership.role, key.revoked_at) == ("admin", None)


def test_lists_show_own_rows_only(
    admin: Client, operator: Operator, other_operator: Operator
) -> None:
    for owner, name in ((operator, "Mine Alone"), (other_operator, "Foreign Person")):
        make_token(owner, driver=make_driver(owner, full_name=name))
        make_group(owner, name=f"Group of {name}")
        make_member(owner, full_name=f"Staff {name}")
    for url in ("/drivers/", "/tokens/", "/users/", "/drivers/groups/"):
        page = admin.get(url).content.decode()
        assert "Mine Alone" in page
        assert "Foreign Person" not in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Anna Lund", "Bo Dahl"]),
        ("q=anna", ["Anna Lund"]),
        ("q=04a2", ["Bo Dahl"]),
        ("state=blocked", ["Bo Dahl"]),
        ("state=active", ["Anna Lund"]),
        ("group=nonsense", []),
    ],
)
def test_drivers_are_found(admin: Client, operator: Operator, query: str, names: list[str]) -> None:
    make_driver(operator, full_name="Anna Lund")
    bo = make_driver(operator, full_name="Bo Dahl", is_blocked=True)
    make_token(operator, driver=bo, uid="04A2B9C2")
    response = admin.get(f"/drivers/?{query}")
    assert response.status_code == 200
    found = [name for name in ("Anna Lund", "Bo Dahl") if name in response.content.decode()]
    assert found == names


@pytest.mark.parametrize("url", ["/drivers/?q=%00", "/tokens/?q=a%00b", "/audit/?q=%00"])
def test_null_characters_are_refused(admin: Client, url: str) -> None:
    assert admin.get(url).status_code == 400


def test_drivers_of_a_group(admin: Client, operator: Operator) -> None:
    group = make_group(operator)
    anna = make_driver(operator, full_name="Anna Lund")
    make_driver(operator, full_name="Bo Dahl")
    with system_scope("tests"):
        anna.groups.add(group)
    page = admin.get(f"/drivers/?group={group.pk}").content.decode()
    assert "Anna Lund" in page
    assert "Bo Dahl" not in page


def test_long_lists_have_pages(admin: Client, operator: Operator) -> None:
    for number in range(51):
        make_driver(operator, full_name=f"Driver No {number:02}")
    first = admin.get("/drivers/").content.decode()
    link = re.search(r'rel="next" href="([^"]+)"', first)
    assert link is not None
    second = admin.get(link[1].replace("&amp;", "&")).content.decode()
    names = [set(re.findall(r"Driver No \d\d", page)) for page in (first, second)]
    assert [len(found) for found in names] == [50, 1]
    assert not names[0] & names[1]
    assert admin.get("/drivers/?cursor=nonsense").status_code == 404


def test_the_list_of_drivers_asks_the_database_a_fixed_number_of_times(
    admin: Client, operator: Operator, django_assert_max_num_queries: Any
) -> None:
    for _ in range(20):
        make_token(operator, driver=make_driver(operator))
    admin.get("/drivers/")
    with django_assert_max_num_queries(8):
        admin.get("/drivers/")


def test_adding_a_driver(admin: Client, operator: Operator) -> None:
    group = make_group(operator, name="Fleet")
    data = {"full_name": "Ida Krogh", "email": "Ida@example.org", "groups": [str(group.pk)]}
    response = admin.post("/drivers/new/", data)
    with system_scope("tests"):
        driver = Driver.objects.get()
        assert list(driver.groups.all()) == [group]
    assert response.status_code == 302
    assert response.url == f"/drivers/{driver.pk}/"  # type: ignore[attr-defined]
    assert _actions(operator) == ["driver.added"]
    assert "Fleet" in admin.get(f"/drivers/{driver.pk}/").content.decode()


def test_a_bad_driver_is_explained_at_the_field(admin: Client, operator: Operator) -> None:
    make_driver(operator, email="taken@example.org")
    data = {"full_name": "Ida", "email": "Taken@example.org"}
    page = admin.post("/drivers/new/", data)
    assert page.status_code == 200
    assert "A driver with this e-mail exists already." in page.content.decode()
    with system_scope("tests"):
        assert Driver.objects.count() == 1


def test_a_foreign_group_cannot_be_chosen(
    admin: Client, operator: Operator, other_operator: Operator
) -> None:
    make_group(operator)
    foreign = make_group(other_operator)
    data = {"full_name": "Ida", "email": "i@example.org", "groups": [str(foreign.pk)]}
    assert admin.post("/drivers/new/", data).status_code == 200
    with system_scope("tests"):
        assert Driver.objects.count() == 0


def test_changing_and_blocking_a_driver(admin: Client, operator: Operator) -> None:
    driver = make_driver(operator, full_name="Old")
    url = f"/drivers/{driver.pk}/"
    assert admin.post(f"{url}edit/", {"full_name": "New", "email": driver.email}).status_code == 302
    assert admin.post(f"{url}block/", {"blocked": "1"}).status_code == 302
    with system_scope("tests"):
        driver.refresh_from_db()
    assert (driver.full_name, driver.is_blocked) == ("New", True)
    assert _actions(operator) == ["driver.updated", "driver.blocked"]
    assert "Blocked" in admin.get(url).content.decode()


def test_tokens(admin: Client, operator: Operator) -> None:
    driver = make_driver(operator)
    data = {"uid": "04:a2:b9:c2", "type": "ISO14443", "driver": driver.email, "label": "Card"}
    assert admin.post("/tokens/new/", data).status_code == 302
    with system_scope("tests"):
        token = IdToken.objects.get()
    assert (token.uid, token.driver_id, token.label) == ("04A2B9C2", driver.pk, "Card")
    again = admin.post("/tokens/new/", {**data, "uid": "04a2b9c2"})
    assert "This token exists already." in again.content.decode()
    assert admin.post(f"/tokens/{token.pk}/block/", {"blocked": "1"}).status_code == 302
    assert "04A2B9C2" in admin.get("/tokens/?state=blocked").content.decode()
    assert "04A2B9C2" not in admin.get("/tokens/?state=valid").content.decode()
    assert admin.post(f"/tokens/{token.pk}/delete/").status_code == 302
    with system_scope("tests"):
        assert IdToken.objects.count() == 0
    assert _actions(operator) == ["id_token.added", "id_token.blocked", "id_token.deleted"]


def test_a_token_of_a_foreign_driver_is_refused(
    admin: Client, operator: Operator, other_operator: Operator
) -> None:
    foreign = make_driver(other_operator)
    data = {"uid": "04A2B9C2", "type": "ISO14443", "driver": foreign.email}
    page = admin.post("/tokens/new/", data).content.decode()
    assert "No driver has this e-mail." in page
    with system_scope("tests"):
        assert IdToken.objects.count() == 0


def test_groups(admin: Client, operator: Operator) -> None:
    assert admin.post("/drivers/groups/", {"name": "Fleet"}).status_code == 302
    page = admin.post("/drivers/groups/", {"name": "Fleet"}).content.decode()
    assert "A group of this name exists already." in page
    with system_scope("tests"):
        assert [group.name for group in DriverGroup.objects.all()] == ["Fleet"]


def test_users(admin: Client, operator: Operator) -> None:
    data = {"email": "new@example.org", "full_name": "New Person", "role": "support"}
    assert admin.post("/users/invite/", data).status_code == 302
    with system_scope("tests"):
        membership = Membership.objects.get(user__email="new@example.org")
    assert admin.post(f"/users/{membership.pk}/role/", {"role": "viewer"}).status_code == 302
    assert admin.post(f"/users/{membership.pk}/role/", {"role": "king"}).status_code == 302
    with system_scope("tests"):
        membership.refresh_from_db()
        assert membership.role == "viewer"
    assert admin.post(f"/users/{membership.pk}/remove/").status_code == 302
    with system_scope("tests"):
        assert not Membership.objects.filter(pk=membership.pk).exists()
    assert _actions(operator) == ["member.invited", "member.role_changed", "member.removed"]


def test_the_last_administrator_cannot_leave(admin: Client, operator: Operator) -> None:
    with system_scope("tests"):
        membership = Membership.objects.get()
    page = admin.post(f"/users/{membership.pk}/remove/", follow=True).content.decode()
    assert "The last administrator stays." in page
    assert _actions(operator) == []


def test_a_role_that_is_taken_away_ends_at_once(
    as_role: Callable[[str], Client], operator: Operator
) -> None:
    client = as_role(Role.SUPPORT)
    assert client.get("/drivers/").status_code == 200
    with system_scope("tests"):
        Membership.objects.filter(role=Role.SUPPORT).delete()
    assert client.get("/drivers/").status_code == 403


def test_an_api_key_is_shown_once(admin: Client, operator: Operator) -> None:
    data = {"name": "Export", "scopes": ["drivers.view"]}
    made = admin.post("/api-keys/new/", data)
    text = re.search(r"csms_[0-9A-Z]{8}_[0-9A-Z]{40}", made.content.decode())
    assert text is not None
    assert "no-store" in made["Cache-Control"]
    assert text[0] not in admin.get("/api-keys/").content.decode()
    with system_scope("tests"):
        key = ApiKey.objects.get()
    assert admin.post(f"/api-keys/{key.pk}/revoke/").status_code == 302
    assert "Revoked" in admin.get("/api-keys/").content.decode()
    assert _actions(operator) == ["api_key.created", "api_key.revoked"]


def test_the_audit_log_is_filtered(admin: Client, operator: Operator) -> None:
    anna, bo = (make_driver(operator, full_name=name) for name in ("Anna", "Bo"))
    for driver in (anna, bo):
        admin.post(f"/drivers/{driver.pk}/block/", {"blocked": "1"})
    with system_scope("tests"):
        user = User.objects.get()
    for query, count in [
        ("", 2),
        (f"object={anna.pk}", 1),
        (f"user={user.pk}", 2),
        ("user=nonsense", 0),
        ("type=driver", 2),
        ("type=idtoken", 0),
        ("q=anna", 1),
    ]:
        page = admin.get(f"/audit/?{query}").content.decode()
        assert page.count("driver.blocked") == count, query


def test_switching_between_operators(other_operator: Operator, operator: Operator) -> None:
    client = Client()
    user = make_member(operator)
    client.force_login(user)
    stranger = make_operator()
    with system_scope("tests"):
        Membership.objects.create(
            operator=other_operator, user=user, role=Role.ADMIN, created_at=NOW
        )
    make_driver(other_operator, full_name="Over There")
    client.post("/users/switch/", {"operator": str(other_operator.pk)})
    assert "Over There" in client.get("/drivers/").content.decode()
    client.post("/users/switch/", {"operator": str(stranger.pk)})
    assert "Over There" in client.get("/drivers/").content.decode()
    client.post("/users/switch/", {"operator": str(operator.pk)})
    assert "Over There" not in client.get("/drivers/").content.decode()
