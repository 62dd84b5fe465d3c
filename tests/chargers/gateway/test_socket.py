"""A peer that sends but does not read is left behind; the quirks of makes at the socket."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import uuid4

import pytest

from chargers.domain.context import StationContext
from chargers.domain.quirks import STANDARD, Quirks
from chargers.gateway import socket as module
from chargers.gateway.limits import TokenBucket
from chargers.gateway.socket import MAX_WAITING, StationSocket
from chargers.ingest.items import FrameItem
from chargers.ingest.writer import IngestWriter
from chargers.models import StationCommand
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

    def __init__(self, quirks: Quirks = STANDARD, protocol: str = "ocpp1.6") -> None:
        self.reads = asyncio.Event()
        self.got: list[dict[str, Any]] = []
        self.left = 0
        self.socket = StationSocket(
            station=StationContext(
                station_id=uuid4(),
                operator_id=uuid4(),
                epoch=1,
                protocol=protocol,
                quirks=quirks,
            ),
            codec=codec_for(protocol),
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


def quirky(**values: Any) -> Peer:
    """A peer of a make with quirks."""
    peer = Peer(quirks=Quirks(**values))
    peer.reads.set()
    return peer


async def ask(peer: Peer, kind: str = "clear_cache", **arguments: Any) -> StationCommand:
    """Give the peer a command as the queue would."""
    now = datetime.now(tz=UTC)
    row = StationCommand(
        kind=kind, arguments=arguments, requested_at=now, deadline_at=now + timedelta(minutes=5)
    )
    peer.socket._call(row)
    await asyncio.sleep(0)
    return row


def sent(peer: Peer) -> list[Any]:
    return [json.loads(event["text"])[2] for event in peer.got if "text" in event]


async def test_q13_no_command_before_the_boot_is_answered() -> None:
    peer = quirky(quiet_seconds=120)
    await ask(peer)
    peer.socket.tick(datetime.now(tz=UTC) + timedelta(seconds=119))
    await asyncio.sleep(0)
    assert sent(peer) == []
    peer.socket.tick(datetime.now(tz=UTC) + timedelta(seconds=121))
    await eventually(lambda: sent(peer) == ["ClearCache"])


async def test_q13_the_answered_boot_ends_the_quiet_time() -> None:
    peer = quirky(quiet_seconds=120)
    await ask(peer)
    peer.socket._session.release()
    peer.socket._send_next(datetime.now(tz=UTC))
    await eventually(lambda: sent(peer) == ["ClearCache"])


@pytest.mark.parametrize(("limit", "closes_after"), [(3, 3), (1, 1), (0, None)])
async def test_q07_a_deaf_station_must_reconnect(limit: int, closes_after: int | None) -> None:
    peer = quirky(quiet_seconds=0, deaf_after_timeouts=limit)
    now = datetime.now(tz=UTC)
    for number in range(1, 5):
        await ask(peer)
        now += timedelta(minutes=6)
        peer.socket.tick(now)
        closed = peer.socket.close_code
        assert (closed is not None) == (closes_after is not None and number >= closes_after)
    await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("idle", "expected"), [(0, timedelta(minutes=15)), (60, timedelta(seconds=60))]
)
async def test_q08_how_long_a_make_may_be_silent(idle: int, expected: timedelta) -> None:
    peer = quirky(idle_seconds=idle)
    assert peer.socket.idle_limit(timedelta(minutes=15)) == expected


async def test_q24_a_command_that_its_buffer_cannot_hold_is_not_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    peer = quirky(quiet_seconds=0, max_command_bytes=300)
    outcomes: list[Any] = []
    monkeypatch.setattr(
        peer.socket, "_store_outcome", lambda _pk, outcome: outcomes.append(outcome)
    )
    await ask(peer, "data_transfer", vendor_id="x", message_id="", data="y" * 250)
    assert sent(peer) == []
    assert [outcome.detail for outcome in outcomes] == [
        {"reason": "larger than the 300 bytes that this make can take"}
    ]
    await ask(peer, "data_transfer", vendor_id="x", message_id="", data="y")
    await eventually(lambda: sent(peer) == ["DataTransfer"])


@pytest.mark.parametrize("value", [2**70, "\ud800"])
async def test_what_no_frame_can_hold_fails_alone(
    monkeypatch: pytest.MonkeyPatch, value: object
) -> None:
    peer = quirky(quiet_seconds=0)
    outcomes: list[Any] = []
    monkeypatch.setattr(
        peer.socket, "_store_outcome", lambda _pk, outcome: outcomes.append(outcome)
    )
    await ask(peer, "custom", action="X", payload={"a": value})
    await ask(peer, "no such command")
    await ask(peer)
    await eventually(lambda: sent(peer) == ["ClearCache"])
    assert [(outcome.status, outcome.raw_status) for outcome in outcomes] == [
        ("failed", ""),
        ("failed", "could not be encoded"),
    ]


@pytest.mark.parametrize(
    ("protocol", "answer", "code"),
    [
        ("ocpp2.1", {}, "OccurrenceConstraintViolation"),
        ("ocpp2.1", {"status": "Maybe"}, "PropertyConstraintViolation"),
        ("ocpp2.1", "Accepted", "FormatViolation"),
        ("ocpp2.1", {"status": "Rejected", "extra": 1}, None),
        ("ocpp2.0.1", {}, None),
    ],
)
async def test_an_answer_that_cannot_be_read_is_refused_in_2_1(
    monkeypatch: pytest.MonkeyPatch, protocol: str, answer: Any, code: str | None
) -> None:
    """CALLRESULTERROR: stored beside the answer, and sent; the command has failed."""
    peer = Peer(quirks=Quirks(quiet_seconds=0), protocol=protocol)
    peer.reads.set()
    monkeypatch.setattr(peer.socket, "_store_outcome", lambda _pk, _outcome: None)
    await ask(peer)
    await eventually(lambda: len(peer.got) == 1)
    message_id = json.loads(peer.got[0]["text"])[1]
    await peer.socket.received(json.dumps([3, message_id, answer]))
    await asyncio.sleep(0)
    frames = [json.loads(event["text"]) for event in peer.got[1:]]
    assert [frame[:3] for frame in frames] == ([[5, message_id, code]] if code else [])


async def test_what_a_boot_taught_holds_from_then_on() -> None:
    peer = Peer()
    assert peer.socket.station.quirks == Quirks()
    await peer.socket.received('[2,"1","MakeCoffee",{"a":}]')
    peer.socket.learn(Quirks(fill_empty_values=True, idle_seconds=7))
    await peer.socket.received('[2,"2","MakeCoffee",{"a":}]')
    peer.reads.set()
    await eventually(lambda: len(peer.got) == 2)
    errors = [json.loads(event["text"])[2] for event in peer.got]
    assert errors == ["FormationViolation", "NotImplemented"]
    assert peer.socket.station.quirks.idle_seconds == 7
    assert peer.socket.station.epoch == 1
