"""From the handshake to the end of a session, both versions by the same test."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chargers.simulator import SimulatedStation, Vehicle, charge_together
from tests.journeys.conftest import Dial, new_station
from tests.journeys.site import Site
from tests.journeys.stations import SUBPROTOCOLS, answered, eventually, instant

pytestmark = pytest.mark.asyncio

# Three phases of 16 A at 230 V for an hour.
HOUR_WH = 11_040


async def test_a_whole_session(
    site: Site, dial: Dial, identity: str, protocol: str, card: str
) -> None:
    station = dial(identity, protocol)
    begin = station.clock.now()
    await station.connect()
    reply = await station.boot()
    assert reply.accepted
    seen = site.do("station", identity=identity)
    assert seen["is_online"]
    assert seen["connection_epoch"] == 1
    assert seen["protocol"] == SUBPROTOCOLS[protocol]
    assert [row["status"] for row in site.do("connectors", identity=identity)] == ["Available"] * 2

    await station.plug_in(1, Vehicle(ac_max_current_a=16))
    tx = await station.authorize_and_start(1, card)
    await station.charge(minutes=60)
    (running,) = site.do("transactions", identity=identity)
    assert running["state"] == "active"
    assert running["energy_wh"] == HOUR_WH
    first, second = site.do("connectors", identity=identity)
    assert (first["status"], first["active"]) == ("Occupied", running["id"])
    assert (second["status"], second["active"]) == ("Available", None)

    await station.stop(tx)
    await station.unplug(1)
    (session,) = site.do("transactions", identity=identity)
    assert session["state"] == "ended"
    assert session["stop_reason"] == "Local"
    assert session["energy_wh"] == HOUR_WH
    assert session["meter_stop_wh"] - session["meter_start_wh"] == HOUR_WH
    assert session["station_ref"] == tx.reference
    assert session["id_token_uid"] == card
    assert session["at_evse"] == 1
    assert instant(session["started_at"]) == begin
    assert instant(session["ended_at"]) == begin + timedelta(hours=1)
    assert session["warnings"] == []
    assert not session["needs_review"]
    connectors = site.do("connectors", identity=identity)
    assert [(row["status"], row["active"]) for row in connectors] == [("Available", None)] * 2


async def test_every_frame_is_logged_with_its_answer(
    site: Site, station: SimulatedStation, identity: str, card: str
) -> None:
    await station.plug_in(1)
    tx = await station.authorize_and_start(1, card)
    await station.charge(minutes=5)
    await station.stop(tx)
    sent = [frame.message[2] for frame in station.frames if frame.sent and frame.message[0] == 2]
    assert len(sent) > 8
    assert answered(site.do("frames", identity=identity)) == sent


async def test_readings_are_kept_to_the_minute(
    site: Site, station: SimulatedStation, identity: str, card: str
) -> None:
    await station.plug_in(1, Vehicle(ac_max_current_a=16))
    tx = await station.authorize_and_start(1, card)
    await station.charge(minutes=10)
    await station.stop(tx)
    begin = tx.meter_start_wh
    energies = {row["energy_wh"] - begin for row in site.do("readings", identity=identity)}
    assert energies - {0} == {184 * minute for minute in range(1, 11)}


async def test_two_connectors_at_once(
    site: Site, station: SimulatedStation, identity: str, card: str
) -> None:
    await station.plug_in(1, Vehicle(ac_max_current_a=16))
    first = await station.authorize_and_start(1, card)
    await station.charge(minutes=30)
    await station.plug_in(2, Vehicle(ac_max_current_a=10))
    second = await station.authorize_and_start(2, card)
    await station.charge(minutes=30)
    await station.stop(first)
    await station.charge(minutes=30)
    await station.stop(second)
    sessions = site.do("transactions", identity=identity)
    assert [(row["at_evse"], row["energy_wh"], row["state"]) for row in sessions] == [
        (1, HOUR_WH, "ended"),
        (2, 6_900, "ended"),
    ]
    assert [row["station_ref"] for row in sessions] == [first.reference, second.reference]


async def test_many_stations_at_once(site: Site, dial: Dial, protocol: str, card: str) -> None:
    first = dial(new_station(site), protocol)
    stations = [first] + [dial(new_station(site), protocol, clock=first.clock) for _ in range(3)]
    for station in stations:
        await station.connect()
        await station.boot()
        await station.plug_in(1, Vehicle(ac_max_current_a=16))
    sessions = [await station.authorize_and_start(1, card) for station in stations]
    await charge_together(stations, minutes=15)
    for station, tx in zip(stations, sessions, strict=True):
        await station.stop(tx)
    for station in stations:
        (session,) = site.do("transactions", identity=station.identity)
        assert session["energy_wh"] == HOUR_WH // 4
        assert session["state"] == "ended"


async def test_an_unknown_card_does_not_charge(
    site: Site, station: SimulatedStation, identity: str
) -> None:
    await station.plug_in(1)
    assert not await station.authorize("04FFFFFFFF")
    assert site.do("transactions", identity=identity) == []


async def test_going_away_is_seen(site: Site, station: SimulatedStation, identity: str) -> None:
    await station.disconnect()
    seen = await eventually(
        lambda: site.do("station", identity=identity), lambda row: not row["is_online"]
    )
    assert seen["connection_epoch"] == 1
    (closed,) = site.do("closed_connections", identity=identity)
    assert closed["epoch"] == 1
    assert closed["close_code"] == 1000
    assert site.do("open_connections", identity=identity) == []
