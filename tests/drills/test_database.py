"""PostgreSQL restarts and is killed in mid-load: what was acknowledged stays, the rest is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.drills.conftest import Stage
from tests.drills.load import charging, check, check_acknowledged, every_one_has_done
from tests.journeys.pages import broken_pages
from tests.journeys.raw import raw_station
from tests.journeys.stations import eventually
from tests.support.servers import PostgresServer

pytestmark = [pytest.mark.services, pytest.mark.asyncio]


def restart(postgres: PostgresServer) -> None:
    postgres.restart()


def kill_and_start(postgres: PostgresServer) -> None:
    postgres.kill9()
    postgres.start()


@pytest.mark.parametrize("accident", [restart, kill_and_start])
async def test_the_database_goes_and_comes(
    stage: Stage, accident: Callable[[PostgresServer], None]
) -> None:
    site = stage.site
    identities = stage.add_stations(8)
    async with charging(site.web, identities) as chargers:
        for round_ in (1, 2):
            await every_one_has_done(chargers, 2 * round_)
            await asyncio.to_thread(accident, stage.postgres)
        most = max(len(charger.done) for charger in chargers)
        await every_one_has_done(chargers, most + 1)
    for charger in chargers:
        check_acknowledged(site, charger)
        check(site, charger)
        # The socket outlives the database: nobody was cut off.
        assert charger.boots == 1
        assert site.do("station", identity=charger.station.identity)["connection_epoch"] == 1
    assert broken_pages(site, identities[0]) == {}
    assert site.web.is_running()


async def test_a_process_taken_for_lost_takes_its_stations_back(stage: Stage) -> None:
    """As after a database that was away for longer than a web process may be silent."""
    site = stage.site
    (identity,) = stage.add_stations(1)
    async with raw_station(site.web, identity) as station:
        await station.boots()
        (row,) = site.do("open_connections", identity=identity)
        site.do("age_processes", names=[row["server"]], seconds=60)
        # Looked at before anybody else can: the process takes them back within a moment.
        assert site.do("station_swept", identity=identity) == {"lost": 1, "is_online": False}
        await eventually(lambda: site.do("station", identity=identity)["is_online"], within=25)
        assert [row["epoch"] for row in site.do("open_connections", identity=identity)] == [1]
        assert await station.is_alive()
