"""What a station's upgrade request says, read without trusting any of it. Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

_MAX_IDENTITY_LENGTH = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """An upgrade request to `/ocpp/<identity>`.

    Attributes:
        identity: percent-decoded once; empty when missing or unreadable.
        password: Basic-auth password as bytes (it may be raw, not UTF-8); None without the header.
        user_matches: the Basic user name is the identity.
        subprotocols: as offered, in order.
        remote_address: peer's IP address, empty when unknown.
    """

    identity: str
    password: bytes | None = field(repr=False)
    user_matches: bool
    subprotocols: tuple[str, ...]
    remote_address: str


def read_handshake(scope: Mapping[str, Any]) -> Handshake:
    """Read an ASGI websocket scope (OCPP-J 1.6 §3.1, 2.0.1 part 4 §3)."""
    identity = read_identity(scope.get("raw_path") or scope["path"].encode())
    user, password = read_basic_auth(scope["headers"])
    client = scope.get("client")
    return Handshake(
        identity=identity,
        password=password,
        user_matches=bool(identity) and user == identity.encode(),
        subprotocols=tuple(scope.get("subprotocols") or ()),
        remote_address=client[0] if client else "",
    )


def read_identity(raw_path: bytes) -> str:
    """The last non-empty segment of the path, percent-decoded exactly once.

    Stations send `///id`, extra segments or a whole URL inside the path (Q03).
    """
    segments = [segment for segment in raw_path.split(b"?")[0].split(b"/") if segment]
    if len(segments) < 2:
        return ""
    try:
        identity = unquote_to_bytes(segments[-1]).decode("utf-8")
    except UnicodeDecodeError:
        return ""
    if len(identity) > _MAX_IDENTITY_LENGTH or not identity.isprintable():
        return ""
    return identity


def read_basic_auth(headers: Iterable[tuple[bytes, bytes]]) -> tuple[bytes, bytes | None]:
    """User and password of an `Authorization: Basic` header, split at the first colon as bytes."""
    value = next((value for name, value in headers if name.lower() == b"authorization"), b"")
    scheme, _, encoded = value.partition(b" ")
    if scheme.lower() != b"basic":
        return b"", None
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return b"", None
    user, colon, password = decoded.partition(b":")
    return user, password if colon else None
