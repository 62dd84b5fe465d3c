"""Sockets that hang on purpose, while stations want to connect. See the scenario.

Plan: host, quiet and stations (legitimate ones that dial before, and while others hang), hanging (how
many at any time), deaf (stations that read nothing). Who is closed hangs again at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from typing import Any

from bench.control import Control
from bench.link import LinkLost
from bench.station import Station, for_each
from bench.upgrade import request

WATCH_SECONDS = 20.0
_DEAF_SECONDS = 45.0
_DRIP_SECONDS = 1.0
# All hang by then.
_SETTLE_SECONDS = 3.0
# As 6,000 stations dial that come back evenly within five minutes; `storm` is about more.
DIALS_PER_SECOND = 20
# A masked text frame: a call that is answered, of 125 bytes at most.
_CALL = b'[2,"deaf","Heartbeat",{}]'
_FRAME = bytes([0x81, 0x80 | len(_CALL), 0, 0, 0, 0]) + _CALL


async def run(plan: dict[str, Any], control: Control) -> dict[str, Any]:
    host = plan["host"]
    await control.go()
    quiet = await _dial_all(plan["quiet"], host)
    control.say("quiet")
    lives: list[float] = []
    hangers = [asyncio.create_task(_hang_on(host, n, lives)) for n in range(plan["hanging"])]
    deaf = [asyncio.create_task(_deaf(host, facts)) for facts in plan["deaf"]]
    await asyncio.sleep(_SETTLE_SECONDS)
    dialled = await _dial_all(plan["stations"], host)
    control.say("dialled")
    for hanger in hangers:
        hanger.cancel()
    ended = await asyncio.gather(*hangers, return_exceptions=True)
    return {
        "quiet": quiet,
        "dials": dialled,
        "hung_for": lives,
        "failed": sum(not isinstance(end, asyncio.CancelledError) for end in ended),
        "deaf_for": await asyncio.gather(*deaf),
    }


async def _dial_all(rows: list[dict[str, str]], host: str) -> list[float]:
    """At an even pace, whatever becomes of those before; they stay connected until all have come."""
    stations = [Station(facts, host=host, protocol="ocpp1.6") for facts in rows]
    dialled = await asyncio.gather(
        *(_connect(station, n / DIALS_PER_SECOND) for n, station in enumerate(stations))
    )
    await for_each(stations, Station.close)
    return dialled


async def _connect(station: Station, after: float) -> float:
    """Seconds that the handshake took; -1 when it failed."""
    await asyncio.sleep(after)
    started = time.perf_counter()
    try:
        await station.connect()
    except LinkLost:
        return -1.0
    return time.perf_counter() - started


async def _hang_on(host: str, number: int, lives: list[float]) -> None:
    while True:
        lives.append(await _hang(host, number))


async def _hang(host: str, number: int) -> float:
    """Seconds until the server closed it; -1 when it did not within the watch."""
    name, _, port = host.partition(":")
    reader, writer = await asyncio.open_connection(name, int(port))
    started = time.perf_counter()
    sent = request(host, f"HANG-{number}", key="x" * 20)
    drip = asyncio.create_task(_drip(writer, sent[: number % 3 * 20])) if number % 3 else None
    try:
        async with asyncio.timeout(WATCH_SECONDS):
            while await reader.read(1024):
                pass
    except TimeoutError:
        return -1.0
    except OSError:
        pass
    finally:
        if drip is not None:
            drip.cancel()
        writer.close()
    return time.perf_counter() - started


async def _drip(writer: asyncio.StreamWriter, sent: bytes) -> None:
    """A byte a second, of a request that never ends."""
    with contextlib.suppress(OSError):
        for byte in sent:
            writer.write(bytes([byte]))
            await asyncio.sleep(_DRIP_SECONDS)


async def _deaf(host: str, facts: dict[str, str]) -> float:
    """A station with a right key that asks and asks and reads nothing; seconds until it was closed."""
    loop = asyncio.get_running_loop()
    name, _, port = host.partition(":")
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    peer.setblocking(False)
    await loop.sock_connect(peer, (name, int(port)))
    await loop.sock_sendall(peer, request(host, facts["identity"], key=facts["key"]))
    await asyncio.sleep(2.0)
    started = time.perf_counter()
    try:
        async with asyncio.timeout(_DEAF_SECONDS):
            while True:
                await loop.sock_sendall(peer, _FRAME * 20)
                await asyncio.sleep(0.1)
    except TimeoutError:
        return -1.0
    except OSError:
        return time.perf_counter() - started
    finally:
        peer.close()
