"""The consumer's own answers, without a server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from chargers.consumers import OcppConsumer
from chargers.gateway import arrivals as module
from chargers.gateway.arrivals import Arrivals
from chargers.gateway.gateway import set_gateway
from chargers.gateway.handshake import HOP

pytestmark = pytest.mark.asyncio


@pytest.fixture
def full_gateway() -> Iterator[None]:
    """So many wait at the door that nobody else could be served in time; nothing else is there."""
    gateway: Any = SimpleNamespace(arrivals=SimpleNamespace(is_full=True))
    set_gateway(gateway)
    yield
    set_gateway(None)


@pytest.mark.usefixtures("full_gateway")
async def test_who_could_not_be_served_in_time_is_told_so_before_any_work() -> None:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.disconnect"}

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    scope = {"type": "websocket", "path": "/ocpp/CP1", "headers": [], "client": ("192.0.2.1", 1)}
    await OcppConsumer()(scope, receive, send)
    start, body = sent
    assert start["status"] == 503
    assert (b"retry-after", b"10") in start["headers"]
    assert body["body"] == b"come back later"


async def test_who_gave_up_at_the_door_is_neither_checked_nor_written_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MAX_AT_ONCE", 1)
    checked: list[Any] = []

    async def check(waiting: Any) -> Any:
        checked.append(waiting)

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(_event: dict[str, Any]) -> None:
        pytest.fail("nobody is there to hear it")

    arrivals = Arrivals(check)
    gateway: Any = SimpleNamespace(arrivals=arrivals)
    set_gateway(gateway)
    hop = {"is_gone": False}
    scope = {"type": "websocket", "path": "/ocpp/CP1", "headers": [], "extensions": {HOP: hop}}
    try:
        async with arrivals.turn():
            waiting = asyncio.create_task(OcppConsumer()(scope, receive, send))
            await asyncio.sleep(0)
            hop["is_gone"] = True
        await waiting
    finally:
        set_gateway(None)
    assert checked == []
