"""Redis goes away for a while: stations notice nothing, commands are late, pages work."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.drills.conftest import Stage
from tests.drills.load import charging, check, check_acknowledged, every_one_has_done
from tests.journeys.pages import broken_pages
from tests.journeys.raw import raw_station
from tests.journeys.stations import eventually

pytestmark = [pytest.mark.services, pytest.mark.asyncio]

AWAY_SECONDS = 8.0
BACK_TO_NORMAL_SECONDS = 30.0


async def test_redis_gone_for_a_while(stage: Stage) -> None:
    site = stage.site
    identities = stage.add_stations(4)
    commanded = stage.add_stations(1)[0]
    async with (
        raw_station(site.web, commanded) as station,
        charging(site.web, identities) as chargers,
    ):
        await station.boots()
        await every_one_has_done(chargers, 1)
        stage.redis.stop()
        gone_at = time.monotonic()
        before = [len(charger.done) for charger in chargers]

        # The second process cannot post a wake-up; the process that holds the socket looks by itself.
        command = site.do("trigger_heartbeat", identity=commanded, timeout_seconds=30)
        order = await station.answer()
        assert order[2] == "TriggerMessage"
        await station.send(f'[3,"{order[1]}",{{"status":"Accepted"}}]')
        row = await eventually(
            lambda: site.do("command", command_id=command), lambda row: row["finished_at"]
        )
        assert row["status"] == "accepted"
        assert await asyncio.to_thread(broken_pages, site, commanded) == {}
        while time.monotonic() - gone_at < AWAY_SECONDS:
            assert await station.is_alive()
            await asyncio.sleep(0.1)
        for charger, count in zip(chargers, before, strict=True):
            assert len(charger.done) > count
            assert charger.boots == 1

        stage.redis.start()
        await woken_again(stage, station, commanded)
    for charger in chargers:
        check_acknowledged(site, charger)
        check(site, charger)


async def woken_again(stage: Stage, station: object, identity: str) -> None:
    """A command comes by its wake-up, faster than the sweep would be on average, twice in a row."""
    deadline = time.monotonic() + BACK_TO_NORMAL_SECONDS
    quick = 0
    while quick < 3:
        assert time.monotonic() < deadline, "wake-ups did not come back"
        began = time.monotonic()
        stage.site.do("trigger_heartbeat", identity=identity, timeout_seconds=30)
        order = await station.answer()  # type: ignore[attr-defined]
        took = time.monotonic() - began
        await station.send(f'[3,"{order[1]}",{{"status":"Accepted"}}]')  # type: ignore[attr-defined]
        quick = quick + 1 if took < 1.0 else 0
