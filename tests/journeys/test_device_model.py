"""What a station can be set to and what it watches: asked by the API, kept, shown, alarmed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chargers.simulator import SimulatedStation
from chargers.simulator.keys16 import MAX_KEYS, READABLE
from chargers.simulator.variables201 import MAX_ITEMS, Name, VariableStore
from chargers.simulator.wire16 import Wire16
from chargers.simulator.wire201 import Wire201
from tests.journeys.conftest import Dial
from tests.journeys.site import Site
from tests.journeys.stations import eventually
from tests.journeys.test_commands import OPEN

pytestmark = pytest.mark.asyncio

HEAT = "TemperatureSensor@1.Temperature"


def act(site: Site, identity: str, action: str, body: dict[str, Any]) -> list[str]:
    """Ask by the API; the ids of the commands that came of it."""
    station = site.do("station", identity=identity)["id"]
    status, answer = site.api("POST", f"stations/{station}/actions/{action}", body)
    assert status == 202, answer
    return [row["id"] for row in answer.get("data", [answer])]


async def ended(site: Site, station: SimulatedStation, ids: list[str]) -> list[Any]:
    """Status, the station's word and the result of each command, once all have ended."""
    seen: list[Any] = await eventually(
        lambda: site.do("command_results", ids=ids),
        lambda rows: all(status not in OPEN for status, _word, _result in rows),
    )
    await station.settle()
    return seen


async def last_report(site: Site, identity: str) -> dict[str, Any]:
    rows = await eventually(
        lambda: site.do("reports", identity=identity),
        lambda rows: rows[-1]["state"] not in {"requested", "receiving"},
    )
    report: dict[str, Any] = rows[-1]
    return report


def everything(station: SimulatedStation) -> dict[str, str]:
    """What the station has, as we name it."""
    return dict(_everything(station))


def _everything(station: SimulatedStation) -> Iterator[tuple[str, str]]:
    if isinstance(station.wire, Wire16):
        for key in READABLE:
            yield key, station.wire.keys.read(key, station.desk)
        return
    assert isinstance(station.wire, Wire201)
    for name, variable, value in station.wire.variables.inventory(station.desk):
        yield _full(name), "" if variable.mutability == "WriteOnly" else value


def _full(name: Name) -> str:
    place = f"@{name.evse}" if name.evse else ""
    place += f":{name.connector}" if name.connector else ""
    instance = f"[{name.instance}]" if name.instance else ""
    return f"{name.component}{place}.{name.variable}{instance}"


async def test_a_full_report_is_stored_whole(
    site: Site, station: SimulatedStation, identity: str, protocol: str
) -> None:
    asked = act(site, identity, "base-report", {})
    ((status, _word, _result),) = await ended(site, station, asked)
    assert status == "accepted"
    report = await last_report(site, identity)
    wanted = everything(station)
    assert (report["state"], report["item_count"]) == ("complete", len(wanted))
    pages = len(station.sent("NotifyReport"))
    assert pages == (0 if protocol == "1.6" else -(-len(wanted) // 8))
    assert report["pages"] == list(range(pages or 1))
    assert site.do("variables", identity=identity) == wanted


async def test_a_lost_part_is_noticed(site: Site, dial: Dial, identity: str) -> None:
    station = await booted(dial, identity)
    await ended(site, station, act(site, identity, "base-report", {}))
    assert (await last_report(site, identity))["state"] == "complete"
    before = site.do("variables", identity=identity)
    await station.inject("lost_page")
    await ended(site, station, act(site, identity, "base-report", {}))
    report = await last_report(site, identity)
    assert (report["state"], report["pages"][0]) == ("incomplete", 1)
    (_whole, told) = [
        event["payload"]
        for event in site.do("events", identity=identity)
        if event["kind"] == "chargers.report_finished"
    ]
    assert told["state"] == "incomplete"
    assert "Pages are missing" in page(site, identity, "variables/")
    assert site.do("variables", identity=identity) == before
    await ended(site, station, act(site, identity, "base-report", {}))
    assert (await last_report(site, identity))["state"] == "complete"
    assert site.do("variables", identity=identity) == everything(station)


async def test_a_report_of_what_is_in_trouble(site: Site, dial: Dial, identity: str) -> None:
    station = await booted(dial, identity)
    await station.inject("connector_fault", evse=2)
    limits = {"names": [f"DeviceDataCtrlr.ItemsPerMessage[{name}]" for name in MAX_ITEMS][:1]}
    await ended(site, station, act(site, identity, "read-variables", limits))
    asked = act(site, identity, "report", {"criteria": ["Problem"]})
    await ended(site, station, asked)
    assert (await last_report(site, identity))["state"] == "complete"
    seen = site.do("variables", identity=identity)
    assert (seen["EVSE@2.Problem"], "EVSE@1.Problem" in seen) == ("true", False)
    names = ["TxCtrlr", "AuthCtrlr.Enabled", "EVSE@1", "ClockCtrlr", "ReservationCtrlr"]
    asked = act(site, identity, "report", {"names": names})
    assert len(asked) == -(-len(names) // MAX_ITEMS["GetReport"])
    assert [row[0] for row in await ended(site, station, asked)] == ["accepted"] * 2
    assert "EVSE@1.Problem" in site.do("variables", identity=identity)


async def test_a_monitor_fires_and_becomes_an_alarm(site: Site, dial: Dial, identity: str) -> None:
    station = await booted(dial, identity)
    wanted = {"name": HEAT, "type": "UpperThreshold", "value": 60, "severity": 3}
    (row,) = await ended(site, station, act(site, identity, "set-monitors", {"monitors": [wanted]}))
    assert row[0] == "accepted"
    (monitor,) = site.do("monitors", identity=identity)
    assert (monitor["name"], monitor["evse"], monitor["value"], monitor["is_ours"]) == (
        "TemperatureSensor.Temperature",
        1,
        60.0,
        True,
    )
    await station.inject("overheat", celsius=65)
    (event,) = site.do("device_events", identity=identity)
    assert (event["value"], event["severity"], event["monitor_number"]) == (
        "65.0",
        3,
        monitor["number"],
    )
    (alarm,) = site.do("device_alarms", identity=identity)
    assert alarm.endswith(f"{HEAT} 65.0")
    cookie = site.do("staff_cookie")
    status, attention = site.web.get("/attention/?kind=device-event", cookie=cookie)
    assert (status, f"{HEAT} 65.0" in attention) == (200, True)
    assert "Needs attention" in page(site, identity, "monitoring/")
    await station.inject("cool_down")
    assert site.do("device_alarms", identity=identity) == []
    assert "Well again" in page(site, identity, "monitoring/")


async def test_all_monitors_are_listed_and_removed(site: Site, dial: Dial, identity: str) -> None:
    station = await booted(dial, identity)
    kinds = [("UpperThreshold", 60), ("LowerThreshold", 0), ("Delta", 5), ("Periodic", 900)]
    wanted = [
        {"name": f"TemperatureSensor@{evse}.Temperature", "type": kind, "value": value}
        for evse in (1, 2)
        for kind, value in kinds
    ]
    wanted = [{**each, "severity": 7} for each in wanted]
    asked = act(site, identity, "set-monitors", {"monitors": wanted})
    # Before the station has told its limit more than that is sent: it refuses, nothing is kept.
    assert [row[:2] for row in await ended(site, station, asked)] == [
        ["failed", "OccurrenceConstraintViolation"]
    ]
    assert site.do("monitors", identity=identity) == []
    await ended(site, station, act(site, identity, "base-report", {}))
    asked = act(site, identity, "set-monitors", {"monitors": wanted})
    assert [row[0] for row in await ended(site, station, asked)] == ["accepted", "accepted"]
    await ended(site, station, act(site, identity, "monitoring-report", {}))
    assert (await last_report(site, identity))["pages"] == [0, 1]
    known = site.do("monitors", identity=identity)
    assert [row["number"] for row in known] == list(range(1, 13))
    assert [row["is_ours"] for row in known] == [False] * 4 + [True] * 8
    ours = [row["number"] for row in known if row["is_ours"]]
    await ended(site, station, act(site, identity, "clear-monitors", {"ids": [1, *ours]}))
    left = [row["number"] for row in site.do("monitors", identity=identity)]
    assert left == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("protocol", "now", "after_restart", "fixed"),
    [
        ("1.6", "MeterValueSampleInterval", "WebSocketPingInterval", "NumberOfConnectors"),
        (
            "2.0.1",
            "SampledDataCtrlr.TxUpdatedInterval",
            "OCPPCommCtrlr.NetworkConfigurationPriority",
            "TxCtrlr.TxStartPoint",
        ),
    ],
)
async def test_values_are_set_restarted_and_read_again(  # noqa: PLR0917 -- the cases' own words
    site: Site,
    dial: Dial,
    identity: str,
    protocol: str,
    now: str,
    after_restart: str,
    fixed: str,
) -> None:
    station = await booted(dial, identity, protocol)
    read = {"names": ["sample_interval", after_restart]}
    await ended(site, station, act(site, identity, "read-variables", read))
    before = site.do("variables", identity=identity)
    assert before[now] == "60"
    values = [
        {"name": "sample_interval", "value": "45"},
        {"name": after_restart, "value": "2"},
    ]
    rows = await ended(site, station, act(site, identity, "set-variables", {"values": values}))
    assert [row[0] for row in rows] == (
        ["accepted", "scheduled"] if protocol == "1.6" else ["scheduled"]
    )
    assert station.model.settings.sample_interval == 45
    assert site.do("waiting_for_restart", identity=identity) == [after_restart]
    assert "After a restart" in page(site, identity, "variables/")
    site.do("age_boot", identity=identity)
    await ended(site, station, act(site, identity, "reset", {"type": "Immediate"}))
    await eventually(
        lambda: site.do("waiting_for_restart", identity=identity), lambda rows: not rows
    )
    assert "After a restart" not in page(site, identity, "variables/")
    await ended(site, station, act(site, identity, "read-variables", read))
    after = site.do("variables", identity=identity)
    assert (after[now], after[after_restart]) == ("45", "2")
    refused = {"name": fixed, "value": "9"}
    (row,) = await ended(site, station, act(site, identity, "set-variable", refused))
    assert row[:2] == ["rejected", "Rejected"]
    assert fixed not in site.do("variables", identity=identity)


async def test_no_message_holds_more_than_the_station_takes(
    site: Site, station: SimulatedStation, identity: str, protocol: str
) -> None:
    await ended(site, station, act(site, identity, "base-report", {}))
    names = sorted(name for name, value in everything(station).items() if value)[:30]
    asked = act(site, identity, "read-variables", {"names": names})
    most = MAX_KEYS if protocol == "1.6" else MAX_ITEMS["GetVariables"]
    assert len(asked) == -(-30 // most) == 2
    assert [row[0] for row in await ended(site, station, asked)] == ["accepted", "accepted"]
    values = [
        {"name": _writable(station)[n], "value": everything(station)[_writable(station)[n]]}
        for n in range(12)
    ]
    asked = act(site, identity, "set-variables", {"values": values})
    assert len(asked) == (12 if protocol == "1.6" else 2)
    statuses = {row[0] for row in await ended(site, station, asked)}
    assert statuses <= {"accepted", "scheduled"}


def _writable(station: SimulatedStation) -> list[str]:
    if isinstance(station.wire, Wire16):
        return sorted(name for name, key in READABLE.items() if not key.readonly)
    rows = VariableStore().inventory(station.desk)
    return sorted(_full(name) for name, row, _value in rows if row.mutability == "ReadWrite")


async def booted(dial: Dial, identity: str, protocol: str = "2.0.1") -> SimulatedStation:
    station = dial(identity, protocol)
    await station.connect()
    await station.boot()
    return station


def page(site: Site, identity: str, tab: str) -> str:
    station = site.do("station", identity=identity)["id"]
    status, text = site.web.get(f"/stations/{station}/{tab}", cookie=site.do("staff_cookie"))
    assert status == 200
    return text
