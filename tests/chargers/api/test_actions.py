from __future__ import annotations

from typing import Any

import pytest

from accounts.models import AuditEntry, Operator
from chargers.models import ChargingStation, StationCommand
from common.tenancy import operator_scope
from tests.factories import (
    ConnectorFactory,
    EvseFactory,
    IdTokenFactory,
    StationFactory,
    TransactionFactory,
)
from tests.support.api import everything, with_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def station(operator: Operator) -> ChargingStation:
    station = StationFactory.create(operator=operator, name="Havn 1")
    ConnectorFactory.create(evse=EvseFactory.create(station=station))
    return station


def _errors(response: Any) -> dict[str, str]:
    return {error["name"]: error["message"] for error in response.json()["errors"]}


@pytest.mark.parametrize(
    ("action", "body", "expected"),
    [
        ("unlock", {"evse": 1}, {"unlock_connector": {"evse": 1, "connector": 1}}),
        ("reset", {}, {"reset": {"type": "OnIdle", "evse": None}}),
        ("reset", {"type": "Immediate", "evse": 1}, {"reset": {"type": "Immediate", "evse": 1}}),
        ("change-availability", {"operative": False}, {"change_availability":
         {"operative": False, "evse": None, "connector": None}}),
        ("trigger-message", {"requested_message": "Heartbeat"}, {"trigger_message":
         {"requested_message": "Heartbeat", "evse": None, "connector": None}}),
        ("clear-cache", None, {"clear_cache": {}}),
        ("get-variables", {"names": ["HeartbeatInterval"]}, {"get_variables":
         {"names": ["HeartbeatInterval"], "attributes": []}}),
        ("set-variable", {"name": "HeartbeatInterval", "value": "60"}, {"set_variable":
         {"name": "HeartbeatInterval", "value": "60"}}),
        ("get-log", {"upload_url": "https://logs.example.org/u/1"}, {"get_log":
         {"upload_url": "https://logs.example.org/u/1", "log_type": "DiagnosticsLog",
          "oldest_at": None, "latest_at": None, "retries": None, "retry_interval_seconds": None}}),
        ("data-transfer", {"vendor_id": "org.example", "data": " x "}, {"data_transfer":
         {"vendor_id": "org.example", "message_id": "", "data": " x "}}),
        ("custom", {"action": "GetLocalListVersion"}, {"custom":
         {"action": "GetLocalListVersion", "payload": {}}}),
        ("base-report", {}, {"get_base_report": {"report_base": "FullInventory"}}),
        ("base-report", {"report_base": "SummaryInventory"}, {"get_base_report":
         {"report_base": "SummaryInventory"}}),
        ("report", {"criteria": ["Problem"], "names": ["EVSE@1"]}, {"get_report":
         {"criteria": ["Problem"], "names": ["EVSE@1"]}}),
        ("set-monitors", {"monitors": [{"name": "EVSE@1.Power", "type": "UpperThreshold",
                                        "value": 9000, "severity": 3}]},
         {"set_variable_monitoring": {"monitors": [
             {"name": "EVSE@1.Power", "type": "UpperThreshold", "value": 9000.0, "severity": 3,
              "transaction": False}]}}),
        ("clear-monitors", {"ids": [4, 5]}, {"clear_variable_monitoring": {"ids": [4, 5]}}),
        ("monitoring-report", {"criteria": ["DeltaMonitoring"]}, {"get_monitoring_report":
         {"criteria": ["DeltaMonitoring"], "names": []}}),
        ("set-monitoring-base", {"base": "FactoryDefault"}, {"set_monitoring_base":
         {"base": "FactoryDefault"}}),
        ("set-monitoring-level", {"severity": 4}, {"set_monitoring_level": {"severity": 4}}),
    ],
)  # fmt: skip
def test_an_action_becomes_a_command(
    operator: Operator, station: ChargingStation, action: str, body: Any, expected: dict[str, Any]
) -> None:
    ((kind, arguments),) = expected.items()
    api = with_key(operator)
    response = api.post(f"stations/{station.pk}/actions/{action}", body)
    assert response.status_code == 202, response.content
    answer = response.json()
    (shown,) = answer.get("data", [answer])
    assert (shown["kind"], shown["status"]) == (kind, "queued")
    shown["arguments"].pop("request_id", None)
    assert shown["arguments"] == arguments
    address = f"/api/v1/commands/{shown['id']}"
    # An action that may take several messages answers with a list, which has no place of its own.
    where = None if "data" in answer else f"http://testserver{address}"
    assert response.get("Location") == where
    read = api.get(address).json()
    assert (read["id"], read["station_id"]) == (shown["id"], str(station.pk))
    with operator_scope(operator.pk):
        assert StationCommand.objects.count() == 1
        assert AuditEntry.objects.get().action == f"station.{kind}"


@pytest.mark.parametrize(
    ("action", "body", "errors"),
    [
        ("unlock", {}, {"evse": "This field is required."}),
        ("unlock", {"evse": 7}, {"evse": "This station has no EVSE 7."}),
        ("unlock", {"evse": 1, "connector": 2}, {"connector": "This EVSE has no connector 2."}),
        ("reset", {"type": "Soft"}, {"type": '"Soft" is not a valid choice.'}),
        ("reset", {"evse": 10**30},
         {"evse": "Ensure this value is less than or equal to 255."}),
        ("change-availability", {}, {"operative": "This field is required."}),
        ("trigger-message", {"requested_message": "x"},
         {"requested_message": '"x" is not a valid choice.'}),
        ("set-variable", {"name": "", "value": ""}, {"name": "This field may not be blank."}),
        ("get-log", {"upload_url": "file:///etc/passwd"},
         {"upload_url": "This value does not match the required pattern."}),
        ("custom", {"action": "a b"},
         {"action": "This value does not match the required pattern."}),
        ("custom", {"action": "A", "payload": "x"},
         {"payload": "A JSON object is needed."}),
        ("report", {}, {"names": "Choose a state or name a component."}),
        ("set-monitors", {"monitors": [{"name": "Power", "type": "Delta", "value": 1,
                                        "severity": 9}]},
         {"name": "Name it as Component.Variable."}),
        ("set-monitoring-level", {"severity": 10},
         {"severity": "Ensure this value is less than or equal to 9."}),
        ("clear-cache", {"x": 1}, {"x": "There is no such field here."}),
        ("remote-start", {"evse": 1},
         {"id_token_uid": "Give either id_token_uid or id_token_id."}),
        ("remote-start", {"evse": 1, "id_token_uid": "nobody"},
         {"id_token_uid": "There is no such token."}),
    ],
)  # fmt: skip
def test_bad_input_is_named_and_asks_nothing(
    operator: Operator, station: ChargingStation, action: str, body: Any, errors: dict[str, str]
) -> None:
    api = with_key(operator)
    before = everything()
    response = api.post(f"stations/{station.pk}/actions/{action}", body)
    assert response.status_code == 400
    assert _errors(response) == errors
    assert everything() == before


def test_a_remote_start_by_number_or_id(operator: Operator, station: ChargingStation) -> None:
    token = IdTokenFactory.create(operator=operator, uid="04A2B9C2")
    api = with_key(operator)
    path = f"stations/{station.pk}/actions/remote-start"
    for body in ({"evse": 1, "id_token_uid": "04a2b9c2"}, {"id_token_id": str(token.pk)}):
        response = api.post(path, body)
        assert response.status_code == 202
        assert response.json()["arguments"]["id_token_uid"] == "04A2B9C2"
        assert response.json()["arguments"]["evse"] == body.get("evse")


def test_a_remote_start_may_bring_a_limit(operator: Operator, station: ChargingStation) -> None:
    IdTokenFactory.create(operator=operator, uid="04A2B9C2")
    api = with_key(operator)
    path = f"stations/{station.pk}/actions/remote-start"
    limit = {"unit": "A", "periods": [{"start_seconds": 0, "limit": 10.5}]}
    body = {"id_token_uid": "04A2B9C2", "evse": 1, "charging_profile": limit}
    response = api.post(path, body)
    assert response.status_code == 202, response.content
    profile = response.json()["arguments"]["profile"]
    assert (profile["id"], profile["purpose"], profile["kind"]) == (1, "TxProfile", "Relative")
    assert profile["schedules"][0]["periods"][0]["limit"] == 10.5
    (row,) = api.get(f"stations/{station.pk}/charging-profiles").json()["data"]
    assert (row["profile_id"], row["evse"], row["status"]) == (1, 1, "requested")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"unit": "V"}, "charging_profile"),
        ({"purpose": "TxDefaultProfile"}, "charging_profile"),
        ({"kind": "Recurring"}, "charging_profile"),
        ({"kind": "Absolute"}, "start_at"),
        ({"periods": [{"start_seconds": 5, "limit": 10}]}, "periods"),
    ],
)
def test_a_start_with_a_faulty_limit_asks_nothing(
    operator: Operator, station: ChargingStation, changes: dict[str, Any], field: str
) -> None:
    IdTokenFactory.create(operator=operator, uid="04A2B9C2")
    api = with_key(operator)
    before = everything()
    limit = {"unit": "A", "periods": [{"start_seconds": 0, "limit": 10}], **changes}
    response = api.post(
        f"stations/{station.pk}/actions/remote-start",
        {"id_token_uid": "04A2B9C2", "evse": 1, "charging_profile": limit},
    )
    assert response.status_code == 400
    assert field in str(_errors(response))
    assert everything() == before


def test_foreign_and_blocked_tokens_start_nothing(
    operator: Operator, other_operator: Operator, station: ChargingStation
) -> None:
    foreign = IdTokenFactory.create(operator=other_operator, uid="04FFFFFF")
    blocked = IdTokenFactory.create(operator=operator, is_blocked=True)
    api = with_key(operator)
    before = everything()
    path = f"stations/{station.pk}/actions/remote-start"
    refused = {
        "id_token_uid": api.post(path, {"id_token_uid": foreign.uid}),
        "id_token_id": api.post(path, {"id_token_id": str(foreign.pk)}),
        "id_token": api.post(path, {"id_token_id": str(blocked.pk)}),
    }
    for name, response in refused.items():
        assert response.status_code == 400
        assert list(_errors(response)) == [name]
    assert everything() == before


def test_an_offline_station_is_a_conflict_in_plain_words(operator: Operator) -> None:
    station = StationFactory.create(operator=operator, name="Havn 2", is_online=False)
    api = with_key(operator)
    before = everything()
    response = api.post(f"stations/{station.pk}/actions/reset", {})
    assert response.status_code == 409
    assert response.json()["detail"] == "Havn 2 has never been online."
    assert everything() == before


def test_a_running_transaction_is_stopped_and_an_ended_one_is_not(
    operator: Operator, station: ChargingStation
) -> None:
    running = TransactionFactory.create(station=station, station_ref="4711")
    ended = TransactionFactory.create(station=station, state="ended")
    api = with_key(operator)
    response = api.post(f"transactions/{running.pk}/actions/stop")
    assert response.status_code == 202
    shown = response.json()
    assert (shown["kind"], shown["transaction_id"]) == (
        "request_stop_transaction", str(running.pk),
    )  # fmt: skip
    assert shown["arguments"] == {"transaction_ref": "4711"}
    before = everything()
    refused = api.post(f"transactions/{ended.pk}/actions/stop")
    assert refused.status_code == 409
    assert refused.json()["detail"] == "This transaction has already ended."
    assert everything() == before


def test_commands_are_filtered(operator: Operator, station: ChargingStation) -> None:
    api = with_key(operator)
    api.post(f"stations/{station.pk}/actions/clear-cache")
    api.post(f"stations/{station.pk}/actions/reset", {})

    def kinds(**query: Any) -> list[str]:
        return [row["kind"] for row in api.get("commands", **query).json()["data"]]

    assert kinds() == ["reset", "clear_cache"]
    assert kinds(kind="reset") == ["reset"]
    assert kinds(status="accepted") == []
    assert kinds(station=str(station.pk), until="2026-01-01T00:00:00Z") == []
    assert kinds(since="2026-01-01T00:00:00Z", limit=1) == ["reset"]
