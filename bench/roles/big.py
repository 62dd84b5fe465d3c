"""Frames that are far too big, from one station after the other, beside neighbours that charge.

Plan: host, port, stations (all), giants (rows that send), rounds.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import zlib
from typing import Any

from bench.control import Control
from bench.handshakes import frame
from bench.station import Station, connect_and_boot, for_each, now

_READING_EVERY_SECONDS = 0.25
_CHUNK = 1 << 16
DEEP = 100_000


async def run(plan: dict[str, Any], control: Control) -> dict[str, Any]:
    stations = [
        Station(facts, host=plan["host"], protocol="ocpp1.6") for facts in plan["neighbours"]
    ]
    await for_each(stations, connect_and_boot)
    ending = asyncio.Event()
    charging = [asyncio.create_task(_charge(station, ending)) for station in stations]
    # Once before the measurement: what is loaded for the first one is loaded for good.
    await _round(plan)
    for station in stations:
        station.waits.clear()
    await control.go()
    outcomes = [outcome for _ in range(plan["rounds"]) for outcome in await _round(plan)]
    ending.set()
    done = await asyncio.gather(*charging, return_exceptions=True)
    return {
        "lost": sum(isinstance(result, BaseException) for result in done),
        "waits": [wait for station in stations for wait in station.waits],
        "frames": len(outcomes),
        "still_open": sum(outcome == "open" for outcome in outcomes),
    }


async def _round(plan: dict[str, Any]) -> list[str]:
    return await asyncio.gather(
        *[
            _send(plan, facts, made, compressed=kind == "bomb")
            for facts, (kind, made) in zip(plan["giants"], _giants().items(), strict=False)
        ]
    )


def _giants() -> dict[str, list[bytes]]:
    """Pieces to send by kind; a piece that is repeated is one object."""
    chunk = b"x" * _CHUNK
    hundred_mb = 100 * 2**20
    random = os.urandom(_CHUNK)
    bomb = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(bomb.compress(bytes(2**20)) for _ in range(100)) + bomb.flush()
    deep = b'[2,"1","DataTransfer",' + b"[" * DEEP + b"]" * DEEP + b"]"
    deeper = b'[2,"1","DataTransfer",' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"]"
    fragments = [frame(0x01, b'[2,"1","Heartbeat",{"a":"')]
    fragments += [frame(0x00, chunk[:60_000])] * 1_700
    return {
        "text": [frame(0x81, b"", length=hundred_mb), *[chunk] * (hundred_mb // _CHUNK)],
        "binary": [frame(0x82, b"", length=hundred_mb), *[random] * (hundred_mb // _CHUNK)],
        "fragments": fragments,
        "bomb": [frame(0xC1, packed)],
        "deep": [frame(0x81, deep)] * 5,
        "deeper": [frame(0x81, deeper)] * 5,
    }


async def _send(
    plan: dict[str, Any], facts: dict[str, str], pieces: list[bytes], *, compressed: bool
) -> str:
    """Send until the server has enough. Returns "closed", or "open" when it took it all."""
    host, _, port = plan["host"].partition(":")
    credentials = base64.b64encode(f"{facts['identity']}:{facts['key']}".encode()).decode()
    lines = [
        f"GET /ocpp/{facts['identity']} HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol: ocpp1.6",
        f"Authorization: Basic {credentials}",
    ]
    if compressed:
        lines.append("Sec-WebSocket-Extensions: permessage-deflate")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        await reader.readuntil(b"\r\n\r\n")
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(3):
                while await reader.read(_CHUNK):
                    pass
                return "closed"
    except OSError:
        return "closed"
    finally:
        writer.transport.abort()
    return "open"


async def _charge(station: Station, ending: asyncio.Event) -> None:
    session = await station.start()
    while not ending.is_set():
        await station.say(station.dialect.reading(session, now()))
        await station.link.idle(_READING_EVERY_SECONDS)
