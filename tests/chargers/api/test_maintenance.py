"""Displays, tariffs, firmware, logs and customers' data by the API."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import AuditEntry, Operator
from chargers.models import ChargingStation, StationCommand, Transaction
from chargers.ocpp.tariff import EXAMPLE
from common.tenancy import operator_scope
from tests.factories import (
    ConnectorFactory,
    DisplayMessageFactory,
    EvseFactory,
    FirmwareUpdateFactory,
    StationFactory,
    TransactionFactory,
)
from tests.support.api import everything, with_key

pytestmark = pytest.mark.django_db

MD5 = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def station(operator: Operator) -> ChargingStation:
    station = StationFactory.create(operator=operator)
    ConnectorFactory.create(evse=EvseFactory.create(station=station))
    DisplayMessageFactory.create(station=station, number=7)
    return station


@pytest.fixture
def running(station: ChargingStation) -> Transaction:
    return TransactionFactory.create(station=station, station_ref="b7c1")


@pytest.mark.parametrize(
    ("action", "body", "kind", "arguments"),
    [
        ("show-message", {"content": "Hej"}, "set_display_message",
         {"number": 1000, "content": "Hej", "priority": "NormalCycle", "format": "UTF8"}),
        ("show-message", {"content": "Hej", "replaces": 7, "state": "Idle"},
         "set_display_message", {"number": 7, "state": "Idle"}),
        ("clear-message", {"number": 7}, "clear_display_message", {"number": 7}),
        ("ask-display", None, "get_display_messages", {"priority": "", "state": ""}),
        ("set-default-tariff", {"tariff": EXAMPLE, "evse": 1}, "set_default_tariff",
         {"tariff": EXAMPLE, "evse": 1}),
        ("get-tariffs", {}, "get_tariffs", {"evse": 0}),
        ("clear-tariffs", {"tariff_ids": ["a"]}, "clear_tariffs",
         {"tariff_ids": ["a"], "evse": None}),
        ("update-firmware", {"url": "ftp://h/fw.bin", "retries": 2}, "update_firmware",
         {"url": "ftp://h/fw.bin", "retries": 2, "install_at": None, "signature": ""}),
        ("publish-firmware", {"url": "ftp://h/fw.bin", "checksum": MD5}, "publish_firmware",
         {"url": "ftp://h/fw.bin", "checksum": MD5}),
        ("unpublish-firmware", {"checksum": MD5}, "unpublish_firmware", {"checksum": MD5}),
        ("customer-information", {"id_token_uid": "04A2", "clear": True}, "customer_information",
         {"id_token_uid": "04A2", "id_token_type": "ISO14443", "report": True, "clear": True}),
        ("get-log", {"upload_url": "ftp://h/x", "log_type": "SecurityLog",
                     "oldest_at": "2026-03-01T00:00:00Z"}, "get_log",
         {"log_type": "SecurityLog", "oldest_at": "2026-03-01T00:00:00+00:00"}),
    ],
)  # fmt: skip
def test_an_action_becomes_a_command(
    operator: Operator,
    station: ChargingStation,
    *,
    action: str,
    body: Any,
    kind: str,
    arguments: dict[str, Any],
) -> None:
    response = with_key(operator).post(f"stations/{station.pk}/actions/{action}", body)
    assert response.status_code == 202, response.content
    shown = response.json()
    assert (shown["kind"], shown["status"]) == (kind, "queued")
    assert {name: shown["arguments"][name] for name in arguments} == arguments
    with operator_scope(operator.pk):
        assert StationCommand.objects.count() == 1
        assert AuditEntry.objects.get().action == f"station.{kind}"


def test_costs_and_tariffs_of_a_session(
    operator: Operator, station: ChargingStation, running: Transaction
) -> None:
    api, key = with_key(operator), str(running.pk)
    bodies: dict[str, dict[str, Any]] = {
        "show-cost": {"transaction_id": key, "cost": "1.25"},
        "show-tariff": {"transaction_id": key, "text": "0.45 EUR/kWh"},
        "change-transaction-tariff": {"transaction_id": key, "tariff": EXAMPLE},
    }
    for action, body in bodies.items():
        response = api.post(f"stations/{station.pk}/actions/{action}", body)
        assert response.status_code == 202, response.content
        shown = response.json()
        assert (shown["transaction_id"], shown["arguments"]["transaction_ref"]) == (key, "b7c1")


@pytest.mark.parametrize(
    ("action", "body", "field"),
    [
        ("show-message", {}, "content"),
        ("show-message", {"content": "x", "priority": "Loud"}, "priority"),
        ("show-message", {"content": "x", "ends_at": "2020-01-01T00:00:00Z"}, "ends_at"),
        ("show-message", {"content": "x", "replaces": 8}, "replaces"),
        ("clear-message", {"number": 8}, "number"),
        ("set-default-tariff", {"tariff": {"tariffId": "t"}}, "tariff"),
        ("set-default-tariff", {"tariff": EXAMPLE, "evse": 9}, "evse"),
        ("update-firmware", {"url": "file:///x"}, "url"),
        ("update-firmware", {"url": "ftp://h/x", "signature": "c2ln"}, "signing_certificate"),
        ("publish-firmware", {"url": "ftp://h/x", "checksum": "12"}, "checksum"),
        ("customer-information", {}, "id_token_uid"),
        ("customer-information", {"id_token_uid": "A", "report": False}, "report"),
    ],
)
def test_bad_input_is_named_and_asks_nothing(
    operator: Operator, station: ChargingStation, action: str, body: Any, field: str
) -> None:
    api = with_key(operator)
    before = everything()
    response = api.post(f"stations/{station.pk}/actions/{action}", body)
    assert response.status_code == 400, response.content
    assert [error["name"] for error in response.json()["errors"]] == [field]
    assert everything() == before


def test_sessions_elsewhere_are_refused(
    operator: Operator, other_operator: Operator, station: ChargingStation
) -> None:
    at_another = TransactionFactory.create(station=StationFactory.create(operator=operator))
    foreign = TransactionFactory.create(station=StationFactory.create(operator=other_operator))
    api = with_key(operator)
    before = everything()
    for session in (at_another, foreign):
        body = {"transaction_id": str(session.pk), "cost": "1"}
        response = api.post(f"stations/{station.pk}/actions/show-cost", body)
        assert response.status_code == 400
        assert [error["name"] for error in response.json()["errors"]] == ["transaction_id"]
    assert everything() == before


def test_lists_are_filtered(operator: Operator, station: ChargingStation) -> None:
    done = FirmwareUpdateFactory.create(
        station=station, state="succeeded", history=[{"status": "Installed", "at": "2026-03-14T12:00:00+00:00"}],
    )  # fmt: skip
    FirmwareUpdateFactory.create(station=station)
    api = with_key(operator)
    (shown,) = api.get("firmware-updates", station=str(station.pk), state="succeeded").json()[
        "data"
    ]
    assert shown["id"] == str(done.pk)
    assert shown["history"] == [{"status": "Installed", "at": "2026-03-14T12:00:00Z"}]
    assert api.get("firmware-updates", request_id=done.request_id).json()["data"] == [shown]
    assert len(api.get("display-messages", number=7).json()["data"]) == 1
    assert api.get("display-messages", status="refused").json()["data"] == []
