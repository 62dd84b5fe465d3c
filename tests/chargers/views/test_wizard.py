"""Adding a station: nothing is saved before the last step, and the key is shown once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import Operator
from chargers.models import ChargingStation, Connector, Evse, Location
from common.tenancy import system_scope
from tests.chargers.views.conftest import Site
from tests.factories import LocationFactory

pytestmark = pytest.mark.django_db

NEW_PLACE = {
    "name": "Kongens Nytorv",
    "address": "Kongens Nytorv 1",
    "postal_code": "1050",
    "city": "Copenhagen",
    "country": "DK",
    "time_zone": "Europe/Copenhagen",
    "latitude": "55.679",
    "longitude": "12.585",
}
HARDWARE = {
    "name": "Torv 1",
    "evse-TOTAL_FORMS": "2",
    "evse-INITIAL_FORMS": "0",
    "evse-MIN_NUM_FORMS": "1",
    "evse-MAX_NUM_FORMS": "16",
    "evse-0-current_type": "DC",
    "evse-0-max_power_kw": "150",
    "evse-0-connector": "IEC_62196_T2_COMBO",
    "evse-0-second_connector": "CHADEMO",
    "evse-1-current_type": "AC",
    "evse-1-max_power_kw": "22",
    "evse-1-connector": "IEC_62196_T2",
    "evse-1-second_connector": "",
}


def rows() -> tuple[int, int, int, int]:
    with system_scope("tests"):
        return (
            Location.objects.count(),
            ChargingStation.objects.count(),
            Evse.objects.count(),
            Connector.objects.count(),
        )


def add(client: Client, **changes: str) -> Any:
    return client.post("/stations/add/hardware/", {**HARDWARE, **changes})


def test_a_new_location_and_station_are_added_together(admin: Client) -> None:
    answer = admin.post("/stations/add/", NEW_PLACE)
    assert answer["Location"] == "/stations/add/make/"
    assert rows() == (0, 0, 0, 0)
    page = add(admin).content.decode()
    assert rows() == (1, 1, 2, 3)
    with system_scope("tests"):
        station = ChargingStation.objects.select_related("location").get()
    key = re.search(r'id="station-key">([0-9a-f]{32})<', page)
    assert key is not None
    assert f"/ocpp/{station.identity}" in page
    assert station.location.name == "Kongens Nytorv"
    again = admin.get(f"/stations/{station.pk}/commissioning/").content.decode()
    assert key[1] not in again
    assert "It was shown once and is kept as a fingerprint only." in again


def test_an_existing_location_is_chosen(admin: Client, operator: Operator) -> None:
    location = LocationFactory.create(operator=operator)
    admin.post("/stations/add/", {"location": str(location.pk)})
    add(admin, vendor="Alpitronic", model="HYC300", code="T-1")
    with system_scope("tests"):
        station = ChargingStation.objects.get()
    assert (station.location_id, station.vendor, station.model, station.code) == (
        location.pk,
        "Alpitronic",
        "HYC300",
        "T-1",
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "This field is required"),
        ({"evse-0-max_power_kw": "0"}, "greater than or equal to 0.1"),
        ({"evse-0-connector": "USB"}, "not one of the available"),
        ({"identity": "a b"}, "letters, digits and"),
        ({"key": "short"}, "at least 12 characters"),
        ({"code": "TAKEN"}, "Another station has this code"),
    ],
)
def test_a_refused_station_leaves_no_location_either(
    changes: dict[str, str], message: str, admin: Client, site: Site
) -> None:
    with system_scope("tests"):
        ChargingStation.objects.filter(pk=site.station.pk).update(code="TAKEN")
    admin.post("/stations/add/", NEW_PLACE)
    before = rows()
    response = add(admin, **changes)
    assert message in response.content.decode()
    assert rows() == before
    assert add(admin).status_code == 200
    assert rows() == (2, 2, 4, 5)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"latitude": "91"}, "less than or equal to 90"),
        ({"longitude": "east"}, "Enter a number"),
        ({"country": "XX"}, "not one of the available"),
        ({"city": ""}, "This is needed for a new location"),
    ],
)
def test_a_bad_place_is_told_at_its_field(
    changes: dict[str, str], message: str, admin: Client
) -> None:
    response = admin.post("/stations/add/", {**NEW_PLACE, **changes})
    assert response.status_code == 200
    assert message in response.content.decode()
    assert admin.get("/stations/add/hardware/")["Location"] == "/stations/add/"


def test_a_foreign_location_cannot_be_chosen(admin: Client, foreign_site: Site) -> None:
    response = admin.post("/stations/add/", {"location": str(foreign_site.location.pk)})
    assert response.status_code == 200
    assert admin.get("/stations/add/hardware/")["Location"] == "/stations/add/"


def test_a_typed_identity_and_key_are_warned_of(admin: Client) -> None:
    admin.post("/stations/add/", NEW_PLACE)
    page = add(admin, identity="CP1", key="correct-horse").content.decode()
    assert "short and easily guessed" in page
    assert "A typed key is weaker" in page
