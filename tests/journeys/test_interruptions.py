"""What goes wrong in the field in mid-session: offline, reboots, repeated and lost messages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chargers.simulator import SimulatedStation, Tx, Vehicle
from tests.journeys.site import Site
from tests.journeys.stations import eventually, instant

pytestmark = pytest.mark.asyncio

# 16 A on three phases at 230 V: what a quarter of an hour brings.
QUARTER_WH = 2_760


async def charging(station: SimulatedStation, card: str) -> Tx:
    await station.plug_in(1, Vehicle(ac_max_current_a=16))
    tx = await station.authorize_and_start(1, card)
    await station.charge(minutes=15)
    return tx


async def test_what_happened_offline_is_replayed(
    site: Site, station: SimulatedStation, identity: str, card: str
) -> None:
    begin = station.clock.now()
    tx = await charging(station, card)
    await station.inject("offline")
    await eventually(lambda: not site.do("station", identity=identity)["is_online"])
    await station.charge(minutes=15)
    await station.stop(tx)
    (stale,) = site.do("transactions", identity=identity)
    assert (stale["state"], stale["energy_wh"]) == ("active", QUARTER_WH)

    await station.charge(minutes=15)
    await station.inject("online")
    assert station.queued == 0
    (session,) = site.do("transactions", identity=identity)
    assert (session["state"], session["energy_wh"]) == ("ended", 2 * QUARTER_WH)
    assert instant(session["ended_at"]) == begin + timedelta(minutes=30)
    assert not session["needs_review"]
    assert site.do("station", identity=identity)["connection_epoch"] == 2


async def test_a_session_that_began_and_ended_offline(
    site: Site, station: SimulatedStation, identity: str, card: str
) -> None:
    assert await station.authorize(card)
    begin = station.clock.now()
    await station.inject("offline")
    tx = await charging(station, card)
    await station.stop(tx)
    assert site.do("transactions", identity=identity) == []
    await station.inject("online")
    (session,) = site.do("transactions", identity=identity)
    assert (session["state"], session["energy_wh"]) == ("ended", QUARTER_WH)
    assert instant(session["started_at"]) == begin
    assert instant(session["ended_at"]) == begin + timedelta(minutes=15)


async def test_a_reboot_in_mid_session_is_no_second_session(
    site: Site, station: SimulatedStation, identity: str, card: str
) -> None:
    await charging(station, card)
    await station.inject("reboot")
    (session,) = site.do("transactions", identity=identity)
    assert (session["state"], session["energy_wh"]) == ("ended", QUARTER_WH)
    assert session["stop_reason"] == "PowerLoss"
    assert site.do("station", identity=identity)["connection_epoch"] == 2


async def test_a_reboot_that_resumes_goes_on_with_the_same_session(
    site: Site, station: SimulatedStation, identity: str, card: str
) -> None:
    tx = await charging(station, card)
    await station.inject("reboot_resume")
    await station.charge(minutes=15)
    await station.stop(tx)
    (session,) = site.do("transactions", identity=identity)
    assert (session["state"], session["energy_wh"]) == ("ended", 2 * QUARTER_WH)


async def test_a_start_told_twice_is_one_session(
    site: Site, station: SimulatedStation, identity: str, card: str
) -> None:
    await station.inject("duplicate_start")
    tx = await charging(station, card)
    await station.stop(tx)
    (session,) = site.do("transactions", identity=identity)
    assert (session["state"], session["energy_wh"]) == ("ended", QUARTER_WH)


@pytest.mark.parametrize("lost", ["start", "stop"])
async def test_an_answer_that_is_lost_changes_nothing(
    site: Site, station: SimulatedStation, identity: str, card: str, lost: str
) -> None:
    """The station repeats what it got no answer to, under a new message id."""
    await station.plug_in(1, Vehicle(ac_max_current_a=16))
    assert await station.authorize(card)
    if lost == "start":
        await station.inject("lose_answer")
    tx = await station.start(1, card)
    if lost == "start":
        await station.inject("online")
    await station.charge(minutes=15)
    if lost == "stop":
        await station.inject("lose_answer")
    await station.stop(tx)
    if lost == "stop":
        await station.inject("online")
    assert station.queued == 0
    (session,) = site.do("transactions", identity=identity)
    assert (session["state"], session["energy_wh"]) == ("ended", QUARTER_WH)
    assert not session["needs_review"]


async def test_a_stop_that_never_comes_is_ended_by_rule(
    site: Site, station: SimulatedStation, identity: str, card: str
) -> None:
    await station.inject("lost_stop")
    tx = await charging(station, card)
    await station.stop(tx)
    await station.unplug(1)
    await station.disconnect()
    await eventually(lambda: not site.do("station", identity=identity)["is_online"])
    site.do("end_stale_transactions_in", hours=5)
    (waiting,) = site.do("transactions", identity=identity)
    assert waiting["state"] == "active"

    site.do("end_stale_transactions_in", hours=7)
    (session,) = site.do("transactions", identity=identity)
    assert (session["state"], session["energy_wh"]) == ("provisional", QUARTER_WH)
    assert session["needs_review"]
    assert [warning["code"] for warning in session["warnings"]] == ["offline_too_long"]
    assert [row["active"] for row in site.do("connectors", identity=identity)] == [None, None]
