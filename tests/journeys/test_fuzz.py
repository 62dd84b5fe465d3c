"""A small share of `python -m bench fuzz`: malformed frames, every call answered, no page broken."""

from __future__ import annotations

import asyncio
from collections import Counter

import orjson
import pytest

from bench.grammar import Grammar, Shot
from tests.journeys.conftest import new_station
from tests.journeys.pages import broken_pages
from tests.journeys.raw import ANSWER_SECONDS, RawStation, raw_station
from tests.journeys.site import Site
from tests.journeys.stations import SUBPROTOCOLS

pytestmark = pytest.mark.asyncio

FRAMES = 400
BURST = 25


async def answers(villain: RawStation, mark: str) -> Counter[str]:
    """Ids of what was answered until a sound call is."""
    found: Counter[str] = Counter()
    await villain.send(f'[2,"{mark}","Heartbeat",{{}}]')
    async with asyncio.timeout(ANSWER_SECONDS):
        while not found[mark]:
            sent = orjson.loads(await villain.socket.recv())
            if sent[0] == 2:
                await villain.send(f'[4,"{sent[1]}","NotImplemented","",{{}}]')
            else:
                found[sent[1]] += 1
    return found


async def test_malformed_frames_are_answered_and_break_nothing(
    site: Site, identity: str, protocol: str
) -> None:
    grammar = Grammar(20_261_125, SUBPROTOCOLS[protocol])
    shots = [shot for shot in (grammar.shot() for _ in range(FRAMES)) if not shot.is_fatal]
    before = site.web.log().count("Traceback (most recent call last)")
    async with (
        raw_station(site.web, new_station(site)) as neighbour,
        raw_station(site.web, identity, subprotocol=SUBPROTOCOLS[protocol]) as villain,
    ):
        for first in range(0, len(shots), BURST):
            burst: list[Shot] = shots[first : first + BURST]
            for shot in burst:
                await villain.send(shot.data)
            found = await answers(villain, f"sync-{first}")
            wrong = [s.data for s in burst if s.expects and found[s.expects] != 1]
            assert wrong == []
        assert await neighbour.is_alive()
    assert site.web.log().count("Traceback (most recent call last)") == before
    assert site.do("station", identity=identity)["connection_epoch"] == 1
    assert broken_pages(site, identity) == {}
