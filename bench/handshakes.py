"""Upgrade requests that are wrong in some way, and broken frames below OCPP. Pure and seeded."""

from __future__ import annotations

import base64
import random
import struct
from collections.abc import Callable
from dataclasses import dataclass

_PATHS = [
    "/ocpp/ID",
    "/ocpp//ID",
    "///ID",
    "/ocpp/x/ID",
    "/ocpp/ID/",
    "/ocpp/ID%00",
    "/ocpp/%ff%fe",
    "/ocpp/%",
    "/ocpp/%2e%2e/ID",
    "/ocpp/ws://host/ocpp/ID",
    "/ocpp/" + "x" * 4_000,
    "/ocpp/",
    "/ocpp",
    "/ocpp/ID?x=1#y",
    "/ocpp/\u00fc",
    "/ocpp/ID\t",
    "*",
    "http://host/ocpp/ID",
]
_PROTOCOLS = [
    "ocpp1.6",
    "",
    ",",
    "ocpp1.5",
    "ocpp1.6, ocpp1.6",
    "\u00fc\u00e9",
    "x" * 5_000,
    "ocpp\x01",
]


@dataclass(frozen=True, slots=True)
class Knock:
    """One attempt on a socket.

    Attributes:
        request: bytes of the upgrade request.
        then: bytes to send after a 101; empty when the request is not to be let in.
        may_enter: whether it carries the right key.
        is_complete: whether the server has all it needs to answer.
    """

    request: bytes
    then: bytes = b""
    may_enter: bool = False
    is_complete: bool = True


class Knocker:
    """An endless source of knocks on the stations of a network."""

    def __init__(self, seed: int, identities: list[str], victim: tuple[str, str]) -> None:
        """`victim` is identity and key of the station whose sockets may be broken."""
        self._random = random.Random(seed)
        self._identities = identities
        self._victim = victim

    def knock(self) -> Knock:
        return self._random.choice(
            [self._stranger, self._stranger, self._half, self._eager, self._breaker]
        )()

    def _stranger(self) -> Knock:
        """A request without the right key, wrong in one to three further ways."""
        lines = self._lines(self._random.choice(self._identities), self._wrong_key())
        for _ in range(self._random.randint(0, 3)):
            lines = self._random.choice(_CHANGES)(self._random, lines)
        # A body that is announced and does not come keeps an ordinary request waiting.
        waits = any(line.startswith(("Content-Length: 5", "Transfer-")) for line in lines)
        return Knock(_text(lines), is_complete=not waits)

    def _half(self) -> Knock:
        """A request that ends before it is one."""
        whole = _text(self._lines(self._random.choice(self._identities), self._wrong_key()))
        return Knock(whole[: self._random.randrange(1, len(whole) - 1)], is_complete=False)

    def _eager(self) -> Knock:
        """Frames right behind the request, before it can have been answered."""
        lines = self._lines(self._random.choice(self._identities), self._wrong_key())
        frames = [frame(0x8A, b""), frame(0x81, _CALL), *BROKEN_FRAMES]
        return Knock(_text(lines) + self._random.choice(frames))

    def _breaker(self) -> Knock:
        """The right key, and then frames that RFC 6455 does not know."""
        identity, key = self._victim
        lines = self._lines(identity, base64.b64encode(f"{identity}:{key}".encode()).decode())
        return Knock(_text(lines), then=self._random.choice(BROKEN_FRAMES), may_enter=True)

    def _lines(self, identity: str, credentials: str) -> list[str]:
        return [
            f"GET /ocpp/{identity} HTTP/1.1",
            "Host: 127.0.0.1",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol: ocpp1.6",
            f"Authorization: Basic {credentials}",
        ]

    def _wrong_key(self) -> str:
        password = self._random.choice(["", "guess", "x" * 2_000, "\u00fc", "a:b", "\x00"])
        identity = self._random.choice([*self._identities, "", "nobody"])
        pair = self._random.choice([f"{identity}:{password}", identity, password])
        return base64.b64encode(pair.encode()).decode()


def _text(lines: list[str]) -> bytes:
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")


def _with_path(rng: random.Random, lines: list[str]) -> list[str]:
    identity = lines[0].split("/ocpp/")[-1].split(" ")[0] or "x"
    return [f"GET {rng.choice(_PATHS).replace('ID', identity)} HTTP/1.1", *lines[1:]]


def _with_protocol(rng: random.Random, lines: list[str]) -> list[str]:
    kept = [line for line in lines if not line.startswith("Sec-WebSocket-Protocol")]
    return [*kept, f"Sec-WebSocket-Protocol: {rng.choice(_PROTOCOLS)}"]


def _without_one(rng: random.Random, lines: list[str]) -> list[str]:
    if len(lines) < 2:
        return lines
    gone = rng.randrange(1, len(lines))
    return lines[:gone] + lines[gone + 1 :]


def _twice(rng: random.Random, lines: list[str]) -> list[str]:
    return [*lines, rng.choice(lines[1:] or lines)]


def _with_rubbish(rng: random.Random, lines: list[str]) -> list[str]:
    rubbish = rng.choice(
        [
            "X-Rubbish: " + "x" * 20_000,
            "no colon",
            ": no name",
            "X-Nul: a\x00b",
            " folded",
            "Transfer-Encoding: chunked",
            "Content-Length: 5",
            "Content-Length: -1",
            "Authorization: Bearer x",
            "Authorization: Basic !!!",
            "Authorization: Basic",
            "X_Forwarded_For: 1.2.3.4",
            "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99",
            "Sec-WebSocket-Version: 8",
            "Upgrade: h2c",
        ]
    )
    return [*lines, rubbish]


def _other_verb(rng: random.Random, lines: list[str]) -> list[str]:
    line = rng.choice(
        ["POST", "HEAD", "OPTIONS", "PRI * HTTP/2.0\r\n\r\nSM", "\x16\x03\x01", "get"]
    )
    return [lines[0].replace("GET", line, 1), *lines[1:]]


_CHANGES: list[Callable[[random.Random, list[str]], list[str]]] = [
    _with_path,
    _with_protocol,
    _without_one,
    _twice,
    _with_rubbish,
    _other_verb,
]


def frame(first: int, payload: bytes, *, masked: bool = True, length: int | None = None) -> bytes:
    """A WebSocket frame byte by byte (RFC 6455, 5.2); `length` may lie."""
    size = len(payload) if length is None else length
    flag = 0x80 if masked else 0
    if size < 126:
        head = bytes([first, flag | size])
    elif size < 2**16:
        head = bytes([first, flag | 126]) + struct.pack(">H", size)
    else:
        head = bytes([first, flag | 127]) + struct.pack(">Q", size)
    return head + (bytes(4) if masked else b"") + payload


_CALL = b'[2,"1","Heartbeat",{}]'
BROKEN_FRAMES = [
    frame(0xC1, _CALL),  # RSV1: compression that nobody agreed to (Q10)
    frame(0xA1, _CALL),
    frame(0x91, _CALL),
    frame(0x83, _CALL),  # opcodes that do not exist
    frame(0x8F, _CALL),
    frame(0x81, _CALL, masked=False),
    frame(0x80, _CALL),  # a continuation of nothing
    frame(0x01, _CALL[:5]) + frame(0x01, _CALL[5:]),
    frame(0x89, b"x" * 126),  # a ping that is too long
    frame(0x09, b"x"),  # and one in pieces
    frame(0x88, b"\x00"),
    frame(0x88, b"\x03\xe7bye"),
    frame(0x88, b"\x03\xe8\xff\xfe"),
    frame(0x81, b"", length=2**62),
    frame(0x81, b"", length=2**63),
    frame(0x81, b"\xc3\x28"),
    frame(0x81, _CALL)[:9],
    b"\x00" * 64,
    b"\xff" * 64,
    b"GET / HTTP/1.1\r\n\r\n",
]
