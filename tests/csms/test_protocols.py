"""Uvicorn's protocols as we changed them, over real sockets in front of an application of a few lines."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from pytest_django import Settings
from uvicorn.server import ServerState

from chargers.gateway.handshake import HOP
from csms import protocols
from csms.protocols import RequestProtocol, StationProtocol

pytestmark = pytest.mark.asyncio


async def show_headers(_scope: dict[str, Any], _receive: Any, send: Any) -> None:
    """Answer with the request's headers, a line each."""
    body = b"\n".join(b"%s: %s" % header for header in _scope["headers"])
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


UPGRADE = (
    b"GET /ocpp/CP1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


class Talker:
    """Accepts a socket and talks into it until it is gone."""

    def __init__(self, *, size: int, pause: float) -> None:
        self.is_gone = asyncio.Event()
        self._text, self._pause = "x" * size, pause

    async def __call__(self, _scope: dict[str, Any], receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        talk = asyncio.create_task(self._talk(send))
        while (await receive())["type"] != "websocket.disconnect":
            pass
        talk.cancel()
        self.is_gone.set()

    async def _talk(self, send: Any) -> None:
        while True:
            await send({"type": "websocket.send", "text": self._text})
            await asyncio.sleep(self._pause)


@contextlib.asynccontextmanager
async def deaf_peer(port: int) -> AsyncIterator[socket.socket]:
    """A station that is let in and reads nothing."""
    loop = asyncio.get_running_loop()
    with socket.socket() as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        peer.setblocking(False)
        await loop.sock_connect(peer, ("127.0.0.1", port))
        await loop.sock_sendall(peer, UPGRADE)
        yield peer


@contextlib.asynccontextmanager
async def serving(application: Any) -> AsyncIterator[int]:
    """The port of a server with our protocols."""
    config = uvicorn.Config(application, http=RequestProtocol, ws=StationProtocol, log_config=None)
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: RequestProtocol(config=config, server_state=state, app_state={}), "127.0.0.1"
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for peer in list(state.connections):
            peer.transport.abort()
        await server.wait_closed()


async def said(port: int, request: bytes) -> bytes:
    """All that comes back until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    try:
        async with asyncio.timeout(5):
            return await reader.read()
    finally:
        writer.close()


@pytest.mark.parametrize(
    ("proxies", "believed"),
    [([], True), (["127.0.0.1"], True), (["127.0.0.0/8"], True), (["10.0.0.0/8"], False)],
)
async def test_forwarded_headers_are_those_of_listed_proxies(
    settings: Settings, proxies: list[str], believed: bool
) -> None:
    settings.TRUSTED_PROXIES = proxies
    forwarded = (
        b"X-Forwarded-For: 1.2.3.4\r\nx-forwarded-HOST: evil\r\nX-Forwarded-Proto: https\r\n"
    )
    request = (
        b"GET / HTTP/1.1\r\nHost: x\r\n" + forwarded + b"X-Other: 1\r\nConnection: close\r\n\r\n"
    )
    async with serving(show_headers) as port:
        answer = (await said(port, request)).decode()
    assert answer.count("x-forwarded-") == (3 if believed else 0)
    assert "x-other: 1" in answer


@pytest.mark.parametrize("sent", [b"", b"GET /ocpp/CP1 HTTP/1.1\r\nHost: x\r\nUpgr", UPGRADE[:-2]])
async def test_a_request_that_never_ends_is_closed(
    monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(protocols, "REQUEST_SECONDS", 0.1)
    async with serving(show_headers) as port:
        with contextlib.suppress(ConnectionResetError):
            assert await said(port, sent) == b""


async def dripping(writer: asyncio.StreamWriter) -> None:
    while True:
        for byte in UPGRADE[:-2]:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.01)


async def test_bytes_that_drip_do_not_prolong_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocols, "REQUEST_SECONDS", 0.1)
    async with serving(show_headers) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        drip = asyncio.create_task(dripping(writer))
        with contextlib.suppress(ConnectionResetError):
            async with asyncio.timeout(5):
                assert await reader.read() == b""
        drip.cancel()
        writer.close()


async def test_a_hanging_request_keeps_nobody_else_out() -> None:
    async with serving(show_headers) as port:
        hanging = [await asyncio.open_connection("127.0.0.1", port) for _ in range(50)]
        request = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        assert b"host: x" in await said(port, request)
        for _, writer in hanging:
            writer.close()


async def test_who_takes_nothing_is_closed_when_our_buffer_is_full(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(protocols, "WRITE_SECONDS", 0.1)
    talker = Talker(size=20_000, pause=0)
    async with serving(talker) as port, deaf_peer(port), asyncio.timeout(5):
        await talker.is_gone.wait()


async def test_an_application_that_has_not_answered_yet_is_told_that_the_peer_is_gone() -> None:
    hops: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def slow(scope: dict[str, Any], receive: Any, _send: Any) -> None:
        await receive()
        hops.put_nowait(scope["extensions"][HOP])
        assert await receive() == {"type": "websocket.disconnect", "code": 1006}
        hops.put_nowait(scope["extensions"][HOP])

    async with serving(slow) as port, asyncio.timeout(5):
        async with deaf_peer(port):
            hop = await hops.get()
            assert hop["is_gone"] is False
        assert await hops.get() is hop
        assert hop["is_gone"] is True


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own limit is Linux's")
async def test_who_takes_nothing_is_closed_long_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small answers never fill a buffer: the kernel tells that they are not taken."""
    monkeypatch.setattr(protocols, "UNCONFIRMED_SECONDS", 0.2)
    talker = Talker(size=200, pause=0.002)
    async with serving(talker) as port, deaf_peer(port) as peer, asyncio.timeout(5):
        while not talker.is_gone.is_set():
            # It is no dead line: the peer goes on asking.
            with contextlib.suppress(OSError):
                peer.send(b"\x89\x80\0\0\0\0")
            await asyncio.sleep(0.02)
