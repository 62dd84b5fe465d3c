"""Commands as rows: written by another process, carried by the process that holds the socket."""

from __future__ import annotations

import time
from typing import Any

import pytest

from chargers.simulator import SimulatedStation, Vehicle
from tests.journeys.site import Site
from tests.journeys.stations import answered, eventually

pytestmark = pytest.mark.asyncio

OPEN = {"queued", "sent"}
# A wake-up over Redis; without it the sweep of the web process, every five seconds.
WOKEN_WITHIN_SECONDS = 3.0


async def finished(site: Site, command_id: str) -> dict[str, Any]:
    row: dict[str, Any] = await eventually(
        lambda: site.do("command", command_id=command_id), lambda row: row["status"] not in OPEN
    )
    return row


async def test_remote_start_and_stop(
    site: Site, station: SimulatedStation, identity: str, card: str
) -> None:
    await station.plug_in(1, Vehicle(ac_max_current_a=16))
    start = site.do("start_charging", identity=identity, evse=1, uid=card)
    assert (await finished(site, start))["status"] == "accepted"
    await station.settle()
    (running,) = site.do("transactions", identity=identity)
    assert running["state"] == "active"
    assert running["id_token_uid"] == card
    await station.charge(minutes=15)

    stop = site.do("stop_charging", identity=identity, station_ref=running["station_ref"])
    assert (await finished(site, stop))["status"] == "accepted"
    await station.settle()
    (session,) = site.do("transactions", identity=identity)
    assert session["id"] == running["id"]
    assert session["state"] == "ended"
    assert session["stop_reason"] == "Remote"
    assert session["energy_wh"] == 2_760
    assert session["warnings"] == []


async def test_a_command_reaches_the_socket_by_a_wake_up(
    site: Site, station: SimulatedStation, identity: str
) -> None:
    began = time.monotonic()
    command = site.do("trigger_heartbeat", identity=identity, timeout_seconds=30)
    assert (await finished(site, command))["status"] == "accepted"
    if not site.is_embedded:
        assert time.monotonic() - began < WOKEN_WITHIN_SECONDS
    await station.settle()
    assert len(station.sent("Heartbeat")) == 1
    frames = site.do("frames", identity=identity)
    (order,) = [frame for frame in frames if frame["direction"] == "out"]
    assert order["action"] == "TriggerMessage"
    (answer,) = [frame for frame in frames if frame["raw"].startswith("[3")]
    assert (answer["action"], answer["message_id"]) == ("TriggerMessage", order["message_id"])
    assert "Heartbeat" in answered(frames)


async def test_a_reset_ends_in_a_new_epoch(
    site: Site, station: SimulatedStation, identity: str
) -> None:
    command = site.do("reset", identity=identity, immediate=False)
    assert (await finished(site, command))["status"] in {"accepted", "scheduled"}
    await station.settle()
    seen = await eventually(
        lambda: site.do("station", identity=identity),
        lambda row: row["connection_epoch"] == 2 and row["is_online"],
    )
    assert seen["is_online"]
    (current,) = site.do("open_connections", identity=identity)
    assert current["epoch"] == 2
    assert answered(site.do("frames", identity=identity)).count("BootNotification") == 2


async def test_a_deaf_station_times_out_alone(
    site: Site, station: SimulatedStation, identity: str
) -> None:
    await station.inject("deaf")
    command = site.do("trigger_heartbeat", identity=identity, timeout_seconds=1)

    def swept() -> Any:
        site.do("time_out_commands")
        return site.do("command", command_id=command)["status"]

    assert await eventually(swept, lambda status: status not in OPEN) == "timed_out"
    await station.heartbeat()
    assert site.do("station", identity=identity)["is_online"]
