"""Frames that no station should send, beside a neighbour that must notice nothing."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
import pytest_asyncio
from websockets.exceptions import ConnectionClosed

from bench.handshakes import frame
from tests.journeys.conftest import new_station
from tests.journeys.pages import broken_pages
from tests.journeys.raw import ANSWER_SECONDS, RawStation, raw_station, upgraded
from tests.journeys.site import Site
from tests.journeys.stations import SUBPROTOCOLS, eventually

pytestmark = pytest.mark.asyncio

# What the product logs when something went wrong that it did not foresee.
TROUBLE = (
    "could not be decoded",
    "could not be handled",
    "could not be stored",
    "could not be read",
    "ingest thread died",
    "Exception in ASGI application",
    "Task exception was never retrieved",
)
FORMATION = {"1.6": "FormationViolation", "2.0.1": "FormatViolation"}


@pytest_asyncio.fixture
async def neighbour(site: Site) -> AsyncIterator[RawStation]:
    """Another station of the same process; its only connection lives on to the end."""
    identity = new_station(site)
    async with raw_station(site.web, identity) as station:
        await station.boots()
        yield station
        assert await station.is_alive()
        assert site.do("station", identity=identity)["connection_epoch"] == 1
        assert [row["epoch"] for row in site.do("open_connections", identity=identity)] == [1]
    assert site.web.is_running()
    log = site.web.log()
    assert [trouble for trouble in TROUBLE if trouble in log] == []


@pytest_asyncio.fixture
async def villain(
    site: Site, neighbour: RawStation, identity: str, protocol: str
) -> AsyncIterator[RawStation]:
    async with raw_station(site.web, identity, subprotocol=SUBPROTOCOLS[protocol]) as station:
        yield station


DEEP = 100_000

# A frame whose id can be read is answered, with one CALLERROR of a code.
REFUSED: dict[str, tuple[str, str]] = {
    "cut": ('[2,"v-1","MeterValues",{"connectorId":1,"meterValue":[', "formation"),
    "cut after the id": ('[2,"v-1"', "formation"),
    "empty value": ('[2,"v-1","MeterValues",{"connectorId":1,"transactionId":,}]', "formation"),
    "unknown action": ('[2,"v-1","MakeCoffee",{}]', "NotImplemented"),
    "action of another case": ('[2,"v-1","heartbeat",{}]', "NotImplemented"),
    "deep objects": (
        '[2,"v-1","DataTransfer",' + '{"a":' * DEEP + "1" + "}" * DEEP + "]",
        "formation",
    ),
    "deep arrays": ('[2,"v-1","Heartbeat",' + "[" * DEEP + "]" * DEEP + "]", "formation"),
    "deep and cut": ('[2,"v-1","Heartbeat",' + "[" * DEEP, "formation"),
    "not a number": ('[2,"v-1","Heartbeat",{"a":NaN}]', "formation"),
}

# Nothing that could be answered: dropped, logged, and the socket stays.
DROPPED: dict[str, str | bytes] = {
    "nothing": "",
    "no JSON": "hello",
    "null": "null",
    "a number": "42",
    "a text": '"[2]"',
    "an object": '{"messageTypeId":2}',
    "an empty array": "[]",
    "only a type": "[2]",
    "an id that is none": '[2,{},"Heartbeat",{}]',
    "an id that is too long": orjson.dumps([2, "x" * 65, "Heartbeat", {}]).decode(),
    "type 1": '[1,"v-1","Heartbeat",{}]',
    "type 7": '[7,"v-1","Heartbeat",{}]',
    "type 2.5": '[2.5,"v-1","Heartbeat",{}]',
    "a huge type": f"[{10**40}]",
    "a boolean type": '[true,"v-1","Heartbeat",{}]',
    "an answer nobody waits for": '[3,"nobody",{"status":"Accepted"}]',
    "an error nobody waits for": '[4,"nobody","GenericError","",{}]',
    "half an answer": '[3,"nobody"',
    "binary rubbish": b"\x00\xff\xfe\x80",
    "blank binary": b"",
}


@pytest.mark.parametrize("frame", REFUSED)
async def test_a_broken_call_is_answered_by_one_error(
    site: Site, villain: RawStation, identity: str, protocol: str, frame: str
) -> None:
    text, code = REFUSED[frame]
    await villain.send(text)
    answer = await villain.answer()
    assert answer[:2] == [4, "v-1"]
    assert answer[2] == (FORMATION[protocol] if code == "formation" else code)
    assert answer[4] == {}
    assert await villain.is_alive()
    assert site.do("station", identity=identity)["connection_epoch"] == 1


@pytest.mark.parametrize("frame", DROPPED)
async def test_what_cannot_be_answered_is_dropped(
    site: Site, villain: RawStation, identity: str, frame: str
) -> None:
    await villain.send(DROPPED[frame])
    assert await villain.is_alive()
    assert site.do("station", identity=identity)["connection_epoch"] == 1


@pytest.mark.parametrize("frame", ['[2,"v-1","Heartbeat"]', '[2,"v-1","Heartbeat",[]]'])
async def test_what_can_be_understood_is_served(villain: RawStation, frame: str) -> None:
    for text in (frame, frame.encode()):
        await villain.send(text)
        answer = await villain.answer()
        assert answer[:2] == [3, "v-1"]
        assert "currentTime" in answer[2]


@pytest.mark.parametrize("payload", ["text", 5, True, [1, 2], {"a": {"b": [None]}}])
@pytest.mark.parametrize(
    "action", ["BootNotification", "StatusNotification", "Authorize", "MeterValues"]
)
async def test_wrong_types_are_answered_and_forgotten(
    villain: RawStation, action: str, payload: Any
) -> None:
    await villain.send(orjson.dumps([2, "v-1", action, payload]).decode())
    answer = await villain.answer()
    assert answer[0] in {3, 4}
    assert answer[1] == "v-1"
    assert await villain.is_alive()


async def test_a_huge_frame_closes_that_socket_only(
    site: Site, villain: RawStation, neighbour: RawStation, identity: str
) -> None:
    # Its head alone says too much: the server may be gone before the rest is sent.
    with suppress(ConnectionClosed):
        await villain.send('[2,"v-1","DataTransfer",{"vendorId":"' + "x" * 2_000_000 + '"}]')
    assert await villain.close_code() == 1009
    assert await neighbour.is_alive()
    await eventually(lambda: site.do("open_connections", identity=identity) == [])
    async with raw_station(site.web, identity) as again:
        assert await again.is_alive()


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (frame(0xC1, b'[2,"1","Heartbeat",{}]'), 1002),
        (frame(0x83, b"x"), 1002),
        (frame(0x81, b"x", masked=False), 1002),
        (frame(0x80, b"x"), 1002),
        (frame(0x89, b"x" * 126), 1002),
        (frame(0x81, b"", length=2**62), 1009),
    ],
    ids=["reserved bit", "opcode", "unmasked", "continuation", "long ping", "long frame"],
)
async def test_q10_frames_that_are_none_close_that_socket_only(
    site: Site, neighbour: RawStation, identity: str, broken: bytes, code: int
) -> None:
    reader, writer = await upgraded(site.web, identity)
    try:
        writer.write(broken)
        async with asyncio.timeout(ANSWER_SECONDS):
            head = await reader.readexactly(4)
        assert (head[0], int.from_bytes(head[2:], "big")) == (0x88, code)
    finally:
        writer.close()
    assert await neighbour.is_alive()


async def test_invalid_utf8_in_a_text_frame_closes_that_socket_only(
    villain: RawStation, neighbour: RawStation
) -> None:
    await villain.socket.send(b'[2,"v-1","Heartbeat",{"a":"\xff"}]', text=True)
    assert await villain.close_code() == 1007
    assert await neighbour.is_alive()


@pytest.mark.parametrize("protocol", ["1.6"])
async def test_a_flood_is_throttled(
    site: Site, villain: RawStation, neighbour: RawStation, identity: str, protocol: str
) -> None:
    """Fifty a second after a burst of five hundred; every call is answered in the end."""
    assert await villain.is_alive()
    memory = site.web.rss_mb()
    began = time.monotonic()
    calls = 650
    waits: list[float] = []

    async def flood() -> None:
        for number in range(calls):
            await villain.send(f'[2,"f-{number}","Heartbeat",{{}}]')

    async def answers() -> list[str]:
        return [(await villain.answer())[1] for _ in range(calls)]

    async def beats() -> None:
        while not flooding.done():
            sent = time.monotonic()
            assert await neighbour.is_alive()
            waits.append(time.monotonic() - sent)

    flooding = asyncio.ensure_future(answers())
    await asyncio.gather(flood(), flooding, beats())
    assert flooding.result() == [f"f-{number}" for number in range(calls)]
    assert time.monotonic() - began >= (calls - 501) / 50 - 0.5
    assert len(waits) >= 5
    assert sorted(waits)[len(waits) // 2] < 0.5
    assert site.web.rss_mb() - memory < 20


@pytest.mark.parametrize("protocol", ["1.6"])
async def test_a_slow_reader_delays_nobody(
    site: Site, villain: RawStation, neighbour: RawStation, identity: str, protocol: str
) -> None:
    transport = villain.socket.transport
    transport.pause_reading()
    for number in range(300):
        await villain.send(f'[2,"{number:0>60}","MakeCoffee",{{}}]')
    waits = []
    for _ in range(10):
        sent = time.monotonic()
        assert await neighbour.is_alive()
        waits.append(time.monotonic() - sent)
    assert sorted(waits)[5] < 0.5
    transport.resume_reading()
    got = [(await villain.answer())[1] for _ in range(300)]
    assert got == [f"{number:0>60}" for number in range(300)]


POISON_TIMES: list[Any] = [
    "222222017-10-27T19:10:11Z",
    "1000000",
    "0000-00-00T00:00:00Z",
    "1970-01-01T00:00:23Z",
    "9999-12-31T23:59:59+14:00",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
    "2026-02-30T25:61:61Z",
    "",
    None,
    -1,
    10**20,
    {"time": 1},
]
POISON_NUMBERS: list[Any] = [
    -1,
    0,
    2**31,
    2**63,
    10**40,
    1e308,
    "NaN",
    "1e999",
    None,
    "x" * 5_000,
    [],
    "\x00",
]


async def test_poison_values_are_survived_and_break_no_page(
    site: Site, neighbour: RawStation, card: str
) -> None:
    """Every answer comes, no row breaks a list, and the last session is right all the same."""
    identity = new_station(site)
    async with raw_station(site.web, identity) as villain:
        await villain.boots()
        for poison in POISON_TIMES:
            await _session(villain, card, at=poison)
        for poison in POISON_NUMBERS:
            await _session(villain, card, number=poison)
            await _session(villain, poison)
        assert await villain.is_alive()
        assert site.do("station", identity=identity)["connection_epoch"] == 1
        assert broken_pages(site, identity) == {}
        reference = await _clean_session(villain, card)
    (last,) = [
        row
        for row in site.do("transactions", identity=identity)
        if row["station_ref"] == str(reference)
    ]
    assert (last["state"], last["energy_wh"]) == ("ended", 1_000)


async def _clean_session(villain: RawStation, uid: str) -> int:
    """1 kWh within the last hour; its transactionId."""
    begin = datetime.now(tz=UTC) - timedelta(hours=1)
    start = {"connectorId": 1, "idTag": uid, "meterStart": 500, "timestamp": begin.isoformat()}
    result = await _answered(villain, "StartTransaction", start)
    assert result is not None
    reference: int = result["transactionId"]
    end = begin + timedelta(minutes=50)
    stop = {"transactionId": reference, "meterStop": 1_500, "timestamp": end.isoformat()}
    assert await _answered(villain, "StopTransaction", stop) is not None
    return reference


async def _session(villain: RawStation, uid: Any, *, at: Any = ..., number: Any = ...) -> None:
    """A 1.6 session of which some values are poison; every message is answered, well or not."""
    now = datetime.now(tz=UTC).isoformat()
    time_ = now if at is ... else at
    connector = 1 if number is ... else number
    status = {"connectorId": connector, "errorCode": "NoError", "status": "Preparing"}
    await _answered(villain, "StatusNotification", {**status, "timestamp": time_})
    await _answered(villain, "Authorize", {"idTag": uid})
    meter_start = 500 if number is ... else number
    start = {"connectorId": connector, "idTag": uid, "meterStart": meter_start, "timestamp": time_}
    result = await _answered(villain, "StartTransaction", start)
    reference = (result or {}).get("transactionId", 0) if number is ... else number
    sample = {"measurand": "Energy.Active.Import.Register", "value": str(connector)}
    values = [{"timestamp": time_, "sampledValue": [sample]}]
    reading = {"connectorId": connector, "transactionId": reference, "meterValue": values}
    await _answered(villain, "MeterValues", reading)
    meter_stop = 1_500 if number is ... else number
    stop = {"transactionId": reference, "meterStop": meter_stop, "timestamp": time_}
    await _answered(villain, "StopTransaction", {**stop, "transactionData": values})


async def _answered(villain: RawStation, action: str, payload: Any) -> dict[str, Any] | None:
    # orjson writes no integers beyond 64 bits.
    await villain.send(json.dumps([2, "p-1", action, payload]))
    answer = await villain.answer()
    while answer[0] == 2:  # an order, such as to stop a session that nobody allowed
        await villain.send(json.dumps([3, answer[1], {"status": "Rejected"}]))
        answer = await villain.answer()
    assert answer[1] == "p-1", answer
    assert answer[0] in {3, 4}, answer
    if answer[0] == 4:
        assert answer[2] != "InternalError", (action, payload, answer)
        return None
    result: dict[str, Any] = answer[2]
    return result
