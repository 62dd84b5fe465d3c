"""Every call of the API: unknown callers, callers without the permission, foreign objects."""

from __future__ import annotations

from uuid import UUID

import pytest
from pytest_django import Settings

from accounts.models import Role
from accounts.policy import API_SCOPES, PUBLIC, ROLES, Permission
from tests.csms.api.operations import Operation, all_operations
from tests.support.api import (
    Caller,
    everything,
    make_world,
    permission_without,
    with_key,
    with_session,
)

pytestmark = pytest.mark.django_db

OPERATIONS = all_operations()
WITH_ID = [operation for operation in OPERATIONS if operation.has_id]
NOBODY = UUID("00000000-0000-7000-8000-000000000000")


def test_the_walk_finds_every_call() -> None:
    assert len(OPERATIONS) >= 70
    assert len(WITH_ID) >= 49
    assert {operation.resource for operation in OPERATIONS} == {
        "access-policy",
        "api-keys",
        "audit-entries",
        "certificate-authorities",
        "cdrs",
        "certificates",
        "commands",
        "configuration-rollouts",
        "configuration-templates",
        "customer-information",
        "device-events",
        "display-messages",
        "driver-groups",
        "drivers",
        "firmware-updates",
        "id-tokens",
        "locations",
        "log-uploads",
        "makes",
        "me",
        "members",
        "meter-keys",
        "network",
        "price-simulation",
        "quirk-rules",
        "settlements",
        "signing-requests",
        "spot-prices",
        "reservations",
        "station-imports",
        "stations",
        "tariff-assignments",
        "tariff-groups",
        "tariff-resolution",
        "tariff-versions",
        "tariffs",
        "transactions",
        "trusted-roots",
    }  # fmt: skip


def test_every_call_but_who_am_i_needs_a_permission() -> None:
    public = [str(operation) for operation in OPERATIONS if operation.policy is PUBLIC]
    undeclared = [str(operation) for operation in OPERATIONS if operation.policy is None]
    assert (public, undeclared) == (["GET me"], [])


def test_nobody_known_gets_401_and_changes_nothing() -> None:
    world = make_world("canary-a")
    before = everything()
    for caller in (Caller(), Caller(Authorization="Bearer csms_AAAAAAAA_wrong")):
        for operation in OPERATIONS:
            response = caller.call(operation.method, _own(operation, world.ids), {})
            assert response.status_code == 401, operation
            assert response["Content-Type"] == "application/problem+json", operation
            assert response["WWW-Authenticate"] == 'Bearer realm="api"', operation
            assert "canary" not in response.content.decode(), operation
    assert everything() == before


def _own(operation: Operation, ids: object) -> str:
    return operation.at(ids[operation.resource]) if operation.has_id else operation.path  # type: ignore[index]


def test_a_key_without_the_scope_gets_403_and_changes_nothing() -> None:
    world = make_world("canary-a")
    callers = {
        permission: with_key(world.operator, *permission_without(permission))
        for permission in Permission
    }
    before = everything()
    for operation in OPERATIONS:
        if isinstance(operation.policy, Permission):
            caller = callers[operation.policy]
            response = caller.call(operation.method, _own(operation, world.ids), {})
            assert response.status_code == 403, operation
            expected = f"This needs the permission {operation.policy}."
            assert response.json()["detail"] == expected, operation
    assert everything() == before


@pytest.mark.parametrize("role", sorted(Role.values))
def test_a_person_may_call_what_the_role_allows(role: str) -> None:
    world = make_world("canary-a")
    caller = with_session(world.operator, role)
    before = everything()
    refused = {
        operation
        for operation in OPERATIONS
        if isinstance(operation.policy, Permission) and operation.policy not in ROLES[role]
        if caller.call(operation.method, _own(operation, world.ids), {}).status_code == 403
    }
    assert everything() == before
    expected = {
        operation
        for operation in OPERATIONS
        if isinstance(operation.policy, Permission) and operation.policy not in ROLES[role]
    }
    assert refused == expected


def test_foreign_objects_do_not_exist_and_do_not_change(settings: Settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = 10_000  # by now more calls than a key has in a minute
    mine, theirs = make_world("canary-a"), make_world("canary-b")
    key, admin = with_key(mine.operator), with_session(mine.operator)
    before = everything()
    for operation in WITH_ID:
        for body in ({}, {"unknown": 1}):
            for target in (theirs.ids[operation.resource], _missing(operation)):
                caller = key if operation.policy in API_SCOPES else admin
                response = caller.call(operation.method, operation.at(target), body)
                assert response.status_code == 404, (operation, target, response.content)
                assert "canary-b" not in response.content.decode()
    assert everything() == before


def _missing(operation: Operation) -> object:
    return 10**18 if operation.resource in {"audit-entries", "meter-keys"} else NOBODY


def test_nothing_of_another_operator_is_ever_shown() -> None:
    mine, theirs = make_world("canary-a"), make_world("canary-b")
    key, admin = with_key(mine.operator), with_session(mine.operator)
    seen = 0
    for operation in OPERATIONS:
        if operation.method == "GET":
            for caller in (key, admin):
                text = caller.get(_own(operation, mine.ids)).content.decode()
                assert "canary-b" not in text, operation
                assert str(theirs.operator.pk) not in text, operation
                seen += "canary-a" in text
    assert seen == 128


@pytest.mark.parametrize(
    ("path", "parameter", "resource"),
    [
        ("stations", "location", "locations"),
        ("transactions", "station", "stations"),
        ("transactions", "location", "locations"),
        ("transactions", "driver", "drivers"),
        ("commands", "station", "stations"),
        ("firmware-updates", "station", "stations"),
        ("log-uploads", "station", "stations"),
        ("customer-information", "station", "stations"),
        ("display-messages", "station", "stations"),
        ("settlements", "station", "stations"),
        ("reservations", "station", "stations"),
        ("reservations", "driver", "drivers"),
        ("reservations", "transaction", "transactions"),
        ("commands", "transaction", "transactions"),
        ("drivers", "group", "driver-groups"),
        ("id-tokens", "driver", "drivers"),
        ("meter-keys", "station", "stations"),
        ("tariff-assignments", "group", "tariff-groups"),
        ("tariff-assignments", "tariff", "tariffs"),
        ("tariff-assignments", "location", "locations"),
        ("tariff-assignments", "station", "stations"),
        ("audit-entries", "user", "members"),
        ("audit-entries", "object_id", "stations"),
    ],
)
def test_filters_by_foreign_ids_find_nothing(path: str, parameter: str, resource: str) -> None:
    mine, theirs = make_world("canary-a"), make_world("canary-b")
    response = with_key(mine.operator).get(path, **{parameter: theirs.ids[resource]})
    assert response.status_code == 200
    assert response.json() == {"data": [], "next": None}


def test_the_identity_is_shown_to_those_who_manage_stations_alone() -> None:
    world = make_world("canary-a")
    path = f"stations/{world.ids['stations']}"
    assert with_key(world.operator).get(path).json()["identity"] == "id-canary-a"
    viewer = with_key(world.operator, *permission_without(Permission.STATIONS_MANAGE))
    for operation in OPERATIONS:
        if operation.method == "GET":
            text = viewer.get(_own(operation, world.ids)).content.decode()
            assert "id-canary-a" not in text, operation
    assert viewer.get(path).json()["identity"] is None
    assert viewer.get("stations", search="id-canary").json()["data"] == []
    assert len(with_key(world.operator).get("stations", search="id-canary").json()["data"]) == 1


def test_api_keys_administer_neither_people_nor_keys() -> None:
    beyond = {str(o) for o in OPERATIONS if o.policy not in API_SCOPES and o.policy is not PUBLIC}
    assert {operation.partition(" ")[2].partition("/")[0] for operation in beyond} == {
        "members",
        "api-keys",
    }
