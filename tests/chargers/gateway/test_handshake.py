from __future__ import annotations

import base64
import ssl
from typing import Any
from urllib.parse import quote

import pytest

from chargers.gateway.handshake import (
    HOP,
    Handshake,
    from_pem,
    read_basic_auth,
    read_handshake,
    read_identity,
)


def _basic(user: bytes, password: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"authorization", b"Basic " + base64.b64encode(user + b":" + password))]


def _scope(raw_path: bytes, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
    return {
        "raw_path": raw_path,
        "path": raw_path.decode(),
        "headers": headers,
        "client": ("127.0.0.1", 5000),
        "subprotocols": ["ocpp1.6"],
    }


@pytest.mark.parametrize(
    ("raw_path", "identity"),
    [
        (b"/ocpp/CP-1", "CP-1"),
        (b"/ocpp///CP_1", "CP_1"),
        (b"///ocpp/CP-1", "CP-1"),
        (b"/ocpp/extra/CP-1/", "CP-1"),
        (b"/ocpp/ws://host/CP-1", "CP-1"),
        (b"/ocpp/RDAM%7C123", "RDAM|123"),
        (b"/ocpp/a%2525b", "a%25b"),
        (b"/ocpp/CP-1?x=y", "CP-1"),
        (b"/ocpp/%ff", ""),
        (b"/ocpp/", ""),
        (b"/", ""),
        (b"", ""),
        (b"/ocpp/" + b"x" * 256, ""),
        (b"/ocpp/a%00b", ""),
    ],
)
def test_q03_identity_is_the_last_segment_decoded_once(raw_path: bytes, identity: str) -> None:
    assert read_identity(raw_path) == identity


def test_user_must_be_the_decoded_identity() -> None:
    handshake = read_handshake(_scope(b"/ocpp/RDAM%7C1", _basic(b"RDAM|1", b"key")))

    assert handshake.user_matches
    assert handshake.password == b"key"
    assert handshake.identity == "RDAM|1"
    assert handshake.subprotocols == ("ocpp1.6",)
    assert handshake.remote_address == "127.0.0.1"


def test_another_user_or_case_does_not_match() -> None:
    assert not read_handshake(_scope(b"/ocpp/CP1", _basic(b"cp1", b"key"))).user_matches
    assert not read_handshake(_scope(b"/ocpp/", _basic(b"", b"key"))).user_matches


def test_the_password_never_shows_in_a_repr() -> None:
    handshake = read_handshake(_scope(b"/ocpp/CP1", _basic(b"CP1", b"sesame-open")))

    assert "sesame" not in repr(handshake)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([], (b"", None)),
        ([(b"authorization", b"Bearer abc")], (b"", None)),
        ([(b"authorization", b"Basic !!!")], (b"", None)),
        ([(b"authorization", b"Basic")], (b"", None)),
        ([(b"Authorization", b"basic " + base64.b64encode(b"u:p"))], (b"u", b"p")),
        (_basic(b"u", b"a:b:c"), (b"u", b"a:b:c")),
        (_basic(b"u", b"\xff\x00raw"), (b"u", b"\xff\x00raw")),
        ([(b"authorization", b"Basic " + base64.b64encode(b"nocolon"))], (b"nocolon", None)),
    ],
)
def test_q04_basic_auth_is_split_at_the_first_colon_as_bytes(
    headers: list[tuple[bytes, bytes]], expected: tuple[bytes, bytes | None]
) -> None:
    assert read_basic_auth(headers) == expected


# -- TLS and proxies -----------------------------------------------------------------------------

DER = b"\x30\x03\x02\x01\x01"
PEM = ssl.DER_cert_to_PEM_cert(DER)


def _behind(trusted: bool, *headers: tuple[bytes, bytes], **more: Any) -> Handshake:
    scope = _scope(b"/ocpp/CP1", list(headers))
    scope["extensions"] = {HOP: {"trusted": trusted}, **more.pop("extensions", {})}
    return read_handshake(
        {**scope, **more}, certificate_header="X-SSL-Client-Cert", version_header="X-TLS-Version"
    )


def test_a_trusted_proxy_hands_over_the_certificate() -> None:
    header = (b"x-ssl-client-cert", quote(PEM).encode())
    told = (b"x-tls-version", b"TLSv1.2")
    handshake = _behind(True, header, told, scheme="wss")
    assert (handshake.certificate, handshake.is_tls, handshake.tls_version) == (
        DER,
        True,
        "TLSv1.2",
    )


def test_nobody_else_does() -> None:
    header = (b"x-ssl-client-cert", quote(PEM).encode())
    handshake = _behind(False, header, (b"x-tls-version", b"TLSv1.2"), scheme="ws")
    assert (handshake.certificate, handshake.is_tls, handshake.tls_version) == (b"", False, "")
    # Twice: one of them is the client's own.
    assert _behind(True, header, header).certificate == b""
    assert read_handshake(_scope(b"/ocpp/CP1", [header])).certificate == b""


def test_the_sockets_own_tls_comes_before_any_header() -> None:
    header = (b"x-ssl-client-cert", quote(PEM).encode())
    tls = {"client_cert_chain": [], "tls_version": 0x0304}
    handshake = _behind(True, header, scheme="wss", extensions={"tls": tls})
    assert (handshake.certificate, handshake.tls_version) == (b"", "TLSv1.3")
    tls = {"client_cert_chain": [PEM], "tls_version": 0x0303}
    handshake = _behind(False, scheme="wss", extensions={"tls": tls})
    assert (handshake.certificate, handshake.tls_version) == (DER, "TLSv1.2")


@pytest.mark.parametrize(
    "text", ["", "nonsense", "-----BEGIN CERTIFICATE-----", PEM[:-20], "x" * 30_000]
)
def test_what_is_no_certificate(text: str) -> None:
    assert from_pem(text) == b""
