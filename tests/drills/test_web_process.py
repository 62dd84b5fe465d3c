"""The web process is killed and stopped in mid-session."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest
from websockets.exceptions import ConnectionClosed

from tests.drills.conftest import Stage, prefix
from tests.drills.load import charging, check, check_acknowledged, every_one_has_done
from tests.journeys.raw import RawStation, raw_station

pytestmark = [pytest.mark.services, pytest.mark.asyncio]

STATIONS = 8
STOPPED_WITHIN_SECONDS = 12.0


async def test_kill_9_in_mid_session(stage: Stage) -> None:
    identities = stage.add_stations(STATIONS)
    absent = stage.add_stations(1)[0]
    site = stage.site
    async with raw_station(site.web, absent) as lonely:
        await lonely.boots()
        (dead,) = {row["server"] for row in site.do("open_connections", identity=absent)}
        async with charging(site.web, identities) as chargers:
            for kill in (1, 2):
                await every_one_has_done(chargers, 2 * kill)
                site.web.kill9()
                site.web.start()
        await lonely.close_code()
    for charger in chargers:
        check_acknowledged(site, charger)
        check(site, charger)
        assert charger.boots >= 3
        row = site.do("station", identity=charger.station.identity)
        assert row["connection_epoch"] == charger.boots
        told = site.do("closed_connections", identity=charger.station.identity)
        assert [row["close_reason"] for row in told[:-1]] == (
            ["superseded by a newer connection"] * (len(told) - 1)
        )

    # Who never came back is found by the sweep.
    assert site.do("station", identity=absent)["is_online"]
    assert site.do("sweep_lost_processes") == 0
    site.do("age_processes", names=[dead], seconds=60)
    assert site.do("sweep_lost_processes") >= 1
    assert not site.do("station", identity=absent)["is_online"]
    (closed,) = site.do("closed_connections", identity=absent)
    assert closed["close_reason"] == "web process lost"
    assert dead not in site.do("processes")
    assert site.do("online_count", prefix=prefix(identities)) == 0


async def test_sigterm_closes_sockets_and_writes_what_is_queued(stage: Stage) -> None:
    identities = stage.add_stations(3)
    site = stage.site
    sent = 200
    async with raw_station(site.web, identities[0]) as quiet:
        await quiet.boots()
        async with raw_station(site.web, identities[1]) as busy:
            await busy.boots()
            for number in range(sent):
                await busy.send(f'[2,"q-{number}","Heartbeat",{{}}]')
            assert (await busy.answer())[0] == 3
            began = time.monotonic()
            assert await asyncio.to_thread(site.web.terminate) == 0
            assert time.monotonic() - began < STOPPED_WITHIN_SECONDS
            answered = 1 + len(await rest(busy))
            assert await busy.close_code() in {1001, 1012}
        assert await quiet.close_code() in {1001, 1012}
    logged = [row for row in site.do("frames", identity=identities[1]) if row["reply"]]
    # Nothing was answered that is not stored; the boot's answer had been read before.
    assert 1 <= answered <= len(logged) - 1
    for identity in identities[:2]:
        assert not site.do("station", identity=identity)["is_online"]
        assert site.do("open_connections", identity=identity) == []


async def rest(station: RawStation) -> list[str | bytes]:
    """What had arrived before the close and was not read yet."""
    frames: list[str | bytes] = []
    with contextlib.suppress(ConnectionClosed):
        while True:
            frames.append(await station.socket.recv())
    return frames
