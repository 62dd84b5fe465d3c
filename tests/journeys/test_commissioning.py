"""A station comes into service, and another machine into its place: over real websockets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from chargers.simulator import SimulatedStation, VirtualClock
from tests.journeys.conftest import new_station
from tests.journeys.raw import ask_upgrade, basic
from tests.journeys.site import KEY, Site
from tests.journeys.stations import SUBPROTOCOLS, eventually

pytestmark = pytest.mark.asyncio

ALFEN = "alfen-eve-double"


def machine(
    site: Site, told: dict[str, str], protocol: str, *, behind: float, model: str = ALFEN
) -> SimulatedStation:
    """A station with what was entered at it; its clock is so many seconds behind: time to charge in.

    What it charges must have happened when it is told, or nobody would believe it.
    """
    return SimulatedStation(
        site.web.ocpp_url,
        told["identity"],
        told["key"],
        model=model,
        protocol=protocol,
        clock=VirtualClock(datetime.now(tz=UTC) - timedelta(seconds=behind)),
        rng=Random(told["identity"]),
        call_timeout_s=20.0,
    )


async def item(site: Site, identity: str, key: str, state: str) -> list[Any]:
    seen: list[Any] = await eventually(
        lambda: site.do("checklist", identity=identity)[key], lambda row: row[0] == state
    )
    return seen


async def test_the_wizard_from_an_empty_place_to_a_station_in_service(
    site: Site, protocol: str
) -> None:
    beside = new_station(site)
    told = site.do(
        "add_by_wizard",
        beside=beside,
        vendor="Alfen",
        model="Eve Double Pro-line",
        name=f"New {protocol}",
    )
    identity = told["identity"]
    assert len(told["key"]) == 32

    typo = basic(identity, told["key"][:20])
    answer = await ask_upgrade(
        site.web, identity, authorization=typo, subprotocols=[SUBPROTOCOLS[protocol]]
    )
    assert answer.status == 401
    _state, _text, notes = await item(site, identity, "connected", "problem")
    assert notes[0].startswith("A station dialled with this identity, but the wrong password")

    async with machine(site, told, protocol, behind=50) as station:
        await station.boot()
        for key in ("connected", "booted", "connectors", "clock"):
            await item(site, identity, key, "done")
        site.do("commission", identity=identity, step="commissioning_ask", remedy="read_meter")
        await item(site, identity, "meter", "done")

        await station.plug_in(1)
        site.do("commission", identity=identity, step="commissioning_charge", evse="1")
        await eventually(lambda: station.model.evse(1).tx)
        await station.charge(minutes=0.8)
        running = await item(site, identity, "charge", "waiting")
        assert running[1].startswith("Charging at EVSE 1")
        transaction = site.do("transactions", identity=identity)[0]["id"]
        site.do(
            "commission",
            identity=identity,
            step="commissioning_charge",
            transaction=str(transaction),
        )
        done = await item(site, identity, "charge", "done")
        assert done[1].startswith("Charged and stopped. EVSE 1: 0.")
        assert site.do("finished_run", identity=identity) is None
        assert site.do("commission", identity=identity, step="finish_commissioning") == 302
    run = site.do("finished_run", identity=identity)
    assert (run["vendor"], run["finished_by__email"]) == ("Alfen", "installer@volta.example")


async def test_another_machine_goes_on_with_the_history(
    site: Site, protocol: str, card: str
) -> None:
    newer = "2.0.1" if protocol == "1.6" else "1.6"
    old = {"identity": new_station(site), "key": KEY}
    async with machine(site, old, protocol, behind=3_600) as station:
        await station.boot()
        await station.plug_in(1)
        await station.authorize_and_start(1, card)
        await station.charge(minutes=10)
        station_id = site.do("station", identity=old["identity"])["id"]
        before = site.do("history", station_id=station_id)
        told = site.do("replace", identity=old["identity"], vendor="Alpitronic", model="HYC300")
        await eventually(lambda: not station.connected)
    refused = await ask_upgrade(
        site.web, old["identity"], authorization=basic(old["identity"], KEY)
    )
    assert refused.status == 401

    async with machine(site, told, newer, behind=1_800, model="alpitronic-hyc300") as station:
        await station.boot()
        await station.plug_in(1)
        tx = await station.authorize_and_start(1, card)
        await station.charge(minutes=5)
        await station.stop(tx)
        after = await eventually(
            lambda: site.do("history", station_id=station_id),
            lambda row: [one[0] for one in row["sessions"]] == ["provisional", "ended"],
        )
    assert (after["code"], after["location"]) == (before["code"], before["location"])
    assert after["protocol"] == SUBPROTOCOLS[newer]
    assert after["make"].startswith("Alpitronic")
    assert after["former"] == [["Alfen", "Eve Double Pro-line", SUBPROTOCOLS[protocol]]]
    assert all(energy > 0 for _state, energy in after["sessions"])
    assert "hardware_replaced" in after["warnings"][0]
    assert "hardware_replaced" not in after["warnings"][1]
