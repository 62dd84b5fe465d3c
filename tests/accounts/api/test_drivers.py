from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Driver, IdToken, Operator
from common.tenancy import operator_scope
from tests.factories import DriverFactory, DriverGroupFactory, IdTokenFactory
from tests.support.api import everything, with_key

pytestmark = pytest.mark.django_db


def _errors(response: Any) -> dict[str, str]:
    return {error["name"]: error["message"] for error in response.json()["errors"]}


def test_a_driver_is_added_read_and_changed(operator: Operator) -> None:
    group = DriverGroupFactory.create(operator=operator)
    api = with_key(operator)
    body = {
        "full_name": "Bo Lund", "email": "Bo@Example.org", "group_ids": [str(group.pk)],
        "external_id": "crm-1", "metadata": {"plan": "gold"},
    }  # fmt: skip
    response = api.post("drivers", body)
    assert response.status_code == 201
    shown = response.json()
    made = {name: shown.pop(name) for name in ("id", "created_at")}
    assert shown == {
        "full_name": "Bo Lund",
        "email": "bo@example.org",
        "phone": "",
        "group_ids": [str(group.pk)],
        "is_blocked": False,
        "notes": "",
        "external_id": "crm-1",
        "metadata": {"plan": "gold"},
    }
    path = f"drivers/{made['id']}"
    assert api.patch(path, {"phone": "+45 12 34 56 78"}).status_code == 200
    assert api.get(path).json() == shown | made | {"phone": "+45 12 34 56 78"}
    assert api.patch(path, {"group_ids": []}).json()["group_ids"] == []


def test_a_driver_is_blocked_and_unblocked(operator: Operator) -> None:
    driver = DriverFactory.create(operator=operator)
    api = with_key(operator)
    assert api.post(f"drivers/{driver.pk}/actions/block").json()["is_blocked"] is True
    assert api.post(f"drivers/{driver.pk}/actions/unblock").json()["is_blocked"] is False


def test_bad_drivers_change_nothing(operator: Operator, other_operator: Operator) -> None:
    DriverFactory.create(operator=operator, email="taken@example.org")
    driver = DriverFactory.create(operator=operator)
    foreign = DriverGroupFactory.create(operator=other_operator)
    api = with_key(operator)
    before = everything()
    for change, name in (
        ({"email": "nonsense"}, "email"),
        ({"email": "TAKEN@example.org"}, "email"),
        ({"full_name": ""}, "full_name"),
        ({"group_ids": [str(foreign.pk)]}, "group_ids"),
        ({"is_blocked": True}, "is_blocked"),
    ):
        added = api.post("drivers", {"full_name": "x", "email": "x@example.org", **change})
        changed = api.patch(f"drivers/{driver.pk}", change)
        for response in (added, changed):
            assert response.status_code == 400, change
            assert list(_errors(response)) == [name]
    assert everything() == before


def test_the_same_address_may_belong_to_a_driver_of_another_operator(
    operator: Operator, other_operator: Operator
) -> None:
    DriverFactory.create(operator=other_operator, email="bo@example.org")
    response = with_key(operator).post("drivers", {"full_name": "Bo", "email": "bo@example.org"})
    assert response.status_code == 201


def test_drivers_are_filtered(operator: Operator) -> None:
    driver = DriverFactory.create(operator=operator, full_name="Ada", email="ada@example.org")
    group = DriverGroupFactory.create(operator=operator)
    driver.groups.add(group)
    DriverFactory.create(operator=operator, full_name="Bo", is_blocked=True, external_id="x")
    api = with_key(operator)

    def names(**query: Any) -> list[str]:
        return [row["full_name"] for row in api.get("drivers", **query).json()["data"]]

    assert sorted(names()) == ["Ada", "Bo"]
    assert names(search="ada") == ["Ada"]
    assert names(is_blocked="true") == ["Bo"]
    assert names(is_blocked="false") == ["Ada"]
    assert names(group=str(group.pk)) == ["Ada"]
    assert names(email="ADA@example.org") == ["Ada"]
    assert names(external_id="x") == ["Bo"]


def test_groups(operator: Operator) -> None:
    api = with_key(operator)
    response = api.post("driver-groups", {"name": "Staff", "external_id": "g1"})
    assert response.status_code == 201
    shown = response.json()
    assert (shown["name"], shown["kind"], shown["driver_count"]) == ("Staff", "manual", 0)
    changed = api.patch(f"driver-groups/{shown['id']}", {"name": "Team", "metadata": {"a": 1}})
    assert (changed.json()["name"], changed.json()["metadata"]) == ("Team", {"a": 1})
    assert len(api.get("driver-groups", external_id="g1").json()["data"]) == 1
    assert api.get("driver-groups", kind="plan").json()["data"] == []
    api.post("driver-groups", {"name": "Other"})
    before = everything()
    taken = api.post("driver-groups", {"name": "Team"})
    assert _errors(taken) == {"name": "A group of this name exists already."}
    assert _errors(api.patch(f"driver-groups/{shown['id']}", {"name": "Other"})) == {
        "name": "A group of this name exists already."
    }
    assert everything() == before


def test_a_group_that_the_system_keeps_is_not_renamed(operator: Operator) -> None:
    group = DriverGroupFactory.create(operator=operator, kind="plan")
    api = with_key(operator)
    before = everything()
    response = api.patch(f"driver-groups/{group.pk}", {"name": "Mine"})
    assert _errors(response) == {"name": "This group is kept by the system."}
    assert everything() == before


def test_a_token_is_added_changed_blocked_and_deleted(operator: Operator) -> None:
    driver = DriverFactory.create(operator=operator)
    api = with_key(operator)
    body = {"uid": "04:a2:b9:c2", "driver_id": str(driver.pk), "label": "white card"}
    response = api.post("id-tokens", body)
    assert response.status_code == 201
    shown = response.json()
    path = f"id-tokens/{shown['id']}"
    assert shown == {
        "id": shown["id"],
        "uid": "04A2B9C2",
        "type": "ISO14443",
        "label": "white card",
        "driver_id": str(driver.pk),
        "is_blocked": False,
        "expires_at": None,
        "external_id": "",
        "metadata": {},
        "created_at": shown["created_at"],
    }
    change = {"driver_id": None, "external_id": "t-1", "expires_at": "2030-01-01T00:00:00+01:00"}
    changed = api.patch(path, change).json()
    assert (changed["driver_id"], changed["external_id"]) == (None, "t-1")
    assert changed["expires_at"] == "2029-12-31T23:00:00Z"
    assert api.post(f"{path}/actions/block").json()["is_blocked"] is True
    assert api.post(f"{path}/actions/unblock").json()["is_blocked"] is False
    assert api.delete(path).status_code == 204
    with operator_scope(operator.pk):
        assert not IdToken.objects.exists()
        assert Driver.objects.count() == 1


def test_bad_tokens_change_nothing(operator: Operator, other_operator: Operator) -> None:
    IdTokenFactory.create(operator=operator, uid="04AAAAAA")
    token = IdTokenFactory.create(operator=operator)
    foreign = DriverFactory.create(operator=other_operator)
    api = with_key(operator)
    before = everything()
    added = {
        "uid": api.post("id-tokens", {"uid": "04aaaaaa"}),
        "type": api.post("id-tokens", {"uid": "04BBBBBB", "type": "Card"}),
        "driver_id": api.post("id-tokens", {"uid": "04BBBBBB", "driver_id": str(foreign.pk)}),
        "expires_at": api.post(
            "id-tokens", {"uid": "04BBBBBB", "expires_at": "2020-01-01T00:00:00Z"}
        ),
    }
    for name, response in added.items():
        assert response.status_code == 400
        assert list(_errors(response)) == [name]
    for change in ({"uid": "04CCCCCC"}, {"driver_id": str(foreign.pk)}, {"is_blocked": True}):
        response = api.patch(f"id-tokens/{token.pk}", change)
        assert response.status_code == 400
        assert list(_errors(response)) == list(change)
    assert everything() == before


def test_tokens_are_filtered(operator: Operator) -> None:
    driver = DriverFactory.create(operator=operator)
    IdTokenFactory.create(operator=operator, uid="04AA0001", driver=driver, external_id="x")
    IdTokenFactory.create(operator=operator, uid="04AA0002", driver=None, is_blocked=True)
    api = with_key(operator)

    def uids(**query: Any) -> list[str]:
        return [row["uid"] for row in api.get("id-tokens", **query).json()["data"]]

    assert sorted(uids()) == ["04AA0001", "04AA0002"]
    assert uids(state="blocked") == ["04AA0002"]
    assert uids(state="unassigned") == ["04AA0002"]
    assert uids(driver=str(driver.pk)) == ["04AA0001"]
    assert uids(uid="04aa0001") == ["04AA0001"]
    assert uids(external_id="x") == ["04AA0001"]
    assert uids(search="0002") == ["04AA0002"]
