from __future__ import annotations

from typing import Any

import pytest

from chargers.simulator import SimulatedStation
from chargers.simulator.keys16 import KEYS
from tests.chargers.simulator.conftest import MakeStation
from tests.chargers.simulator.fake_csms import FakeCsms

pytestmark = pytest.mark.asyncio


async def booted(make_station: MakeStation, protocol: str) -> SimulatedStation:
    station = make_station(protocol)
    await station.connect()
    await station.boot()
    return station


async def test_get_configuration_lists_all_but_secrets(
    make_station: MakeStation, csms: FakeCsms
) -> None:
    await booted(make_station, "1.6")
    answer = await csms.order("SIM-1", "GetConfiguration", {})
    keys = {item["key"]: item for item in answer["configurationKey"]}
    assert set(keys) == set(KEYS) - {"AuthorizationKey"}
    assert keys["NumberOfConnectors"] == {
        "key": "NumberOfConnectors",
        "readonly": True,
        "value": "2",
    }
    assert "unknownKey" not in answer


async def test_get_configuration_tells_what_it_does_not_know(
    make_station: MakeStation, csms: FakeCsms
) -> None:
    await booted(make_station, "1.6")
    wanted = {"key": ["HeartbeatInterval", "Colour"]}
    answer = await csms.order("SIM-1", "GetConfiguration", wanted)
    assert answer == {
        "configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}],
        "unknownKey": ["Colour"],
    }


@pytest.mark.parametrize(
    ("key", "value", "status"),
    [
        ("MeterValueSampleInterval", "30", "Accepted"),
        ("MeterValueSampleInterval", "-1", "Rejected"),
        ("MeterValueSampleInterval", "often", "Rejected"),
        ("LocalPreAuthorize", "true", "Accepted"),
        ("LocalPreAuthorize", "1", "Rejected"),
        ("NumberOfConnectors", "9", "Rejected"),
        ("WebSocketPingInterval", "60", "RebootRequired"),
        ("Colour", "red", "NotSupported"),
    ],
)
async def test_change_configuration(
    make_station: MakeStation, csms: FakeCsms, key: str, value: str, status: str
) -> None:
    await booted(make_station, "1.6")
    before = await csms.order("SIM-1", "GetConfiguration", {"key": [key]})
    order = {"key": key, "value": value}
    assert await csms.order("SIM-1", "ChangeConfiguration", order) == {"status": status}
    after = await csms.order("SIM-1", "GetConfiguration", {"key": [key]})
    if status in {"Accepted", "RebootRequired"}:
        assert after["configurationKey"][0]["value"] == value
    else:
        assert after == before


async def test_a_changed_interval_is_obeyed(make_station: MakeStation, csms: FakeCsms) -> None:
    station = await booted(make_station, "1.6")
    order = {"key": "MeterValueSampleInterval", "value": "10"}
    await csms.order("SIM-1", "ChangeConfiguration", order)
    await station.plug_in(1)
    await station.authorize_and_start(1, "A")
    await station.charge(minutes=1)
    assert len(csms.seen("MeterValues")) == 6


def component(name: str, variable: str, **more: Any) -> dict[str, Any]:
    return {"component": {"name": name}, "variable": {"name": variable}, **more}


async def test_get_variables(make_station: MakeStation, csms: FakeCsms) -> None:
    await booted(make_station, "2.0.1")
    asked = [
        component("SampledDataCtrlr", "TxUpdatedInterval"),
        component("SecurityCtrlr", "BasicAuthPassword"),
        component("SecurityCtrlr", "Colour"),
        component("Kettle", "Colour"),
        component("SampledDataCtrlr", "TxUpdatedInterval", attributeType="MaxSet"),
    ]
    answer = await csms.order("SIM-1", "GetVariables", {"getVariableData": asked})
    results = answer["getVariableResult"]
    assert [result["attributeStatus"] for result in results] == [
        "Accepted",
        "Rejected",
        "UnknownVariable",
        "UnknownComponent",
        "NotSupportedAttributeType",
    ]
    assert results[0]["attributeValue"] == "60"
    assert "attributeValue" not in results[1]


async def test_set_variables(make_station: MakeStation, csms: FakeCsms) -> None:
    station = await booted(make_station, "2.0.1")
    wanted = [
        component("SampledDataCtrlr", "TxUpdatedInterval", attributeValue="15"),
        component("SampledDataCtrlr", "TxUpdatedInterval", attributeValue="soon"),
        component("TxCtrlr", "TxStartPoint", attributeValue="x"),
        component("OCPPCommCtrlr", "NetworkConfigurationPriority", attributeValue="2,1"),
        component("Kettle", "Colour", attributeValue="red"),
    ]
    answer = await csms.order("SIM-1", "SetVariables", {"setVariableData": wanted})
    assert [result["attributeStatus"] for result in answer["setVariableResult"]] == [
        "Accepted",
        "Rejected",
        "Rejected",
        "RebootRequired",
        "UnknownComponent",
    ]
    assert station.model.settings.sample_interval == 15


async def test_a_new_key_is_used_from_then_on(
    make_station: MakeStation, csms: FakeCsms, protocol: str
) -> None:
    station = await booted(make_station, protocol)
    csms.passwords = {"SIM-1": "rotated"}
    if protocol == "1.6":
        order = {"key": "AuthorizationKey", "value": "rotated"}
        await csms.order("SIM-1", "ChangeConfiguration", order)
    else:
        wanted = [component("SecurityCtrlr", "BasicAuthPassword", attributeValue="rotated")]
        await csms.order("SIM-1", "SetVariables", {"setVariableData": wanted})
    await station.settle()
    assert csms.handshakes == 2
    assert station.connected
    assert len(csms.seen("BootNotification")) == 1


async def test_reports_come_in_pages(make_station: MakeStation, csms: FakeCsms) -> None:
    station = await booted(make_station, "2.0.1")
    order = {"requestId": 9, "reportBase": "FullInventory"}
    assert await csms.order("SIM-1", "GetBaseReport", order) == {"status": "Accepted"}
    await station.settle()
    pages = csms.seen("NotifyReport")
    assert [page["seqNo"] for page in pages] == list(range(len(pages)))
    assert [page["tbc"] for page in pages] == [True] * (len(pages) - 1) + [False]
    assert {page["requestId"] for page in pages} == {9}
    rows = [row for page in pages for row in page["reportData"]]
    names = {(row["component"]["name"], row["variable"]["name"]) for row in rows}
    assert {("ChargingStation", "Model"), ("Connector", "ConnectorType")} <= names
    secret = next(row for row in rows if row["variable"]["name"] == "BasicAuthPassword")
    assert secret["variableAttribute"] == [{"mutability": "WriteOnly"}]


async def test_a_report_of_one_component(make_station: MakeStation, csms: FakeCsms) -> None:
    station = await booted(make_station, "2.0.1")
    wanted = [{"component": {"name": "TxCtrlr"}}]
    order = {"requestId": 3, "componentVariable": wanted}
    assert await csms.order("SIM-1", "GetReport", order) == {"status": "Accepted"}
    await station.settle()
    rows = [row for page in csms.seen("NotifyReport") for row in page["reportData"]]
    assert {row["component"]["name"] for row in rows} == {"TxCtrlr"}
    assert len(rows) == 5
    nothing = {"requestId": 4, "componentVariable": [{"component": {"name": "Kettle"}}]}
    assert await csms.order("SIM-1", "GetReport", nothing) == {"status": "EmptyResultSet"}


async def test_transaction_status(make_station: MakeStation, csms: FakeCsms) -> None:
    station = await booted(make_station, "2.0.1")
    await station.plug_in(1)
    tx = await station.authorize_and_start(1, "A")
    order = {"transactionId": tx.local_id}
    assert await csms.order("SIM-1", "GetTransactionStatus", order) == {
        "messagesInQueue": False,
        "ongoingIndicator": True,
    }
    await station.stop(tx)
    assert await csms.order("SIM-1", "GetTransactionStatus", order) == {
        "messagesInQueue": False,
        "ongoingIndicator": False,
    }


async def test_customer_information(make_station: MakeStation, csms: FakeCsms) -> None:
    station = await booted(make_station, "2.0.1")
    order = {"requestId": 5, "report": True, "clear": False}
    assert await csms.order("SIM-1", "CustomerInformation", order) == {"status": "Accepted"}
    await station.settle()
    assert [page["requestId"] for page in csms.seen("NotifyCustomerInformation")] == [5]


async def test_set_network_profile(make_station: MakeStation, csms: FakeCsms) -> None:
    await booted(make_station, "2.0.1")
    data = {
        "ocppVersion": "OCPP20",
        "ocppTransport": "JSON",
        "ocppCsmsUrl": "wss://csms.example/ocpp",
        "messageTimeout": 30,
        "securityProfile": 2,
        "ocppInterface": "Wired0",
    }
    order = {"configurationSlot": 1, "connectionData": data}
    assert await csms.order("SIM-1", "SetNetworkProfile", order) == {"status": "Accepted"}
    order["configurationSlot"] = 12
    assert await csms.order("SIM-1", "SetNetworkProfile", order) == {"status": "Rejected"}
