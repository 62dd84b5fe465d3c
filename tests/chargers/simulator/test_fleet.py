from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from chargers.simulator import RunningClock
from chargers.simulator.cli import main
from chargers.simulator.fleet import Fleet, Spec, read_fleet_file
from chargers.simulator.scenario import Scenario
from tests.chargers.simulator.fake_csms import FakeCsms

BOTH = [
    Spec(f"SIM-{n}", "secret", model)
    for n, model in enumerate(["alfen-eve-double", "abb-terra-184"] * 250)
]


async def until(condition: Callable[[], bool], within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.05)


@pytest.mark.asyncio
async def test_five_hundred_stations_boot_in_one_process() -> None:
    async with FakeCsms() as csms:
        fleet = Fleet(csms.url, BOTH, scenario=None, ramp_per_s=1000)
        running = asyncio.create_task(fleet.run())
        await until(lambda: fleet.stats.booted == 500, within_s=30)
        assert fleet.stats.connected == 500
        assert len(asyncio.all_tasks()) < 500 * 3 + 50  # both ends live in this process
        fleet.stop()
        await asyncio.wait_for(running, 15)
        assert fleet.stats.connected == 0
        assert fleet.stats.errors == 0
        assert len(csms.seen("BootNotification")) == 500
        assert csms.faults == []


@pytest.mark.asyncio
async def test_the_autopilot_charges_and_leaves_nothing_open() -> None:
    async with FakeCsms() as csms:
        scenario = Scenario(arrivals_ac=200, arrivals_dc=200, warm=1.0, stranger=0)
        fleet = Fleet(
            csms.url, BOTH[:10], scenario=scenario, clock=RunningClock(speed=600), ramp_per_s=1000
        )
        running = asyncio.create_task(fleet.run())
        ended = lambda: len(csms.seen("StopTransaction")) > 5  # noqa: E731
        await until(ended, within_s=30)
        fleet.stop()
        await asyncio.wait_for(running, 15)
        assert fleet.stats.last_errors == []
        assert csms.faults == []
        starts = len(csms.seen("StartTransaction"))
        assert starts == len(csms.seen("StopTransaction"))
        kinds = [event["eventType"] for event in csms.seen("TransactionEvent")]
        assert kinds.count("Started") == kinds.count("Ended") > 0
        assert fleet.active == 0


@pytest.mark.asyncio
async def test_random_faults_keep_the_fleet_alive() -> None:
    async with FakeCsms() as csms:
        scenario = Scenario(arrivals_ac=100, arrivals_dc=100, warm=1.0, faults_per_day=400)
        fleet = Fleet(
            csms.url, BOTH[:10], scenario=scenario, clock=RunningClock(speed=600), ramp_per_s=1000
        )
        running = asyncio.create_task(fleet.run())
        await until(lambda: len(csms.broken) >= 1 and fleet.stats.connects > 15, within_s=30)
        fleet.stop()
        await asyncio.wait_for(running, 15)
        assert not [text for text in fleet.stats.last_errors if "broken autopilot" in text]
        assert csms.faults == []


@pytest.mark.asyncio
async def test_lost_stations_come_back() -> None:
    async with FakeCsms() as csms:
        fleet = Fleet(csms.url, BOTH[:20], scenario=None, ramp_per_s=1000)
        running = asyncio.create_task(fleet.run())
        await until(lambda: fleet.stats.booted == 20, within_s=10)
        for socket in list(csms.sockets.values()):
            socket.transport.abort()
        await until(lambda: fleet.stats.connects == 40, within_s=15)
        await until(lambda: fleet.stats.connected == 20, within_s=5)
        assert len(csms.seen("BootNotification")) == 20
        fleet.stop()
        await asyncio.wait_for(running, 15)


@pytest.mark.asyncio
async def test_somebody_plugs_in_after_a_remote_start() -> None:
    async with FakeCsms() as csms:
        scenario = Scenario(arrivals_ac=0, arrivals_dc=0, warm=0)
        fleet = Fleet(csms.url, BOTH[:1], scenario=scenario)
        running = asyncio.create_task(fleet.run())
        await until(lambda: fleet.stats.booted == 1, within_s=5)
        order = {"connectorId": 2, "idTag": "APP-1"}
        assert await csms.order("SIM-0", "RemoteStartTransaction", order) == {"status": "Accepted"}
        await until(lambda: len(csms.seen("StartTransaction")) == 1, within_s=10)
        assert csms.seen("StartTransaction")[0]["idTag"] == "APP-1"
        assert fleet.active == 1
        fleet.stop()
        await asyncio.wait_for(running, 10)
        assert len(csms.seen("StopTransaction")) == 1


@pytest.mark.asyncio
async def test_a_refused_fleet_backs_off() -> None:
    async with FakeCsms({}) as csms:
        fleet = Fleet(csms.url, BOTH[:5], scenario=None, ramp_per_s=1000)
        running = asyncio.create_task(fleet.run())
        await until(lambda: csms.handshakes == 5, within_s=5)
        await asyncio.sleep(1)
        assert csms.handshakes == 5
        assert fleet.stats.last_errors[0] == "refused with HTTP 401"
        fleet.stop()
        await asyncio.wait_for(running, 5)


def test_a_fleet_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "fleet.json"
    entry = {"identity": "A", "password": "p", "model": "abb-terra-184", "id_tokens": ["X"]}
    path.write_text(json.dumps([entry]), encoding="utf-8")
    assert read_fleet_file(path) == [Spec("A", "p", "abb-terra-184", None, ("X",))]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{}", "a JSON list is due"),
        ('[{"identity": "A"}]', "entry 0"),
        ('[{"identity": "A", "password": "p", "colour": 1}]', "entry 0"),
        ('[{"identity": "A", "password": "p", "model": "x"}]', "unknown model 'x'"),
        ("[1]", "entry 0"),
        ("[", "Expecting"),
    ],
)
def test_a_bad_fleet_file_is_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "fleet.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_fleet_file(path)


def test_the_command_line_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([])
    assert caught.value.code == 2
    assert "say --station, --fleet or --count" in capsys.readouterr().err


def test_the_command_line_runs_and_stops() -> None:
    lines: list[str] = []
    code = main(
        ["--url", "ws://127.0.0.1:9/", "--station", "A", "--duration", "0.3", "--report", "0.1"],
        write=lines.append,
    )
    assert code == 0
    assert lines[0].startswith("0/1 connected · 0 booted · 0 charging")
    assert lines[-1] == "stopped; 0 sent, 0 received"
