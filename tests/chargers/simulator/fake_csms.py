"""A CSMS of one screen: answers every station, checks every frame against the OCA schemas."""

from __future__ import annotations

import asyncio
import base64
import json
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import jsonschema_rs
import ocpp
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

SCHEMAS = Path(ocpp.__file__).parent
FOLDERS = {"ocpp1.6": ("v16", ""), "ocpp2.0.1": ("v201", "Request")}
NOW = "2026-03-02T08:00:00Z"


@cache
def validator(subprotocol: str, action: str, *, response: bool) -> jsonschema_rs.Validator:
    folder, suffix = FOLDERS[subprotocol]
    name = f"{action}{'Response' if response else suffix}.json"
    text = (SCHEMAS / folder / "schemas" / name).read_text(encoding="utf-8-sig")
    schema = json.loads(text)
    schema.pop("$id", None)
    schema.pop("id", None)
    return jsonschema_rs.validator_for(schema)


class OrderFailed(Exception):
    def __init__(self, code: str, description: str) -> None:
        super().__init__(code, description)
        self.code = code


class FakeCsms:
    def __init__(self, passwords: dict[str, str] | None = None) -> None:
        self.passwords = passwords
        self.blocked: set[str] = set()
        self.refuse: dict[str, int] = {}  # action → how many times a CALLERROR comes
        self.mute: set[str] = set()  # actions that get no answer
        self.interval = 300
        self.calls: list[tuple[str, str, str, dict[str, Any]]] = []  # identity, id, action, payload
        self.broken: list[str] = []
        self.faults: list[str] = []
        self.handshakes = 0
        self.sockets: dict[str, ServerConnection] = {}
        self._starts: dict[str, int] = {}
        self._pending: dict[str, tuple[str, asyncio.Future[dict[str, Any]]]] = {}
        self._server: Server | None = None
        self._orders = 0

    async def __aenter__(self) -> Self:
        self._server = await serve(
            self._serve,
            "127.0.0.1",
            0,
            subprotocols=list(FOLDERS),  # type: ignore[arg-type]
            process_request=self._check,
            compression=None,
            ping_interval=None,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        assert self._server is not None
        port = next(iter(self._server.sockets)).getsockname()[1]
        return f"ws://127.0.0.1:{port}/ocpp/"

    def seen(self, action: str) -> list[dict[str, Any]]:
        return [payload for _, _, name, payload in self.calls if name == action]

    def ids(self, action: str) -> list[str]:
        return [message_id for _, message_id, name, _ in self.calls if name == action]

    def actions(self) -> list[str]:
        return [action for _, _, action, _ in self.calls]

    async def order(self, identity: str, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Send an order and return the validated answer."""
        socket = self.sockets[identity]
        assert socket.subprotocol is not None
        known = _has_schema(socket.subprotocol, action)
        if known:
            validator(socket.subprotocol, action, response=False).validate(payload)
        result = await self.raw_order(identity, action, payload)
        if known:
            validator(socket.subprotocol, action, response=True).validate(result)
        return result

    async def raw_order(
        self, identity: str, action: str, payload: object, *, within_s: float = 5
    ) -> dict[str, Any]:
        self._orders += 1
        message_id = f"csms-{self._orders}"
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._pending[message_id] = (action, answer)
        await self.sockets[identity].send(json.dumps([2, message_id, action, payload]))
        return await asyncio.wait_for(answer, within_s)

    def _check(self, connection: ServerConnection, request: Request) -> Response | None:
        self.handshakes += 1
        if self.passwords is None:
            return None
        given = request.headers.get("Authorization", "").removeprefix("Basic ")
        identity = request.path.rsplit("/", 1)[-1]
        wanted = base64.b64encode(f"{identity}:{self.passwords.get(identity)}".encode()).decode()
        return None if given == wanted else Response(401, "Unauthorized", Headers(), b"")

    async def _serve(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        identity = socket.request.path.rsplit("/", 1)[-1]
        self.sockets[identity] = socket
        try:
            async for data in socket:
                await self._receive(identity, socket, data)
        except ConnectionClosed:
            pass

    async def _receive(self, identity: str, socket: ServerConnection, data: str | bytes) -> None:
        try:
            message = json.loads(data)
        except ValueError:
            self.broken.append(str(data))
            return
        if message[0] == 2:
            await self._on_call(identity, socket, message)
        elif message[1] in self._pending:
            _, answer = self._pending.pop(message[1])
            if message[0] == 3:
                answer.set_result(message[2])
            else:
                answer.set_exception(OrderFailed(message[2], message[3]))

    async def _on_call(self, identity: str, socket: ServerConnection, message: list[Any]) -> None:
        _, message_id, action, payload = message
        subprotocol = socket.subprotocol or ""
        if not _has_schema(subprotocol, action):
            error = [4, message_id, "NotImplemented", action, {}]
            await socket.send(json.dumps(error))
            return
        fault = next(validator(subprotocol, action, response=False).iter_errors(payload), None)
        if fault is not None:
            self.faults.append(f"{action}: {fault.message} in {payload}")
        self.calls.append((identity, message_id, action, payload))
        if action in self.mute:
            return
        if self.refuse.get(action, 0) > 0:
            self.refuse[action] -= 1
            await socket.send(json.dumps([4, message_id, "InternalError", "busy", {}]))
            return
        answer = self._answer(action, payload)
        validator(subprotocol, action, response=True).validate(answer)
        await socket.send(json.dumps([3, message_id, answer]))

    def _answer(  # noqa: PLR0911 - one return an action
        self, action: str, payload: dict[str, Any]
    ) -> dict[str, Any]:
        match action:
            case "BootNotification":
                return {"currentTime": NOW, "interval": self.interval, "status": "Accepted"}
            case "Heartbeat":
                return {"currentTime": NOW}
            case "DataTransfer" | "NotifyEVChargingNeeds" | "NotifyEVChargingSchedule":
                return {"status": "Accepted"}
            case "Authorize" if "idTag" in payload:
                return {"idTagInfo": self._verdict(payload["idTag"])}
            case "Authorize":
                return {"idTokenInfo": self._verdict(payload["idToken"]["idToken"])}
            case "StartTransaction":
                key = json.dumps(payload, sort_keys=True)
                number = self._starts.setdefault(key, 1000 + len(self._starts))
                return {"transactionId": number, "idTagInfo": self._verdict(payload["idTag"])}
            case "TransactionEvent" if "idToken" in payload:
                return {"idTokenInfo": self._verdict(payload["idToken"]["idToken"])}
            case _:
                return {}

    def _verdict(self, token: str) -> dict[str, Any]:
        return {"status": "Blocked" if token in self.blocked else "Accepted"}


def _has_schema(subprotocol: str, action: str) -> bool:
    folder, suffix = FOLDERS[subprotocol]
    return (SCHEMAS / folder / "schemas" / f"{action}{suffix}.json").exists()
