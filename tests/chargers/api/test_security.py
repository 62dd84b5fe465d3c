from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Operator
from chargers.models import ChargingStation, FailedHandshake, SecurityEvent, StationCommand
from common.clock import utc_now
from common.tenancy import operator_scope, system_scope
from tests.factories import NOW, LocationFactory, StationFactory
from tests.support.api import Caller, everything, with_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def station(operator: Operator) -> ChargingStation:
    return StationFactory.create(
        operator=operator,
        location=LocationFactory.create(operator=operator),
        security_profile=1,
        key_set_at=NOW,
    )


@pytest.fixture
def api(operator: Operator) -> Caller:
    return with_key(operator)


def _event(station: ChargingStation) -> SecurityEvent:
    with system_scope("tests"):
        return SecurityEvent.objects.create(
            station=station,
            operator=station.operator,
            type="MemoryExhaustion",
            is_critical=True,
            needs_attention=True,
            received_at=NOW,
            last_at=NOW,
        )


def test_the_state_of_a_station(api: Caller, station: ChargingStation) -> None:
    with operator_scope(station.operator_id):
        FailedHandshake.objects.create(
            station=station,
            operator=station.operator,
            fault="wrong_key",
            count=3,
            first_at=NOW,
            last_at=NOW,
        )
    assert api.get(f"stations/{station.pk}/security").json() == {
        "security_profile": 1,
        "tls_version": "",
        "min_security_profile": 1,
        "assumed_protocol": "",
        "allow_unauthenticated_until": None,
        "held_down_until": None,
        "key_set_at": "2026-03-14T12:00:00Z",
        "pending_key_set_at": None,
        "failed_handshakes": [
            {
                "fault": "wrong_key",
                "count": 3,
                "first_at": "2026-03-14T12:00:00Z",
                "last_at": "2026-03-14T12:00:00Z",
                "last_address": None,
            }
        ],
    }


def test_the_minimum_is_changed_with_a_warning(api: Caller, station: ChargingStation) -> None:
    response = api.patch(f"stations/{station.pk}/security", {"min_security_profile": 3})
    assert response.status_code == 200
    assert response.json()["min_security_profile"] == 3
    assert len(response.json()["warnings"]) == 1
    response = api.patch(f"stations/{station.pk}/security", {"assumed_protocol": "ocpp1.6"})
    assert response.json()["min_security_profile"] == 3
    assert response.json()["assumed_protocol"] == "ocpp1.6"


@pytest.mark.parametrize(
    "body",
    [{"min_security_profile": 0}, {"assumed_protocol": "soap"}, {"key_hash": "x"}],
)
def test_bad_changes_name_their_field(
    api: Caller, station: ChargingStation, body: dict[str, object]
) -> None:
    before = everything()
    response = api.patch(f"stations/{station.pk}/security", body)
    assert response.status_code in (400, 422)
    assert [error["name"] for error in response.json()["errors"]] == list(body)
    assert everything() == before


def test_the_door_is_opened_and_shut(api: Caller, station: ChargingStation) -> None:
    until = (utc_now() + timedelta(hours=2)).replace(microsecond=0)
    path = f"stations/{station.pk}/actions/allow-unauthenticated"
    response = api.post(path, {"until": until.isoformat()})
    assert response.status_code == 200
    shown = response.json()["allow_unauthenticated_until"]
    assert shown == until.isoformat().replace("+00:00", "Z")
    far = (utc_now() + timedelta(days=30)).isoformat()
    assert [error["name"] for error in api.post(path, {"until": far}).json()["errors"]] == ["until"]
    response = api.post(f"stations/{station.pk}/actions/forbid-unauthenticated", {})
    assert response.json()["allow_unauthenticated_until"] is None


def test_a_new_key_is_sent_and_never_told(api: Caller, station: ChargingStation) -> None:
    response = api.post(f"stations/{station.pk}/actions/send-new-key", {})
    assert response.status_code == 202
    with system_scope("tests"):
        command = StationCommand.objects.get()
    assert command.kind == "rotate_key"
    assert response.json()["arguments"] == {"key": "***"}
    assert "sealed:" not in api.get(f"commands/{command.pk}").content.decode()
    assert api.get(f"stations/{station.pk}/security").json()["pending_key_set_at"] is not None
    response = api.post(f"stations/{station.pk}/actions/discard-pending-key", {})
    assert response.json()["pending_key_set_at"] is None


def test_a_network_profile_is_checked(api: Caller, station: ChargingStation) -> None:
    path = f"stations/{station.pk}/actions/set-network-profile"
    body = {"slot": 1, "url": "wss://csms.example.org/ocpp", "security_profile": 2}
    assert api.post(path, {**body, "url": "http://x"}).json()["errors"][0]["name"] == "url"
    response = api.post(path, {**body, "apn": "internet", "apn_password": "hunter2"})
    assert response.status_code == 202
    assert response.json()["arguments"]["apn_password"] == "***"


def test_security_events_are_listed_and_acknowledged(api: Caller, station: ChargingStation) -> None:
    row, foreign = _event(station), _event(StationFactory.create())
    listed = api.get(f"stations/{station.pk}/security-events").json()["data"]
    assert [(event["id"], event["type"], event["count"]) for event in listed] == [
        (row.pk, "MemoryExhaustion", 1)
    ]
    path = f"stations/{station.pk}/actions/acknowledge-security-events"
    assert api.post(path, {"ids": [foreign.pk]}).json() == {"acknowledged": 0}
    assert api.post(path, {}).json() == {"acknowledged": 1}
    with system_scope("tests"):
        foreign.refresh_from_db()
    assert foreign.acknowledged_at is None
