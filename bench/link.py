"""A station's socket: the asyncio client of `websockets`, one OCPP-J call at a time.

The load client is lean, so that the server is what is measured: an off-the-shelf library, uvloop,
orjson, one task per station, messages built anew as a station builds them. A plain one has the
standard library's event loop and JSON instead; its CPU is the yardstick for the server's.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage
from websockets.typing import Subprotocol

HANDSHAKE_SECONDS = 60.0
_CALL, _RESULT, _ERROR = 2, 3, 4


class Json:
    """How frames are written and read by every link of this process."""

    dumps: Callable[[Any], bytes] = staticmethod(orjson.dumps)
    loads: Callable[[bytes], Any] = staticmethod(orjson.loads)

    @classmethod
    def be_plain(cls) -> None:
        """Use the standard library from now on."""
        cls.dumps = staticmethod(lambda frame: json.dumps(frame).encode())
        cls.loads = staticmethod(json.loads)


class LinkLost(Exception):
    """The socket closed, or never opened."""


class CallRefused(Exception):
    """The server answered with a CALLERROR."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to dial and as whom.

    Attributes:
        url: `ws://host:port/ocpp/<identity>`.
        user: user name of Basic authentication, the OCPP identity.
        key: its password.
        subprotocol: as offered, such as "ocpp1.6".
        source: local address to dial from; empty leaves it to the system.
    """

    url: str
    user: str
    key: str = field(repr=False)
    subprotocol: str
    source: str = ""


class Link:
    """One open socket. Make it with `dial`.

    Attributes:
        waits: seconds from each call to its answer.
    """

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.waits: list[float] = []

    async def call(self, action: str, payload: dict[str, Any]) -> Any:
        """Send a CALL under a new id and return the payload of its CALLRESULT.

        Raises:
            CallRefused: it was answered with a CALLERROR.
            LinkLost: the socket closed before the answer.
        """
        message_id = str(uuid.uuid4())
        started = time.perf_counter()
        await self._send([_CALL, message_id, action, payload])
        while True:
            answer = await self._receive()
            if answer[0] != _CALL and answer[1] == message_id:
                break
        self.waits.append(time.perf_counter() - started)
        if answer[0] != _RESULT:
            raise CallRefused(f"{action}: {answer[2:]}")
        return answer[2]

    async def idle(self, seconds: float) -> None:
        """Say nothing for a while, as a station between two messages; the server may call.

        Raises:
            LinkLost: the socket closed.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    await self._receive()

    async def close(self) -> None:
        await self._socket.close()

    async def _receive(self) -> list[Any]:
        """The next frame; calls of the server are refused on the way."""
        try:
            frame: list[Any] = Json.loads(await self._socket.recv(decode=False))
        except ConnectionClosed as error:
            raise LinkLost(str(error)) from error
        if frame[0] == _CALL:
            await self._send([_ERROR, frame[1], "NotImplemented", "", {}])
        return frame

    async def _send(self, frame: list[Any]) -> None:
        try:
            await self._socket.send(Json.dumps(frame), text=True)
        except ConnectionClosed as error:
            raise LinkLost(str(error)) from error


async def dial(address: Address) -> Link:
    """Open a socket.

    Raises:
        LinkLost: nobody listens, the handshake was refused, or it took too long.
    """
    credentials = base64.b64encode(f"{address.user}:{address.key}".encode()).decode()
    try:
        socket = await connect(
            address.url,
            subprotocols=[Subprotocol(address.subprotocol)],
            additional_headers={"Authorization": f"Basic {credentials}"},
            compression=None,
            ping_interval=None,
            proxy=None,
            open_timeout=HANDSHAKE_SECONDS,
            close_timeout=5,
            local_addr=(address.source, 0) if address.source else None,
        )
    except (OSError, TimeoutError, InvalidHandshake, InvalidMessage, EOFError) as error:
        raise LinkLost(repr(error)) from error
    if socket.subprotocol != address.subprotocol:
        await socket.close()
        raise LinkLost(f"the server chose subprotocol {socket.subprotocol!r}")
    return Link(socket)
