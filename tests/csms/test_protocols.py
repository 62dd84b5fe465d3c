"""Uvicorn's protocols as we changed them, over real sockets in front of an application of a few lines."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from pytest_django import Settings
from uvicorn.server import ServerState

from csms.protocols import RequestProtocol, StationProtocol

pytestmark = pytest.mark.asyncio


async def show_headers(_scope: dict[str, Any], _receive: Any, send: Any) -> None:
    """Answer with the request's headers, a line each."""
    body = b"\n".join(b"%s: %s" % header for header in _scope["headers"])
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


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
