"""One handshake byte by byte, with whatever credentials."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import time
from dataclasses import dataclass

ANSWER_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is 0 when the server said nothing."""

    status: int
    seconds: float


def request(host: str, identity: str, *, user: str = "", key: str | None = None) -> bytes:
    """An upgrade request; without a key it has no Authorization header."""
    lines = [
        f"GET /ocpp/{identity} HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol: ocpp1.6",
    ]
    if key is not None:
        credentials = base64.b64encode(f"{user or identity}:{key}".encode()).decode()
        lines.append(f"Authorization: Basic {credentials}")
    return "\r\n".join([*lines, "", ""]).encode()


async def ask(host: str, sent: bytes) -> Answer:
    """Send a request and read the status line."""
    name, _, port = host.partition(":")
    reader, writer = await asyncio.open_connection(name, int(port))
    started = time.perf_counter()
    status = 0
    try:
        writer.write(sent)
        async with asyncio.timeout(ANSWER_SECONDS):
            line = await reader.readline()
        status = int(line.split()[1]) if line.startswith(b"HTTP/1.1 ") else 0
    except (OSError, TimeoutError):
        status = 0
    seconds = time.perf_counter() - started
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return Answer(status, seconds)


async def read_answer(host: str, sent: bytes, *, source: str) -> tuple[float, str]:
    """Seconds until the whole answer had come, and its text without the date."""
    name, _, port = host.partition(":")
    reader, writer = await asyncio.open_connection(name, int(port), local_addr=(source, 0))
    started = time.perf_counter()
    writer.write(sent)
    async with asyncio.timeout(ANSWER_SECONDS):
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        length = [line.partition(":")[2] for line in lines if line.lower().startswith("content-l")]
        body = await reader.readexactly(int(length[0])) if length else b""
    seconds = time.perf_counter() - started
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    kept = [line for line in lines if not line.lower().startswith("date:")]
    return seconds, "\r\n".join([*kept, body.decode("latin-1")])
