from __future__ import annotations

from typing import Any

import pytest

from accounts.models import AuditEntry, Operator
from chargers.models import Location
from common.tenancy import operator_scope
from tests.factories import LocationFactory, StationFactory
from tests.support.api import everything, with_key

pytestmark = pytest.mark.django_db

HAVN: dict[str, Any] = {
    "name": "Havn",
    "address": "Havnegade 1",
    "city": "Aarhus",
    "country": "dk",
    "latitude": "56.15",
    "longitude": "10.21",
    "time_zone": "Europe/Copenhagen",
    "external_id": "site-7",
    "metadata": {"cost centre": 12},
}


def _problems(response: Any) -> dict[str, str]:
    return {error["name"]: error["message"] for error in response.json()["errors"]}


def test_a_location_is_added_and_read(operator: Operator) -> None:
    api = with_key(operator)
    response = api.post("locations", HAVN)
    assert response.status_code == 201
    body = response.json()
    made = {name: body.pop(name) for name in ("id", "created_at")}
    assert made["created_at"].endswith("Z")
    assert body == {
        "name": "Havn",
        "address": "Havnegade 1",
        "postal_code": "",
        "city": "Aarhus",
        "country": "DK",
        "latitude": "56.150000",
        "longitude": "10.210000",
        "time_zone": "Europe/Copenhagen",
        "is_public": True,
        "station_count": 0,
        "online_count": 0,
        "external_id": "site-7",
        "metadata": {"cost centre": 12},
    }
    assert response["Location"] == f"http://testserver/api/v1/locations/{made['id']}"
    assert api.get(response["Location"].removeprefix("http://testserver")).json() == body | made
    with operator_scope(operator.pk):
        entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_id) == ("location.added", made["id"])
    assert entry.api_key_id is not None


def test_a_location_is_changed_by_the_fields_given(operator: Operator) -> None:
    location = LocationFactory.create(operator=operator, name="Old", city="Odense")
    response = with_key(operator).patch(f"locations/{location.pk}", {"name": "New"})
    assert response.status_code == 200
    assert (response.json()["name"], response.json()["city"]) == ("New", "Odense")


def test_a_location_in_use_is_not_deleted(operator: Operator) -> None:
    location = StationFactory.create(operator=operator).location
    api = with_key(operator)
    before = everything()
    response = api.delete(f"locations/{location.pk}")
    assert response.status_code == 409
    assert response.json()["detail"] == f"{location.name} has stations or transactions."
    assert everything() == before


def test_a_location_without_use_is_deleted(operator: Operator) -> None:
    location = LocationFactory.create(operator=operator)
    response = with_key(operator).delete(f"locations/{location.pk}")
    assert (response.status_code, response.content) == (204, b"")
    with operator_scope(operator.pk):
        assert not Location.objects.exists()


@pytest.mark.parametrize(
    ("change", "name", "message"),
    [
        ({"name": ""}, "name", "This field may not be blank."),
        ({"latitude": "95"}, "latitude", "Degrees between -90 and 90."),
        ({"latitude": "NaN"}, "latitude", "A valid number is required."),
        ({"country": "XX"}, "country", "A country's two-letter code, such as DK."),
        ({"time_zone": "Mars"}, "time_zone", "The name of a time zone, such as Europe/Copenhagen."),
        ({"colour": "red"}, "colour", "There is no such field here."),
        ({"metadata": []}, "metadata", "A JSON object is needed."),
        ({"metadata": {"a": "x" * 17_000}}, "metadata", "At most 16384 characters as JSON."),
        ({"metadata": {"a": "\x00"}}, "metadata",
         "Text with null characters or broken Unicode cannot be kept."),
        ({"metadata": {"\ud800": 1}}, "metadata",
         "Text with null characters or broken Unicode cannot be kept."),
        ({"metadata": {"a": [[[[[[[[1]]]]]]]]}}, "metadata", "Nested more than 8 levels deep."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(
    operator: Operator, change: dict[str, Any], name: str, message: str
) -> None:
    location = LocationFactory.create(operator=operator)
    api = with_key(operator)
    before = everything()
    for response in (
        api.post("locations", HAVN | change),
        api.patch(f"locations/{location.pk}", change),
    ):
        assert response.status_code == 400
        assert _problems(response) == {name: message}
    assert everything() == before


def test_all_that_is_missing_is_named(operator: Operator) -> None:
    response = with_key(operator).post("locations", {"what": 1})
    assert set(_problems(response)) == {
        "what", "name", "address", "city", "country", "latitude", "longitude", "time_zone",
    }  # fmt: skip


def test_lists_are_found_by_text_and_external_id(operator: Operator) -> None:
    for name, external_id in (("Alpha", "a"), ("Beta", "b"), ("Alphabet", "c")):
        LocationFactory.create(operator=operator, name=name, external_id=external_id)
    api = with_key(operator)
    names = [row["name"] for row in api.get("locations", search="alpha").json()["data"]]
    assert names == ["Alpha", "Alphabet"]
    assert [row["name"] for row in api.get("locations", external_id="b").json()["data"]] == ["Beta"]


def test_pages_follow_next_to_the_end(operator: Operator) -> None:
    for number in range(5):
        LocationFactory.create(operator=operator, name=f"L{number}")
    api = with_key(operator)
    names, address = [], "/api/v1/locations?limit=2"
    while address:
        page = api.get(address.removeprefix("http://testserver")).json()
        names.append([row["name"] for row in page["data"]])
        address = page["next"]
    assert names == [["L0", "L1"], ["L2", "L3"], ["L4"]]


@pytest.mark.parametrize(
    ("query", "name"),
    [("limit=0", "limit"), ("limit=201", "limit"), ("cursor=x", "cursor"), ("search=", "search"),
     ("what=1", "what")],
)  # fmt: skip
def test_bad_queries_are_named(operator: Operator, query: str, name: str) -> None:
    response = with_key(operator).get(f"/api/v1/locations?{query}")
    assert response.status_code == 400
    assert set(_problems(response)) == {name}
