"""One websocket of a station: OCPP-J framing, one outgoing CALL in flight, orders answered."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
import time
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.typing import Subprotocol

from chargers.simulator.neutral import Json
from chargers.simulator.wire import CommandError

CALL, CALLRESULT, CALLERROR = 2, 3, 4
MEMBERS = {CALL: 4, CALLRESULT: 3, CALLERROR: 3}
MAX_FRAME = 1 << 20


class UnableToConnect(Exception):
    """The CSMS did not accept the connection; `status` is its HTTP answer, if there was one."""

    def __init__(self, detail: str, status: int | None = None) -> None:
        super().__init__(detail)
        self.status = status


class LinkLost(Exception):
    """The connection broke before the answer came."""


class NoAnswer(Exception):
    """The CSMS kept silent for too long."""


class CallRefused(Exception):
    """The CSMS answered with a CALLERROR."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code


@dataclass(slots=True)
class Stats:
    """Counters, shared by all stations of a fleet."""

    connected: int = 0
    booted: int = 0
    connects: int = 0
    sent: int = 0
    received: int = 0
    answered: int = 0
    waited_s: float = 0.0
    errors: int = 0
    dropped: int = 0
    last_errors: list[str] = field(default_factory=list)

    def error(self, text: str) -> None:
        """Count an error and keep the last few."""
        self.errors += 1
        self.last_errors = [*self.last_errors[-9:], text]


class LinkOwner(Protocol):
    """The station behind a link."""

    stats: Stats

    @property
    def deaf(self) -> bool:
        """Whether orders are ignored."""
        ...

    def on_call(self, action: str, payload: Json) -> Json:
        """Carry out an order; raises `CommandError`."""
        ...

    def on_answered(self) -> None:
        """Know that the answer to the order is out."""

    def record(self, message: list[Any], *, sent: bool) -> None:
        """Keep a frame for tests."""

    def next_id(self) -> str:
        """Return a message id never used before."""
        ...


class Link:
    """An open connection."""

    __slots__ = ("_gate", "_lock", "_pending", "_timeout", "owner", "socket")

    def __init__(self, socket: ClientConnection, owner: LinkOwner, timeout_s: float) -> None:
        self.socket = socket
        self.owner = owner
        self._timeout = timeout_s
        self._lock = asyncio.Lock()
        self._pending: dict[str, asyncio.Future[Json]] = {}
        self._gate: asyncio.Event | None = None

    async def call(self, action: str, payload: Json, *, hang_up: bool = False) -> Json:
        """Send a CALL and return the answer's payload.

        With `hang_up` the connection closes before the answer is read. Raises `LinkLost`,
        `NoAnswer`, `CallRefused`.
        """
        async with self._lock:
            message_id = self.owner.next_id()
            answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
            self._pending[message_id] = answer
            began = time.perf_counter()
            try:
                await self._send([CALL, message_id, action, payload])
                if hang_up:
                    await self.close()
                    raise LinkLost("hung up")
                result = await asyncio.wait_for(answer, self._timeout)
            except TimeoutError:
                raise NoAnswer(action) from None
            finally:
                self._pending.pop(message_id, None)
                if answer.done() and not answer.cancelled():
                    answer.exception()  # looked at, so that nobody complains
            self.owner.stats.answered += 1
            self.owner.stats.waited_s += time.perf_counter() - began
            return result

    async def send_raw(self, text: str) -> None:
        """Send whatever it is."""
        try:
            await self.socket.send(text)
        except ConnectionClosed as error:
            raise LinkLost(str(error)) from None

    async def run(self) -> None:
        """Read until the connection is over."""
        try:
            while True:
                if self._gate is not None:
                    await self._gate.wait()
                data = await self.socket.recv(decode=False)
                self.owner.stats.received += 1
                await self._receive(data)
        except (ConnectionClosed, LinkLost):
            pass
        finally:
            for waiting in self._pending.values():
                if not waiting.done():
                    waiting.set_exception(LinkLost("connection closed"))

    async def close(self) -> None:
        """Close properly."""
        await self.socket.close()

    def abort(self) -> None:
        """Vanish as in a power cut: no closing handshake."""
        self.socket.transport.abort()

    def stop_reading(self) -> None:
        """Let the CSMS's messages pile up."""
        if self._gate is None:
            self._gate = asyncio.Event()
        self.socket.transport.pause_reading()

    def resume_reading(self) -> None:
        """Read again."""
        if self._gate is not None:
            self._gate.set()
            self._gate = None
            with contextlib.suppress(RuntimeError):
                self.socket.transport.resume_reading()

    async def _send(self, message: list[Any]) -> None:
        self.owner.record(message, sent=True)
        self.owner.stats.sent += 1
        try:
            await self.socket.send(orjson.dumps(message), text=True)
        except ConnectionClosed as error:
            raise LinkLost(str(error)) from None

    async def _receive(self, data: bytes) -> None:
        try:
            message = orjson.loads(data)
            kind, message_id = int(message[0]), str(message[1])
            complete = len(message) >= MEMBERS.get(kind, 2)
        except (ValueError, TypeError, IndexError, KeyError):
            complete = False
        if not complete:
            self.owner.stats.error("unreadable frame from the CSMS")
            return
        self.owner.record(message, sent=False)
        if kind == CALL:
            await self._answer(message_id, message)
        elif kind in {CALLRESULT, CALLERROR}:
            self._resolve(kind, message_id, message)

    def _resolve(self, kind: int, message_id: str, message: list[Any]) -> None:
        waiting = self._pending.get(message_id)
        if waiting is None or waiting.done():
            return
        if kind == CALLRESULT:
            waiting.set_result(message[2])
        else:
            code, description = (str(part) for part in [*message[2:4], ""][:2])
            self.owner.stats.error(f"CALLERROR {code}: {description}")
            waiting.set_exception(CallRefused(code, description))

    async def _answer(self, message_id: str, message: list[Any]) -> None:
        if self.owner.deaf:
            return
        try:
            result = self.owner.on_call(message[2], message[3])
        except CommandError as error:
            answer = [CALLERROR, message_id, error.code, error.description, {}]
        else:
            answer = [CALLRESULT, message_id, result]
        try:
            await self._send(answer)
        finally:
            self.owner.on_answered()


async def open_link(
    *,
    owner: LinkOwner,
    url: str,
    identity: str,
    password: str,
    subprotocol: str,
    timeout_s: float,
    tls: ssl.SSLContext | None,
) -> Link:
    """Dial the CSMS (security profile 1 on ws://, 2 on wss://); raises `UnableToConnect`."""
    credentials = base64.b64encode(f"{identity}:{password}".encode()).decode()
    try:
        socket = await connect(
            url.rstrip("/") + "/" + quote(identity, safe=""),
            subprotocols=[Subprotocol(subprotocol)],
            additional_headers={"Authorization": f"Basic {credentials}"} if password else None,
            compression=None,
            ping_interval=None,
            open_timeout=timeout_s,
            close_timeout=3,
            max_size=MAX_FRAME,
            proxy=None,
            ssl=tls,
        )
    except InvalidStatus as error:
        status = error.response.status_code
        raise UnableToConnect(f"refused with HTTP {status}", status) from None
    except (OSError, TimeoutError, InvalidHandshake, EOFError) as error:
        raise UnableToConnect(f"{type(error).__name__}: {error}") from None
    if socket.subprotocol != subprotocol:
        await socket.close()
        raise UnableToConnect(f"CSMS chose no {subprotocol}")
    return Link(socket, owner, timeout_s)
