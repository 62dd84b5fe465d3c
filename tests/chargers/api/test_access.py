"""Local lists, settings, Autocharge and reservations over the API."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry, Operator
from chargers.domain.local_list import Entry
from chargers.models import ChargingStation, LocalList, Reservation, StationCommand
from common.clock import utc_now
from common.tenancy import operator_scope, system_scope
from tests.factories import (
    NOW,
    ConnectorFactory,
    EvseFactory,
    IdTokenFactory,
    LocalListFactory,
    ReservationFactory,
    StationFactory,
)
from tests.support.api import everything, with_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def station(operator: Operator) -> ChargingStation:
    station = StationFactory.create(operator=operator, name="Havn 1", protocol="ocpp1.6")
    ConnectorFactory.create(evse=EvseFactory.create(station=station))
    return station


def soon(minutes: int = 30) -> str:
    return (utc_now() + timedelta(minutes=minutes)).isoformat()


def _errors(response: Any) -> dict[str, str]:
    return {error["name"]: error["message"] for error in response.json()["errors"]}


def test_a_list_that_was_never_sent(operator: Operator, station: ChargingStation) -> None:
    shown = with_key(operator).get(f"stations/{station.pk}/local-list").json()
    assert shown == {
        "station_id": str(station.pk),
        "is_managed": False,
        "state": "unknown",
        "version": 0,
        "entry_count": 0,
        "checksum": "",
        "max_entries": 500,
        "last_error": "",
        "synced_at": None,
        "verified_at": None,
        "entries": None,
    }
    with system_scope("tests"):
        assert not LocalList.objects.exists()


def test_what_a_station_holds(operator: Operator, station: ChargingStation) -> None:
    entries = [Entry(uid="04A1", expires_at=NOW).to_json(), Entry(uid="04A2").to_json()]
    LocalListFactory.create(station=station, version=4, entries=entries, entry_count=2)
    shown = with_key(operator).get(f"stations/{station.pk}/local-list").json()
    assert (shown["version"], shown["entry_count"], shown["is_managed"]) == (4, 2, True)
    assert shown["entries"] == [
        {
            "uid": "04A1",
            "type": "ISO14443",
            "status": "Accepted",
            "expires_at": "2026-03-14T12:00:00Z",
        },
        {"uid": "04A2", "type": "ISO14443", "status": "Accepted", "expires_at": None},
    ]


def test_a_list_is_managed_and_left(operator: Operator, station: ChargingStation) -> None:
    api = with_key(operator)
    path = f"stations/{station.pk}/local-list"
    assert api.patch(path, {"is_managed": True}).json()["is_managed"] is True
    with operator_scope(operator.pk):
        assert LocalList.objects.get().due_at is not None
        assert AuditEntry.objects.get().action == "station.local_list_managed"
    assert api.patch(path, {"is_managed": False}).json()["is_managed"] is False
    assert _errors(api.patch(path, {"version": 3})) == {
        "version": "There is no such field here.",
        "is_managed": "This field is required.",
    }


def test_the_list_is_sent_now(operator: Operator, station: ChargingStation) -> None:
    LocalListFactory.create(station=station, is_managed=False, verified_at=NOW)
    IdTokenFactory.create(operator=operator, uid="04A2B9C2", driver=None)
    api = with_key(operator)
    path = f"stations/{station.pk}/actions/send-local-list"
    response = api.post(path, {"full": True})
    assert response.status_code == 202
    assert response.json()["arguments"] == {
        "version": 1,
        "update_type": "Full",
        "entries": [{"uid": "04A2B9C2", "type": "ISO14443", "status": "Accepted"}],
        "removed": [],
    }
    assert api.post(path).status_code == 409
    assert api.post(f"stations/{station.pk}/actions/get-local-list-version").status_code == 409
    with operator_scope(operator.pk):
        assert AuditEntry.objects.get().action == "station.send_local_list"


@pytest.mark.parametrize(
    ("action", "body", "kind", "arguments"),
    [
        ("get-local-list-version", None, "get_local_list_version", {}),
        (
            "set-access-setting",
            {"setting": "cache_enabled", "is_on": False},
            "set_variable",
            {"name": "AuthorizationCacheEnabled", "value": "false"},
        ),
        (
            "set-access-setting",
            {"setting": "allow_offline_unknown", "is_on": True},
            "set_variable",
            {"name": "AllowOfflineTxForUnknownId", "value": "true"},
        ),
    ],
)
def test_actions(  # noqa: PLR0917
    operator: Operator,
    station: ChargingStation,
    action: str,
    body: Any,
    kind: str,
    arguments: dict[str, Any],
) -> None:
    response = with_key(operator).post(f"stations/{station.pk}/actions/{action}", body)
    assert response.status_code == 202
    assert (response.json()["kind"], response.json()["arguments"]) == (kind, arguments)


def test_newer_stations_call_it_otherwise(operator: Operator) -> None:
    station = StationFactory.create(operator=operator, protocol="ocpp2.0.1")
    api = with_key(operator)
    path = f"stations/{station.pk}/actions"
    sent = api.post(f"{path}/set-access-setting", {"setting": "list_enabled", "is_on": True})
    assert sent.json()["arguments"] == {"name": "LocalAuthListCtrlr.Enabled", "value": "true"}
    read = api.post(f"{path}/read-access-settings")
    assert read.json()["arguments"] == {
        "names": [
            "AuthCacheCtrlr.Enabled",
            "LocalAuthListCtrlr.Enabled",
            "AuthCtrlr.LocalPreAuthorize",
            "AuthCtrlr.LocalAuthorizeOffline",
            "AuthCtrlr.OfflineTxForUnknownIdEnabled",
            "LocalAuthListCtrlr.Entries",
            "LocalAuthListCtrlr.ItemsPerMessage",
            "ReservationCtrlr.NonEvseSpecific",
        ],
        "attributes": [],
    }


def test_settings_and_autocharge(operator: Operator, station: ChargingStation) -> None:
    with system_scope("tests"):
        station.variables.create(
            operator=operator, name="LocalPreAuthorize", value="True", reported_at=NOW
        )
    api = with_key(operator)
    path = f"stations/{station.pk}/access"
    shown = api.get(path).json()
    assert (shown["autocharge"], shown["is_autocharge_allowed"]) == ("inherit", False)
    assert shown["settings"] == {
        "list_enabled": None,
        "cache_enabled": None,
        "local_authorize_offline": None,
        "local_pre_authorize": True,
        "allow_offline_unknown": None,
    }
    assert api.patch("access-policy", {"is_autocharge_allowed": True}).json() == {
        "is_autocharge_allowed": True
    }
    assert api.get(path).json()["is_autocharge_allowed"] is True
    shown = api.patch(path, {"autocharge": "off"}).json()
    assert (shown["autocharge"], shown["is_autocharge_allowed"]) == ("off", False)
    assert api.get("access-policy").json() == {"is_autocharge_allowed": True}
    assert _errors(api.patch(path, {"autocharge": "maybe"})) == {
        "autocharge": '"maybe" is not a valid choice.'
    }


def test_a_reservation(operator: Operator, station: ChargingStation) -> None:
    token = IdTokenFactory.create(operator=operator, uid="04A2B9C2")
    api = with_key(operator)
    until = soon()
    body = {
        "station_id": str(station.pk),
        "evse": 1,
        "id_token_uid": "04a2b9c2",
        "expires_at": until,
    }
    response = api.post("reservations", body)
    assert response.status_code == 202, response.content
    shown = response.json()
    assert (shown["status"], shown["evse"], shown["number"], shown["driver_id"]) == (
        "pending",
        1,
        1,
        str(token.driver_id),
    )
    assert datetime.fromisoformat(shown["expires_at"]) == datetime.fromisoformat(until).replace(
        microsecond=0
    )
    assert response["Location"] == f"http://testserver/api/v1/reservations/{shown['id']}"
    assert api.get(f"reservations/{shown['id']}").json() == shown
    command = api.get(f"commands/{shown['command_id']}").json()
    assert (command["kind"], command["status"]) == ("reserve_now", "queued")
    assert _errors(api.post("reservations", body)) == {"evse": "EVSE 1 is reserved already."}
    early = api.post(f"reservations/{shown['id']}/actions/cancel")
    assert early.status_code == 409


def test_a_reservation_is_cancelled(operator: Operator, station: ChargingStation) -> None:
    row = ReservationFactory.create(station=station, number=3)
    response = with_key(operator).post(f"reservations/{row.pk}/actions/cancel")
    assert response.status_code == 202
    assert response.json()["arguments"] == {"reservation_id": 3}


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"evse": 7}, {"evse": "This station has no EVSE 7."}),
        ({"id_token_uid": "nobody"}, {"id_token_uid": "There is no such token."}),
        ({"expires_at": "2020-01-01T00:00:00Z"}, {
            "expires_at": "The end of a reservation must lie in the future."
        }),
        ({"connector_type": "CHADEMO"}, {"connector_type": "There is no such plug here."}),
        ({"number": 5}, {"number": "There is no such field here."}),
    ],
)  # fmt: skip
def test_bad_reservations_are_named_and_ask_nothing(
    operator: Operator, station: ChargingStation, body: dict[str, Any], errors: dict[str, str]
) -> None:
    IdTokenFactory.create(operator=operator, uid="04A2B9C2")
    api = with_key(operator)
    before = everything()
    whole = {
        "station_id": str(station.pk),
        "evse": 1,
        "id_token_uid": "04A2B9C2",
        "expires_at": soon(),
        **body,
    }
    response = api.post("reservations", whole)
    assert response.status_code == 400
    assert _errors(response) == errors
    assert everything() == before


def test_lists_are_filtered(operator: Operator, station: ChargingStation) -> None:
    first = ReservationFactory.create(station=station, number=1, status="used")
    later = NOW + timedelta(minutes=1)
    second = ReservationFactory.create(station=station, number=2, created_at=later)
    ReservationFactory.create()  # another operator's
    api = with_key(operator)

    def found(query: str) -> list[str]:
        return [row["id"] for row in api.get(f"reservations{query}").json()["data"]]

    assert found("") == [str(second.pk), str(first.pk)]
    assert found("?status=used") == [str(first.pk)]
    assert found(f"?station={station.pk}&status=accepted") == [str(second.pk)]


def test_another_operators_rows_do_not_exist(operator: Operator) -> None:
    foreign = StationFactory.create()
    ConnectorFactory.create(evse=EvseFactory.create(station=foreign))
    theirs = ReservationFactory.create(station=foreign)
    own = IdTokenFactory.create(operator=operator, uid="04A2B9C2")
    api = with_key(operator)
    before = everything()
    assert api.get(f"reservations/{theirs.pk}").status_code == 404
    assert api.post(f"reservations/{theirs.pk}/actions/cancel").status_code == 404
    assert api.get(f"stations/{foreign.pk}/local-list").status_code == 404
    assert api.patch(f"stations/{foreign.pk}/local-list", {"is_managed": True}).status_code == 404
    assert api.patch(f"stations/{foreign.pk}/access", {"autocharge": "on"}).status_code == 404
    assert api.post(f"stations/{foreign.pk}/actions/send-local-list").status_code == 404
    body = {
        "station_id": str(foreign.pk),
        "evse": 1,
        "id_token_uid": own.uid,
        "expires_at": soon(),
    }
    assert api.post("reservations", body).status_code == 400
    assert everything() == before
    with system_scope("tests"):
        assert not StationCommand.objects.exists()
        assert Reservation.objects.count() == 1
