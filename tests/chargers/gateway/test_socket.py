"""A peer that sends but does not read: it is not read on, and can be left behind."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any, cast
from uuid import uuid4

import pytest

from chargers.domain.context import StationContext
from chargers.gateway import socket as module
from chargers.gateway.limits import TokenBucket
from chargers.gateway.socket import MAX_WAITING, StationSocket
from chargers.ingest.items import FrameItem
from chargers.ingest.writer import IngestWriter
from chargers.ocpp.versions import codec_for
from tests.journeys.stations import eventually

pytestmark = pytest.mark.asyncio


class Ingest:
    """Commits at once."""

    def submit(self, item: FrameItem) -> None:
        assert item.delivered is not None
        item.delivered(item)


class Peer:
    """Takes what it is sent only while it reads."""

    def __init__(self) -> None:
        self.reads = asyncio.Event()
        self.got: list[dict[str, Any]] = []
        self.left = 0
        self.socket = StationSocket(
            station=StationContext(
                station_id=uuid4(), operator_id=uuid4(), epoch=1, protocol="ocpp1.6"
            ),
            codec=codec_for("ocpp1.6"),
            ingest=cast("IngestWriter", Ingest()),
            clock=lambda: datetime.now(tz=UTC),
            send=self.take,
            abandon=self.leave,
            bucket=TokenBucket(rate=1_000, burst=10_000, now=0),
            heartbeat_seconds=300,
        )

    async def take(self, event: dict[str, Any]) -> None:
        await self.reads.wait()
        self.got.append(event)

    def leave(self) -> None:
        self.left += 1

    async def call(self, number: int) -> None:
        await self.socket.received(f'[2,"{number}","MakeCoffee",{{}}]')


async def test_answers_that_nobody_reads_stop_the_reading() -> None:
    peer = Peer()
    for number in range(MAX_WAITING - 1):
        await peer.call(number)
    blocked = asyncio.ensure_future(peer.call(MAX_WAITING))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not blocked.done()

    peer.reads.set()
    await asyncio.wait_for(blocked, 5)
    await eventually(lambda: len(peer.got) == MAX_WAITING)
    assert [event["text"].split('"')[1] for event in peer.got] == [
        *map(str, range(MAX_WAITING - 1)),
        str(MAX_WAITING),
    ]


async def test_a_peer_that_is_gone_does_not_block() -> None:
    peer = Peer()

    async def gone(_event: dict[str, Any]) -> None:
        raise ConnectionError

    peer.socket._send = gone
    for number in range(3 * MAX_WAITING):
        await asyncio.wait_for(peer.call(number), 5)


async def test_a_peer_that_takes_no_farewell_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FAREWELL_SECONDS", 0.01)
    peer = Peer()
    peer.socket.close(code=1001, reason="silent for too long")
    peer.socket.close(code=1008, reason="again")
    await eventually(lambda: peer.left)
    assert peer.left == 1
    assert peer.socket.is_abandoned
    assert (peer.socket.close_code, peer.got) == (1001, [])


async def test_a_peer_that_reads_is_told() -> None:
    peer = Peer()
    peer.reads.set()
    peer.socket.close(code=1008, reason="closed by the operator")
    await eventually(lambda: peer.got)
    farewell = {"type": "websocket.close", "code": 1008, "reason": "closed by the operator"}
    assert peer.got == [farewell]
    assert peer.left == 0
