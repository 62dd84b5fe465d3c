from __future__ import annotations

from typing import Any

import pytest

from chargers.domain.display import DisplayState, connector_state, station_state
from chargers.domain.timeline import sentence


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({}, "available"),
        ({"is_online": False, "has_transaction": True}, "offline"),
        ({"status": "Faulted", "has_transaction": True}, "faulted"),
        ({"has_transaction": True}, "charging"),
        ({"has_transaction": True, "charging_state": "Charging"}, "charging"),
        ({"has_transaction": True, "charging_state": "SuspendedEV"}, "occupied"),
        ({"is_operative": False}, "unavailable"),
        ({"is_operative": False, "has_transaction": True}, "charging"),
        ({"status": "Occupied"}, "occupied"),
        ({"status": "Reserved"}, "reserved"),
        ({"status": "Unavailable"}, "unavailable"),
        ({"status": "Nonsense"}, "unavailable"),
    ],
)
def test_state_of_a_connector(values: dict[str, Any], state: str) -> None:
    defaults: dict[str, Any] = {
        "is_online": True,
        "is_operative": True,
        "status": "Available",
        "has_transaction": False,
    }
    assert connector_state(**{**defaults, **values}) == state


@pytest.mark.parametrize(
    ("online", "status", "connectors", "state"),
    [
        (False, "", ["charging"], "offline"),
        (True, "Faulted", ["available"], "faulted"),
        (True, "", ["available", "faulted", "charging"], "faulted"),
        (True, "", ["available", "charging"], "charging"),
        (True, "", ["available", "unavailable"], "available"),
        (True, "", ["unavailable"], "unavailable"),
        (True, "Unavailable", ["available"], "unavailable"),
        (True, "", [], "available"),
    ],
)
def test_state_of_a_station(online: bool, status: str, connectors: list[str], state: str) -> None:
    shown = [DisplayState(connector) for connector in connectors]
    assert station_state(is_online=online, status=status, connectors=shown) == state


@pytest.mark.parametrize(
    ("kind", "payload", "text"),
    [
        ("chargers.station_connected", {"protocol": "ocpp1.6"}, "Connected (ocpp1.6)"),
        (
            "chargers.station_connected",
            {"protocol": "ocpp1.6", "took_over": True},
            "Reconnected, the older connection was closed (ocpp1.6)",
        ),
        ("chargers.station_disconnected", {"reason": ""}, "Disconnected"),
        (
            "chargers.station_booted",
            {"reason": "PowerUp", "firmware_version": "1.2"},
            "Booted (PowerUp), firmware 1.2",
        ),
        (
            "chargers.connector_status_changed",
            {"evse": 2, "status": "Faulted", "error_code": "OtherError", "vendor_error_code": "E7"},
            "EVSE 2 is Faulted (OtherError E7)",
        ),
        (
            "chargers.connector_status_changed",
            {"evse": 0, "status": "Available", "error_code": "NoError"},
            "Station is Available",
        ),
        (
            "chargers.transaction_started",
            {"evse": 1, "authorization_status": "Blocked"},
            "Transaction started at EVSE 1, token Blocked",
        ),
        (
            "chargers.transaction_ended",
            {"energy_wh": 12_345, "stop_reason": "Local"},
            "Transaction ended, 12.3 kWh (Local)",
        ),
        (
            "chargers.transaction_ended",
            {"energy_wh": 0, "provisional": True},
            "Transaction ended provisionally, 0.0 kWh",
        ),
        (
            "chargers.transaction_flagged",
            {"code": "orphan", "detail": ""},
            "A stop arrived for a transaction that was never started",
        ),
        ("chargers.transaction_flagged", {"code": "new_kind"}, "New kind"),
        (
            "chargers.command_finished",
            {"command": "reset", "status": "timed_out"},
            "Reset: timed out",
        ),
        ("chargers.station_commissioned", {"by": "Ida", "open_items": ""}, "Commissioned by Ida"),
        (
            "chargers.station_commissioned",
            {"by": "", "open_items": "clock, test charge"},
            "Commissioned without: clock, test charge",
        ),
        ("chargers.security_event_reported", {"event_type": "Tamper"}, "Security event Tamper"),
        (
            "chargers.status_reported",
            {"topic": "firmware", "status": "Installed"},
            "Firmware: Installed",
        ),
        ("billing.invoice_issued", {}, "Invoice issued"),
    ],
)
def test_sentences_of_the_timeline(kind: str, payload: dict[str, Any], text: str) -> None:
    assert sentence(kind, payload) == text
