"""Two web processes of one installation: commands and take-overs cross over."""

from __future__ import annotations

import http.client
from collections.abc import Iterator

import orjson
import pytest

from tests.drills.conftest import Stage
from tests.journeys.raw import raw_station
from tests.journeys.site import Site, Web
from tests.journeys.stations import eventually

pytestmark = [pytest.mark.services, pytest.mark.asyncio]


@pytest.fixture
def other(stage: Stage) -> Iterator[Web]:
    web = stage.site.second_web()
    yield web
    web.close()


def asked_by_api(site: Site, identity: str) -> str:
    """Ask the first web process by its REST API; the command's id."""
    station = site.do("station", identity=identity)["id"]
    connection = http.client.HTTPConnection("127.0.0.1", site.web.port, timeout=20)
    try:
        connection.request(
            "POST",
            f"/api/v1/stations/{station}/actions/trigger-message",
            body=b'{"requested_message": "Heartbeat"}',
            headers={
                "Authorization": f"Bearer {site.do('api_key')}",
                "Content-Type": "application/json",
            },
        )
        response = connection.getresponse()
        body = orjson.loads(response.read())
    finally:
        connection.close()
    assert response.status == 202, body
    return str(body["id"])


async def test_a_command_asked_at_one_reaches_the_socket_at_the_other(
    stage: Stage, other: Web
) -> None:
    site = stage.site
    (identity,) = stage.add_stations(1)
    async with raw_station(other, identity) as station:
        await station.boots()
        command = asked_by_api(site, identity)
        order = await station.answer()
        assert order[2] == "TriggerMessage"
        await station.send(f'[3,"{order[1]}",{{"status":"Accepted"}}]')
        row = await eventually(
            lambda: site.do("command", command_id=command), lambda row: row["finished_at"]
        )
        assert row["status"] == "accepted"


async def test_a_take_over_closes_the_socket_at_the_other(stage: Stage, other: Web) -> None:
    site = stage.site
    (identity,) = stage.add_stations(1)
    async with raw_station(other, identity) as old:
        await old.boots()
        (before,) = site.do("open_connections", identity=identity)
        async with raw_station(site.web, identity) as new:
            await new.boots()
            assert await old.close_code() == 1008
            (current,) = site.do("open_connections", identity=identity)
            assert (before["epoch"], current["epoch"]) == (1, 2)
            assert before["server"] != current["server"]

            command = site.do("trigger_heartbeat", identity=identity, timeout_seconds=30)
            order = await new.answer()
            await new.send(f'[3,"{order[1]}",{{"status":"Accepted"}}]')
            await eventually(lambda: site.do("command", command_id=command)["finished_at"])
            assert site.do("station", identity=identity)["is_online"]
