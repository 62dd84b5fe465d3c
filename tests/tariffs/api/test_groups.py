from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Operator
from common.tenancy import system_scope
from tariffs.models import TariffAssignment, TariffGroup
from tests.factories import DriverGroupFactory
from tests.support.api import everything, with_key
from tests.tariffs.support import give, make_group, make_tariff

pytestmark = pytest.mark.django_db


def test_a_group_is_added_shown_and_changed(operator: Operator) -> None:
    fleet = DriverGroupFactory.create(operator=operator)
    api = with_key(operator)
    body = {"name": "Fleet", "audience": "groups", "driver_group_ids": [str(fleet.pk)]}
    made = api.post("tariff-groups", {**body, "external_id": "F1"})
    assert made.status_code == 201
    shown = made.json()
    assert made["Location"].endswith(f"/tariff-groups/{shown['id']}")
    assert {name: shown[name] for name in (*body, "position", "external_id")} == {
        **body, "position": 0, "external_id": "F1",
    }  # fmt: skip
    assert api.get(f"tariff-groups/{shown['id']}").json() == shown
    changed = api.patch(
        f"tariff-groups/{shown['id']}", {"audience": "everyone", "driver_group_ids": []}
    )
    assert changed.status_code == 200
    assert (changed.json()["audience"], changed.json()["driver_group_ids"]) == ("everyone", [])


def test_groups_are_listed_in_order_and_ordered(operator: Operator) -> None:
    api = with_key(operator)
    keys = [
        str(make_group(operator, name, position=position).pk)
        for name, position in (("B", 1), ("A", 0), ("C", 2))
    ]
    listed = api.get("tariff-groups").json()
    assert [row["name"] for row in listed["data"]] == ["A", "B", "C"]
    ordered = api.post("tariff-groups/actions/order", {"group_ids": keys})
    assert [row["name"] for row in ordered.json()] == ["B", "A", "C"]
    assert [row["name"] for row in api.get("tariff-groups", limit=2).json()["data"]] == ["B", "A"]
    assert api.get("tariff-groups", audience="ad_hoc").json()["data"] == []


def test_a_group_with_assignments_is_a_conflict_unless_that_is_said(operator: Operator) -> None:
    api = with_key(operator)
    group = make_group(operator)
    give(group, make_tariff(operator))
    before = everything()
    refused = api.delete(f"tariff-groups/{group.pk}")
    assert refused.status_code == 409
    assert "1 assignment" in refused.json()["detail"]
    assert everything() == before
    assert api.delete(f"tariff-groups/{group.pk}?with_assignments=true").status_code == 204
    with system_scope("tests"):
        assert (TariffGroup.objects.count(), TariffAssignment.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"name": ""}, "name"),
        ({"name": "taken"}, "name"),
        ({"audience": "friends"}, "audience"),
        ({"audience": "groups"}, "driver_group_ids"),
        ({"driver_group_ids": ["x"]}, "driver_group_ids"),
        ({"driver_group_ids": ["01900000-0000-7000-8000-000000000000"]}, "driver_group_ids"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_bad_input_names_the_field(operator: Operator, body: dict[str, Any], name: str) -> None:
    make_group(operator, "Taken")
    api = with_key(operator)
    before = everything()
    response = api.post("tariff-groups", {"name": "New", "audience": "everyone", **body})
    assert response.status_code == 400
    assert {error["name"].partition(".")[0] for error in response.json()["errors"]} == {name}
    assert everything() == before


def test_a_foreign_group_of_drivers_is_none(operator: Operator, other_operator: Operator) -> None:
    foreign = DriverGroupFactory.create(operator=other_operator)
    api = with_key(operator)
    before = everything()
    response = api.post(
        "tariff-groups",
        {"name": "New", "audience": "groups", "driver_group_ids": [str(foreign.pk)]},
    )
    assert response.status_code == 400
    assert response.json()["errors"][0]["name"] == "driver_group_ids"
    assert everything() == before


def test_an_incomplete_order_names_the_field(operator: Operator) -> None:
    groups = [make_group(operator, name) for name in "AB"]
    api = with_key(operator)
    before = everything()
    for keys in ([], [str(groups[0].pk)], [str(groups[0].pk)] * 2):
        response = api.post("tariff-groups/actions/order", {"group_ids": keys})
        assert response.status_code == 400
        assert response.json()["errors"][0]["name"] == "group_ids"
    assert everything() == before
