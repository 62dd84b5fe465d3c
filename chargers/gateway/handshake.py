"""What a station's upgrade request says, read without trusting any of it. Pure."""

from __future__ import annotations

import base64
import binascii
import ssl
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
        has_header: there was an `Authorization` header of any kind.
        user_matches: the Basic user name is the identity.
        subprotocols: as offered, in order.
        remote_address: peer's IP address, empty when unknown.
        is_tls: it came by TLS, to us or to a proxy that is trusted to say so.
        tls_version: such as "TLSv1.3"; empty without TLS, or when a proxy does not say.
        certificate: DER of the client certificate that TLS has verified, else empty.
    """

    identity: str
    password: bytes | None = field(repr=False)
    has_header: bool
    user_matches: bool
    subprotocols: tuple[str, ...]
    remote_address: str
    is_tls: bool = False
    tls_version: str = ""
    certificate: bytes = field(default=b"", repr=False)


# What `csms.protocols` puts into the scope's extensions about the peer of the socket itself.
HOP = "stationmaster.hop"
TLS = "tls"
_TLS_VERSIONS = {0x0301: "TLSv1", 0x0302: "TLSv1.1", 0x0303: "TLSv1.2", 0x0304: "TLSv1.3"}
_MAX_CERTIFICATE = 20_000


def read_handshake(
    scope: Mapping[str, Any], *, certificate_header: str = "", version_header: str = ""
) -> Handshake:
    """Read an ASGI websocket scope (OCPP-J 1.6 §3.1, 2.0.1 part 4 §3).

    Args:
        certificate_header: in which a trusted proxy hands over the client certificate that it has
            verified (URL-encoded PEM); empty: none does. Of any other peer it is ignored.
        version_header: in which such a proxy tells the version of TLS.
    """
    identity = read_identity(scope.get("raw_path") or scope["path"].encode())
    headers = scope["headers"]
    user, password = read_basic_auth(headers)
    client = scope.get("client")
    extensions = scope.get("extensions") or {}
    tls = extensions.get(TLS) or {}
    by_proxy = bool((extensions.get(HOP) or {}).get("trusted")) and not tls
    certificate = (
        from_proxy(header_of(headers, certificate_header))
        if by_proxy
        else from_pem(next(iter(tls.get("client_cert_chain") or ()), ""))
    )
    told = header_of(headers, version_header).decode("ascii", "ignore")[:12] if by_proxy else ""
    return Handshake(
        identity=identity,
        password=password,
        has_header=any(name.lower() == b"authorization" for name, _ in headers),
        user_matches=bool(identity) and user == identity.encode(),
        subprotocols=tuple(scope.get("subprotocols") or ()),
        remote_address=client[0] if client else "",
        is_tls=scope.get("scheme") == "wss",
        tls_version=_TLS_VERSIONS.get(tls.get("tls_version", 0), "") if tls else told,
        certificate=certificate,
    )


def header_of(headers: Iterable[tuple[bytes, bytes]], name: str) -> bytes:
    """The only value of a header; of one that came twice, nothing is believed."""
    wanted = name.lower().encode()
    values = [value for key, value in headers if wanted and key.lower() == wanted]
    return values[0] if len(values) == 1 else b""


def from_proxy(value: bytes) -> bytes:
    """DER of a URL-encoded PEM certificate; empty when there is none, or nonsense."""
    return from_pem(unquote_to_bytes(value).decode("ascii", "ignore"))


def from_pem(text: str) -> bytes:
    """DER of a PEM certificate, the first when there are several; empty for anything else."""
    start, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    if len(text) > _MAX_CERTIFICATE or start not in text or end not in text:
        return b""
    body = text[text.index(start) :].partition(end)[0]
    try:
        return ssl.PEM_cert_to_DER_cert(f"{body}{end}")
    except ValueError:
        return b""


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
