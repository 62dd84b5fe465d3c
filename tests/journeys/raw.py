"""A peer that sends whatever a test wants: handshakes by hand, frames that no station should send."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.journeys.site import KEY, Web

ANSWER_SECONDS = 15.0


def basic(user: str, password: str) -> str:
    """Value of an Authorization header."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@dataclass(frozen=True)
class Upgrade:
    """What came of an upgrade request; `body` is that of a refusal."""

    status: int
    headers: dict[str, str]
    body: str
    seconds: float


async def ask_upgrade(
    web: Web,
    identity: str,
    *,
    authorization: str | None = None,
    subprotocols: Sequence[str] = ("ocpp1.6",),
    more: Sequence[str] = (),
) -> Upgrade:
    """One handshake, byte by byte; the connection is dropped after the answer."""
    lines = [
        f"GET /ocpp/{identity} HTTP/1.1",
        f"Host: 127.0.0.1:{web.port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        *more,
    ]
    if subprotocols:
        lines.append(f"Sec-WebSocket-Protocol: {', '.join(subprotocols)}")
    if authorization is not None:
        lines.append(f"Authorization: {authorization}")
    reader, writer = await asyncio.open_connection("127.0.0.1", web.port)
    try:
        began = time.perf_counter()
        writer.write("\r\n".join([*lines, "", ""]).encode())
        async with asyncio.timeout(ANSWER_SECONDS):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            seconds = time.perf_counter() - began
            status_line, *rest = head.strip().split("\r\n")
            headers = {
                name.lower(): value for name, _, value in (line.partition(": ") for line in rest)
            }
            length = int(headers.get("content-length", "0"))
            body = (await reader.readexactly(length)).decode()
        return Upgrade(int(status_line.split()[1]), headers, body, seconds)
    finally:
        writer.close()
        await writer.wait_closed()


async def upgraded(web: Web, identity: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A socket after its handshake with the right key, for bytes that no library would send."""
    lines = [
        f"GET /ocpp/{identity} HTTP/1.1",
        f"Host: 127.0.0.1:{web.port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol: ocpp1.6",
        f"Authorization: {basic(identity, KEY)}",
    ]
    reader, writer = await asyncio.open_connection("127.0.0.1", web.port)
    writer.write("\r\n".join([*lines, "", ""]).encode())
    async with asyncio.timeout(ANSWER_SECONDS):
        head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 ")
    return reader, writer


class RawStation:
    """A connection with valid credentials and no manners."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self._ids = 0

    async def send(self, frame: str | bytes) -> None:
        await self.socket.send(frame)

    async def answer(self) -> Any:
        """The next frame from the server."""
        async with asyncio.timeout(ANSWER_SECONDS):
            return orjson.loads(await self.socket.recv())

    async def call(self, action: str, payload: Any) -> Any:
        """The payload of the result.

        Raises:
            AssertionError: the answer is no result, or that to something else.
        """
        self._ids += 1
        message_id = f"raw-{self._ids}"
        await self.send(orjson.dumps([2, message_id, action, payload]).decode())
        answer = await self.answer()
        assert answer[:2] == [3, message_id], answer
        return answer[2]

    async def boots(self) -> None:
        payload = {"chargePointVendor": "Raw", "chargePointModel": "One"}
        assert (await self.call("BootNotification", payload))["status"] == "Accepted"

    async def is_alive(self) -> bool:
        """Whether a heartbeat is answered, and nothing else comes before."""
        return "currentTime" in await self.call("Heartbeat", {})

    async def close_code(self) -> int | None:
        """How the server ended it."""
        async with asyncio.timeout(ANSWER_SECONDS):
            await self.socket.wait_closed()
        return self.socket.close_code


@asynccontextmanager
async def raw_station(
    web: Web, identity: str, *, key: str = KEY, subprotocol: str = "ocpp1.6"
) -> AsyncIterator[RawStation]:
    """Connect, and hang up at the end."""
    async with connect(
        web.ocpp_url + identity,
        subprotocols=[Subprotocol(subprotocol)],
        additional_headers={"Authorization": basic(identity, key)},
        compression=None,
        ping_interval=None,
        close_timeout=2,
        max_size=1 << 24,
        proxy=None,
    ) as socket:
        yield RawStation(socket)
