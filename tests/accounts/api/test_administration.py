from __future__ import annotations

from typing import Any

import pytest

from accounts.models import ApiKey, Membership, Operator, Role
from common.tenancy import operator_scope
from tests.factories import MembershipFactory
from tests.support.api import Caller, everything, make_api_key, with_key, with_session

pytestmark = pytest.mark.django_db


def _errors(response: Any) -> list[str]:
    return [error["name"] for error in response.json()["errors"]]


def test_who_am_i_as_a_key(operator: Operator) -> None:
    key, text = make_api_key(operator, "stations.view", name="Billing export")
    assert Caller(Authorization=f"Bearer {text}").get("me").json() == {
        "kind": "api_key",
        "id": str(key.pk),
        "name": "Billing export",
        "role": None,
        "scopes": ["stations.view"],
        "operator": {
            "id": str(operator.pk),
            "name": operator.name,
            "country": "DK",
            "time_zone": "Europe/Copenhagen",
            "currency": "DKK",
            "language": "en",
        },
    }


def test_who_am_i_as_a_person(operator: Operator) -> None:
    shown = with_session(operator, Role.VIEWER).get("me").json()
    assert (shown["kind"], shown["name"], shown["role"]) == ("user", "Ida Krogh", "viewer")
    assert shown["scopes"] == ["locations.view", "network.view", "stations.view",
                               "tariffs.view", "transactions.view"]  # fmt: skip


def test_a_member_is_invited_promoted_and_removed(operator: Operator) -> None:
    admin = with_session(operator)
    body = {"email": "bo@example.org", "full_name": "Bo Lund", "role": "viewer"}
    response = admin.post("members", body)
    assert response.status_code == 201
    shown = response.json()
    assert {name: shown[name] for name in body} == body
    assert response["Location"] == f"http://testserver/api/v1/members/{shown['id']}"
    path = f"members/{shown['id']}"
    assert admin.patch(path, {"role": "support"}).json()["role"] == "support"
    assert [row["email"] for row in admin.get("members", role="support").json()["data"]] == [
        "bo@example.org"
    ]
    assert admin.delete(path).status_code == 204
    assert admin.get(path).status_code == 404


def test_the_last_administrator_stays(operator: Operator) -> None:
    admin = with_session(operator)
    with operator_scope(operator.pk):
        own = Membership.objects.get()
    before = everything()
    for response in (
        admin.patch(f"members/{own.user_id}", {"role": "viewer"}),
        admin.delete(f"members/{own.user_id}"),
    ):
        assert response.status_code == 400
        assert _errors(response) == ["role"]
    assert everything() == before


def test_bad_members_change_nothing(operator: Operator) -> None:
    admin = with_session(operator)
    other = MembershipFactory.create(operator=operator, role="viewer")
    before = everything()
    assert _errors(admin.post("members", {"email": "x", "role": "viewer"})) == ["email"]
    assert _errors(admin.post("members", {"email": "a@example.org", "role": "king"})) == ["role"]
    assert _errors(admin.post("members", {"email": other.user.email, "role": "support"})) == [
        "email"
    ]
    assert _errors(admin.patch(f"members/{other.user_id}", {"role": "king"})) == ["role"]
    assert everything() == before


def test_a_key_is_made_used_and_revoked(operator: Operator) -> None:
    admin = with_session(operator)
    body = {"name": "Export", "scopes": ["stations.view"], "expires_at": "2040-01-01T00:00:00Z"}
    response = admin.post("api-keys", body)
    assert response.status_code == 201
    made = response.json()
    assert (made["name"], made["scopes"], made["expires_at"]) == tuple(body.values())
    key = made.pop("key")
    assert key.startswith(f"csms_{made['prefix']}_")
    program = Caller(Authorization=f"Bearer {key}")
    assert program.get("stations").status_code == 200
    listed = admin.get("api-keys")
    assert key not in listed.content.decode()
    assert listed.json()["data"][0]["last_used_at"] is not None
    revoked = admin.post(f"api-keys/{made['id']}/actions/revoke").json()
    assert revoked["revoked_at"] is not None
    assert program.get("stations").status_code == 401


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"name": ""}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["users.manage"]}, "scopes.0"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
    ],
)
def test_bad_keys_are_not_made(operator: Operator, change: dict[str, Any], name: str) -> None:
    admin = with_session(operator)
    before = everything()
    response = admin.post("api-keys", {"name": "x", "scopes": ["stations.view"]} | change)
    assert response.status_code == 400
    assert _errors(response) == [name]
    assert everything() == before
    with operator_scope(operator.pk):
        assert not ApiKey.objects.exists()


def test_the_audit_trail_is_read_by_period_and_object(operator: Operator) -> None:
    api = with_key(operator)
    made = api.post("driver-groups", {"name": "Staff"}).json()
    api.post("driver-groups", {"name": "Guests"})
    entries = api.get("audit-entries", object_id=made["id"]).json()["data"]
    assert [(row["action"], row["object_label"]) for row in entries] == [
        ("driver_group.added", "Staff")
    ]
    assert entries[0]["api_key_id"] == api.get("me").json()["id"]
    assert entries[0]["remote_address"] == "127.0.0.1"
    assert api.get(f"audit-entries/{entries[0]['id']}").json() == entries[0]
    assert api.get("audit-entries", until="2020-01-01T00:00:00Z").json()["data"] == []
    assert len(api.get("audit-entries", action="driver_group.added", limit=1).json()["data"]) == 1
    assert _errors(api.get("audit-entries", user="x")) == ["user"]


def test_a_write_by_session_needs_the_csrf_token(operator: Operator) -> None:
    admin = with_session(operator)
    admin.client.handler.enforce_csrf_checks = True
    before = everything()
    response = admin.post("driver-groups", {"name": "Staff"})
    assert response.status_code == 403
    assert response["Content-Type"] == "application/problem+json"
    assert everything() == before
