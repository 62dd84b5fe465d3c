"""Monitors of a simulated 2.0.1 station: set, listed, removed, and what they notice."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from chargers.simulator import SimulatedStation
from tests.chargers.simulator.conftest import MakeStation
from tests.chargers.simulator.fake_csms import FakeCsms, OrderFailed

pytestmark = pytest.mark.asyncio
HEAT = {
    "component": {"name": "TemperatureSensor", "evse": {"id": 1}},
    "variable": {"name": "Temperature"},
}


@pytest_asyncio.fixture(autouse=True)
async def station(make_station: MakeStation) -> SimulatedStation:
    made = make_station("2.0.1")
    await made.connect()
    await made.boot()
    return made


async def set_monitor(csms: FakeCsms, *wishes: dict[str, Any]) -> list[dict[str, Any]]:
    wanted = [{"type": "UpperThreshold", "value": 60, "severity": 3, **HEAT, **w} for w in wishes]
    answer = await csms.order("SIM-1", "SetVariableMonitoring", {"setMonitoringData": wanted})
    results: list[dict[str, Any]] = answer["setMonitoringResult"]
    return results


def noticed(csms: FakeCsms) -> list[tuple[Any, ...]]:
    return [
        (
            event.get("variableMonitoringId"),
            event["trigger"],
            event["actualValue"],
            event["cleared"],
            event["eventNotificationType"],
        )
        for message in csms.seen("NotifyEvent")
        for event in message["eventData"]
    ]


async def test_a_threshold_fires_when_passed_and_when_left(
    station: SimulatedStation, csms: FakeCsms
) -> None:
    (result,) = await set_monitor(csms, {})
    assert result == {
        "status": "Accepted",
        "id": 5,
        "type": "UpperThreshold",
        "severity": 3,
        **HEAT,
    }
    await station.inject("overheat", celsius=65)
    await station.inject("overheat", celsius=66)
    await station.inject("cool_down")
    assert noticed(csms) == [
        (5, "Alerting", "65.0", False, "CustomMonitor"),
        (5, "Alerting", "25.0", True, "CustomMonitor"),
    ]


async def test_the_maker_watches_by_itself(station: SimulatedStation, csms: FakeCsms) -> None:
    await station.inject("overheat", evse=2)
    assert noticed(csms) == [
        (3, "Alerting", "95.0", False, "HardWiredMonitor"),
        (4, "Alerting", "95.0", False, "PreconfiguredMonitor"),
    ]
    assert len(csms.seen("NotifyEvent")) == 1


async def test_less_grave_events_stay_in_the_station(
    station: SimulatedStation, csms: FakeCsms
) -> None:
    level = await csms.order("SIM-1", "SetMonitoringLevel", {"severity": 4})
    assert level == {"status": "Accepted"}
    await station.inject("overheat")
    assert [each[0] for each in noticed(csms)] == [1]
    assert await csms.order("SIM-1", "SetMonitoringLevel", {"severity": 9}) == level


async def test_changes_periods_and_running_sessions(
    station: SimulatedStation, csms: FakeCsms
) -> None:
    results = await set_monitor(
        csms,
        {"type": "Delta", "value": 5},
        {"type": "Periodic", "value": 30, "severity": 8},
        {"type": "LowerThreshold", "value": 10, "transaction": True},
    )
    assert [each["id"] for each in results] == [5, 6, 7]
    await station.inject("overheat", celsius=29)
    await station.inject("overheat", celsius=31)
    await station.charge(minutes=1)
    await station.inject("overheat", celsius=8)
    assert noticed(csms) == [
        (5, "Delta", "31.0", False, "CustomMonitor"),
        (6, "Periodic", "31.0", False, "CustomMonitor"),
        (6, "Periodic", "31.0", False, "CustomMonitor"),
        (5, "Delta", "8.0", False, "CustomMonitor"),
    ]
    await station.plug_in(1)
    await station.authorize_and_start(1, "A")
    await station.charge(seconds=1)
    assert noticed(csms)[-1] == (7, "Alerting", "8.0", False, "CustomMonitor")


async def test_what_cannot_be_watched(csms: FakeCsms) -> None:
    results = await set_monitor(
        csms,
        {"component": {"name": "Kettle"}},
        {"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "Colour"}},
        {"component": {"name": "ChargingStation"}, "variable": {"name": "Model"}},
        {"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "Problem"}},
    )
    assert [each["status"] for each in results] == [
        "UnknownComponent",
        "UnknownVariable",
        "UnsupportedMonitorType",
        "UnsupportedMonitorType",
    ]
    results = await set_monitor(csms, {"id": 1}, {"id": 99}, {"value": 90, "severity": 2})
    assert [each["status"] for each in results] == ["Rejected", "Rejected", "Duplicate"]
    assert all("id" not in each for each in results)


async def test_a_monitor_is_replaced(station: SimulatedStation, csms: FakeCsms) -> None:
    await set_monitor(csms, {})
    (again,) = await set_monitor(csms, {"id": 5, "value": 30})
    assert (again["status"], again["id"]) == ("Accepted", 5)
    await station.inject("overheat", celsius=31)
    assert [each[0] for each in noticed(csms)] == [5]


async def listed(station: SimulatedStation, csms: FakeCsms, **which: Any) -> list[int]:
    before = len(csms.seen("NotifyMonitoringReport"))
    await csms.order("SIM-1", "GetMonitoringReport", {"requestId": 7, **which})
    await station.settle()
    return [
        monitor["id"]
        for page in csms.seen("NotifyMonitoringReport")[before:]
        for row in page["monitor"]
        for monitor in row["variableMonitoring"]
    ]


async def test_the_report_of_monitors(station: SimulatedStation, csms: FakeCsms) -> None:
    await set_monitor(csms, {}, {"type": "Delta"})
    assert await listed(station, csms) == [1, 2, 3, 4, 5, 6]
    assert await listed(station, csms, monitoringCriteria=["DeltaMonitoring"]) == [6]
    second = [{"component": {"name": "TemperatureSensor", "evse": {"id": 2}}}]
    assert await listed(station, csms, componentVariable=second) == [3, 4]
    nothing = {"requestId": 8, "componentVariable": [{"component": {"name": "Kettle"}}]}
    answer = await csms.order("SIM-1", "GetMonitoringReport", nothing)
    assert answer == {"status": "EmptyResultSet"}


async def test_monitors_are_removed(station: SimulatedStation, csms: FakeCsms) -> None:
    await set_monitor(csms, {})
    answer = await csms.order("SIM-1", "ClearVariableMonitoring", {"id": [5, 2, 1, 77]})
    assert answer["clearMonitoringResult"] == [
        {"id": 5, "status": "Accepted"},
        {"id": 2, "status": "Accepted"},
        {"id": 1, "status": "Rejected"},
        {"id": 77, "status": "NotFound"},
    ]
    assert await listed(station, csms) == [1, 3, 4]


@pytest.mark.parametrize(
    ("base", "left"),
    [("All", [1, 2, 3, 4, 5]), ("FactoryDefault", [6, 7, 8, 9]), ("HardWiredOnly", [6, 8])],
)
async def test_back_to_a_known_set(
    station: SimulatedStation, csms: FakeCsms, base: str, left: list[int]
) -> None:
    await set_monitor(csms, {})
    assert await csms.order("SIM-1", "SetMonitoringBase", {"monitoringBase": base}) == {
        "status": "Accepted"
    }
    assert await listed(station, csms) == left


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("GetReport", {"requestId": 1, "componentVariable": [{"component": {"name": "A"}}] * 5}),
        ("GetVariables", {"getVariableData": [HEAT] * 21}),
        ("SetVariables", {"setVariableData": [{**HEAT, "attributeValue": "1"}] * 11}),
        ("ClearVariableMonitoring", {"id": [1, 2, 3, 4, 5]}),
        (
            "SetVariableMonitoring",
            {"setMonitoringData": [{"type": "Delta", "value": 1, "severity": 1, **HEAT}] * 5},
        ),
    ],
)
async def test_no_more_than_it_says(csms: FakeCsms, action: str, payload: dict[str, Any]) -> None:
    with pytest.raises(OrderFailed) as refusal:
        await csms.order("SIM-1", action, payload)
    assert refusal.value.code == "OccurrenceConstraintViolation"


async def test_components_by_their_state(station: SimulatedStation, csms: FakeCsms) -> None:
    await station.inject("connector_fault", evse=2)
    order = {"requestId": 3, "componentCriteria": ["Problem"]}
    assert await csms.order("SIM-1", "GetReport", order) == {"status": "Accepted"}
    await station.settle()
    rows = [row for page in csms.seen("NotifyReport") for row in page["reportData"]]
    places = {
        (row["component"]["name"], row["component"].get("evse", {}).get("id")) for row in rows
    }
    assert places == {("ChargingStation", None), ("EVSE", 2)}


async def test_a_page_is_lost(station: SimulatedStation, csms: FakeCsms) -> None:
    await station.inject("lost_page")
    await csms.order("SIM-1", "GetBaseReport", {"requestId": 1, "reportBase": "FullInventory"})
    await station.settle()
    numbers = [page["seqNo"] for page in csms.seen("NotifyReport")]
    assert numbers[0] == 1
    assert csms.seen("NotifyReport")[-1]["tbc"] is False
