from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Operator
from chargers.models import ChargingStation, StationVariable
from chargers.services.station_keys import check_key
from common.tenancy import operator_scope
from tests.factories import (
    NOW,
    ConnectorFactory,
    DriverFactory,
    EvseFactory,
    LocationFactory,
    OcppFrameFactory,
    StationFactory,
    TransactionFactory,
)
from tests.support.api import everything, with_key

pytestmark = pytest.mark.django_db

EVSE = {"current_type": "DC", "max_power_w": 150_000, "connectors": ["IEC_62196_T2_COMBO"]}


def _names(response: Any) -> list[str]:
    return sorted(error["name"] for error in response.json()["errors"])


def _station(operator: Operator, **values: Any) -> ChargingStation:
    return StationFactory.create(
        operator=operator, location=LocationFactory.create(operator=operator), **values
    )


def test_a_station_is_added_with_a_key_that_is_shown_once(operator: Operator) -> None:
    location = LocationFactory.create(operator=operator)
    api = with_key(operator)
    response = api.post(
        "stations", {"name": "Havn 1", "location_id": str(location.pk), "evses": [EVSE]}
    )
    assert response.status_code == 201
    assert response["Cache-Control"] == "no-store"
    body = response.json()
    assert (body["name"], body["location_id"]) == ("Havn 1", str(location.pk))
    assert (len(body["identity"]), len(body["key"]), body["warnings"]) == (16, 32, [])
    assert body["evses"] == [
        {
            "number": 1,
            "current_type": "DC",
            "max_power_w": 150_000,
            "is_operative": True,
            "connectors": [
                {
                    "number": 1,
                    "type": "IEC_62196_T2_COMBO",
                    "state": "offline",
                    "status": "Unavailable",
                    "error_code": "",
                    "status_at": None,
                }
            ],
            "active_transaction": None,
        }
    ]
    with operator_scope(operator.pk):
        station = ChargingStation.objects.get(pk=body["id"])
    assert check_key(station=station, candidate=body["key"].encode())
    read = api.get(f"stations/{body['id']}")
    assert "key" not in read.json()
    assert body["key"] not in read.content.decode()


def test_typed_identity_and_key_are_warned_of(operator: Operator) -> None:
    location = LocationFactory.create(operator=operator)
    body = {
        "name": "Old", "location_id": str(location.pk), "evses": [EVSE], "identity": "CP1",
        "key": "correct horse",
    }  # fmt: skip
    response = with_key(operator).post("stations", body)
    assert response.status_code == 201
    assert (response.json()["identity"], response.json()["key"]) == ("CP1", "correct horse")
    assert len(response.json()["warnings"]) == 2


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"name": None}, ["name"]),
        ({"evses": []}, ["evses"]),
        ({"evses": [{"connectors": []}]}, ["evses.0.connectors"]),
        ({"evses": [EVSE, EVSE | {"max_power_w": -1, "x": 1}]},
         ["evses.1.max_power_w", "evses.1.x"]),
        ({"identity": "a:b"}, ["identity"]),
        ({"identity": "taken"}, ["identity"]),
        ({"key": "short"}, ["key"]),
        ({"location_id": "x"}, ["location_id"]),
    ],
)  # fmt: skip
def test_bad_stations_are_refused_whole(
    operator: Operator, other_operator: Operator, change: dict[str, Any], names: list[str]
) -> None:
    location = LocationFactory.create(operator=operator)
    _station(other_operator, identity="taken")
    api = with_key(operator)
    before = everything()
    body = {"name": "Havn 1", "location_id": str(location.pk), "evses": [EVSE]}
    response = api.post("stations", body | change)
    assert response.status_code == 400
    assert _names(response) == names
    assert everything() == before


def test_a_station_cannot_stand_at_a_foreign_location(
    operator: Operator, other_operator: Operator
) -> None:
    foreign = LocationFactory.create(operator=other_operator)
    station = _station(operator)
    api = with_key(operator)
    before = everything()
    change = {"location_id": str(foreign.pk)}
    for response in (
        api.post("stations", {"name": "x", "evses": [EVSE], **change}),
        api.patch(f"stations/{station.pk}", change),
    ):
        assert response.status_code == 400
        assert _names(response) == ["location_id"]
    assert everything() == before


def test_live_status_is_in_the_station(operator: Operator) -> None:
    station = _station(operator)
    driver = DriverFactory.create(operator=operator)
    charging = TransactionFactory.create(
        station=station, driver=driver, energy_wh=12_345, power_w=11_000, soc_percent=40
    )
    evse = EvseFactory.create(station=station, active_transaction=charging)
    ConnectorFactory.create(evse=evse, status="Occupied", status_at=NOW)
    body = with_key(operator).get(f"stations/{station.pk}").json()
    assert (body["state"], body["is_online"]) == ("charging", True)
    assert body["evses"][0]["connectors"][0]["state"] == "charging"
    assert body["evses"][0]["connectors"][0]["status_at"] == "2026-03-14T12:00:00Z"
    assert body["evses"][0]["active_transaction"] == {
        "id": str(charging.pk),
        "started_at": "2026-03-14T12:00:00Z",
        "driver_id": str(driver.pk),
        "energy_kwh": "12.345",
        "power_w": 11_000,
        "soc_percent": 40,
    }


def test_stations_are_filtered(operator: Operator) -> None:
    first = _station(operator, name="A", external_id="x", protocol="ocpp1.6", code="C-1")
    _station(operator, name="B", is_online=False)
    api = with_key(operator)

    def names(**query: Any) -> list[str]:
        return [row["name"] for row in api.get("stations", **query).json()["data"]]

    assert names() == ["A", "B"]
    assert names(state="offline") == ["B"]
    assert names(location=str(first.location_id)) == ["A"]
    assert names(external_id="x") == ["A"]
    assert names(protocol="ocpp1.6") == ["A"]
    assert names(code="C-1") == ["A"]
    assert names(is_online="false") == ["B"]
    assert names(search="b") == ["B"]


def test_a_new_key_replaces_the_old(operator: Operator) -> None:
    station = _station(operator)
    response = with_key(operator).post(f"stations/{station.pk}/actions/rotate-key")
    assert response.status_code == 200
    assert set(response.json()) == {"key", "key_set_at"}
    with operator_scope(operator.pk):
        station.refresh_from_db()
    assert check_key(station=station, candidate=response.json()["key"].encode())
    assert not check_key(station=station, candidate=b"correct-horse-battery")


def test_disabled_and_enabled_again(operator: Operator) -> None:
    station = _station(operator)
    api = with_key(operator)
    assert api.post(f"stations/{station.pk}/actions/disable").json()["is_enabled"] is False
    assert api.post(f"stations/{station.pk}/actions/enable").json()["is_enabled"] is True


def test_a_station_with_history_stays(operator: Operator) -> None:
    station = _station(operator, name="Havn 1")
    TransactionFactory.create(station=station)
    api = with_key(operator)
    before = everything()
    response = api.delete(f"stations/{station.pk}")
    assert response.status_code == 409
    expected = "Havn 1 has transactions, which must be kept. Disable it instead."
    assert response.json()["detail"] == expected
    assert everything() == before


def test_an_unused_station_is_deleted(operator: Operator) -> None:
    station = _station(operator)
    assert with_key(operator).delete(f"stations/{station.pk}").status_code == 204
    with operator_scope(operator.pk):
        assert not ChargingStation.objects.exists()


def test_frames_are_paged_and_filtered(operator: Operator) -> None:
    station = _station(operator)
    for action in ("BootNotification", "Heartbeat", "Heartbeat"):
        OcppFrameFactory.create(station=station, action=action)
    api = with_key(operator)
    path = f"stations/{station.pk}/frames"
    first = api.get(path, limit=2).json()
    assert [row["action"] for row in first["data"]] == ["Heartbeat", "Heartbeat"]
    second = api.get(first["next"].removeprefix("http://testserver")).json()
    assert [row["action"] for row in second["data"]] == ["BootNotification"]
    assert second["next"] is None
    assert len(api.get(path, action="BootNotification").json()["data"]) == 1
    assert _names(api.get(path, direction="up")) == ["direction"]
    assert _names(api.get(path, cursor="0")) == ["cursor"]


def test_a_serial_number_that_is_the_identity_is_hidden(operator: Operator) -> None:
    station = _station(operator, identity="SN-0815", serial_number="SN-0815")
    viewer = with_key(operator, "stations.view")
    body = viewer.get(f"stations/{station.pk}").json()
    assert (body["identity"], body["serial_number"]) == (None, "(hidden)")
    assert viewer.get("stations", search="SN-08").json()["data"] == []


def test_a_variable_that_is_the_identity_is_hidden(operator: Operator) -> None:
    station = _station(operator, identity="SN-0815")
    with operator_scope(operator.pk):
        StationVariable.objects.create(
            operator=operator,
            station=station,
            name="SecurityCtrlr.Identity",
            value="SN-0815",
            attributes={"values": {"Actual": "SN-0815", "Target": ""}, "dataType": "string"},
            reported_at=NOW,
        )

    def shown(*scopes: str) -> tuple[str, Any]:
        (row,) = with_key(operator, *scopes).get(f"stations/{station.pk}/variables").json()["data"]
        return row["value"], row["attributes"]

    assert shown("stations.view") == (
        "(hidden)",
        {"values": {"Actual": "(hidden)", "Target": ""}, "dataType": "string"},
    )
    assert shown("stations.view", "stations.manage")[1]["values"]["Actual"] == "SN-0815"
