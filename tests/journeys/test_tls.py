"""TLS of our own: security profiles 2 and 3 over real sockets, and peers that hang."""

from __future__ import annotations

import asyncio
import ssl
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidMessage, InvalidStatus
from websockets.typing import Subprotocol

from csms.dev_tls import Pair, make_authority, make_client, read_pair, write_tls
from tests.journeys.raw import basic
from tests.journeys.site import KEY, Site
from tests.journeys.stations import eventually
from tests.support.servers import free_port

pytestmark = pytest.mark.asyncio


@dataclass(frozen=True)
class Tls:
    site: Site
    port: int
    legacy_port: int
    directory: Path
    authority: Pair

    def trusting(self, client: Pair | None = None, *, is_old: bool = False) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.directory / "ca.pem"))
        if is_old:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                context.minimum_version = ssl.TLSVersion.TLSv1
                context.maximum_version = ssl.TLSVersion.TLSv1
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
        if client is not None:
            path = self.directory / f"{client.certificate.serial_number}.pem"
            path.write_bytes(client.pem() + client.key_pem())
            context.load_cert_chain(path)
        return context

    async def connects(
        self,
        identity: str,
        *,
        key: str | None = KEY,
        client: Pair | None = None,
        port: int | None = None,
        is_old: bool = False,
    ) -> int:
        """101, or the status of the refusal; `is_old` knows TLS 1.0 alone."""
        headers = {} if key is None else {"Authorization": basic(identity, key)}
        try:
            async with connect(
                f"wss://127.0.0.1:{port or self.port}/ocpp/{identity}",
                subprotocols=[Subprotocol("ocpp1.6")],
                additional_headers=headers,
                ssl=self.trusting(client, is_old=is_old),
                compression=None,
                proxy=None,
            ):
                return 101
        except InvalidStatus as error:
            return error.response.status_code

    def client(self, identity: str) -> Pair:
        """A certificate that is registered for this station."""
        made = make_client(self.authority, identity=identity, now=datetime.now(tz=UTC))
        self.site.do(
            "register_certificate",
            identity=identity,
            der_hex=made.certificate.public_bytes(serialization.Encoding.DER).hex(),
            not_before=made.certificate.not_valid_before_utc.isoformat(),
            not_after=made.certificate.not_valid_after_utc.isoformat(),
        )
        return made


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tls]:
    directory, port, legacy = tmp_path_factory.mktemp("tls"), free_port(), free_port()
    paths = write_tls(directory, hosts=["localhost", "127.0.0.1"], now=datetime.now(tz=UTC))
    authority = read_pair(paths["ca.pem"], paths["ca.key"])
    settings = {
        "CSMS_TLS_PORT": str(port),
        "CSMS_TLS_LEGACY_PORT": str(legacy),
        "CSMS_TLS_CERTIFICATE": str(paths["server.pem"]),
        "CSMS_TLS_KEY": str(paths["server.key"]),
        "CSMS_TLS_CLIENT_CA": str(paths["ca.pem"]),
    }
    with Site(tmp_path_factory.mktemp("tls-site"), settings=settings) as site:
        yield Tls(site, port, legacy, directory, authority)


def _station(tls: Tls, identity: str, **fields: object) -> str:
    tls.site.add_station(identity)
    if fields:
        tls.site.do("set_station", identity=identity, **fields)
    return identity


async def test_a_key_over_tls_is_profile_2(tls: Tls) -> None:
    identity = _station(tls, "TLS-TWO", min_security_profile=2)
    assert await tls.connects(identity) == 101
    (row,) = tls.site.do("profiles", identity=identity)
    assert (row["security_profile"], row["tls_version"]) == (2, "TLSv1.3")
    assert await tls.connects(identity, key="wrong-horse-battery") == 401


async def test_q11_a_station_that_knows_tls_1_0_alone(tls: Tls) -> None:
    """On the port for those, and on no other; what it came by is shown. Its key counts as ever."""
    identity = _station(tls, "TLS-OLD")
    with pytest.raises((ssl.SSLError, OSError, EOFError, InvalidMessage)):
        await tls.connects(identity, is_old=True)
    assert tls.site.do("profiles", identity=identity) == []

    assert await tls.connects(identity, port=tls.legacy_port, is_old=True) == 101
    (row,) = tls.site.do("profiles", identity=identity)
    assert (row["security_profile"], row["tls_version"]) == (2, "TLSv1")
    key = "wrong-horse-battery"
    assert await tls.connects(identity, port=tls.legacy_port, is_old=True, key=key) == 401
    # A station of today is served there like anywhere else.
    assert await tls.connects(identity, port=tls.legacy_port) == 101
    assert tls.site.do("profiles", identity=identity)[-1]["tls_version"] == "TLSv1.3"


async def test_a_certificate_opens_its_own_station_and_no_other(tls: Tls) -> None:
    mine = _station(tls, "TLS-THREE", min_security_profile=3)
    other = _station(tls, "TLS-OTHER")
    certificate = tls.client(mine)
    assert await tls.connects(mine, key=None, client=certificate) == 101
    assert tls.site.do("profiles", identity=mine)[-1]["security_profile"] == 3
    # A key alone is too little for this one; another one's certificate opens nothing.
    assert await tls.connects(mine) == 401
    assert await tls.connects(other, client=certificate) == 401
    assert await tls.connects(other, key=None, client=certificate) == 401
    await eventually(
        lambda: tls.site.do("failed_handshakes", identity=other),
        lambda found: found == {"wrong_certificate": 2},
    )

    tls.site.do("revoke_certificates", identity=mine)
    assert await tls.connects(mine, key=None, client=certificate) == 401


async def test_a_certificate_of_another_authority_does_not_even_shake_hands(tls: Tls) -> None:
    identity = _station(tls, "TLS-FORGED", min_security_profile=3)
    now = datetime.now(tz=UTC)
    forged = make_client(make_authority(now=now), identity=identity, now=now)
    with pytest.raises((ssl.SSLError, OSError, EOFError, InvalidMessage)):
        await tls.connects(identity, key=None, client=forged)
    assert tls.site.do("station", identity=identity)["connection_epoch"] == 0


async def test_headers_of_a_stranger_prove_nothing(tls: Tls) -> None:
    """`X-Forwarded-Proto` and a certificate in a header, on the plain port, of no trusted proxy."""
    identity = _station(tls, "TLS-HEADERS", min_security_profile=2)
    with pytest.raises(InvalidStatus) as refused:
        await connect(
            tls.site.web.ocpp_url + identity,
            subprotocols=[Subprotocol("ocpp1.6")],
            additional_headers={
                "Authorization": basic(identity, KEY),
                "X-Forwarded-Proto": "wss",
                "X-SSL-Client-Cert": "anything",
            },
            proxy=None,
        )
    assert refused.value.response.status_code == 401


async def test_who_says_nothing_is_closed_within_ten_seconds(tls: Tls) -> None:
    async def hangs(port: int, said: bytes) -> float:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        started = time.monotonic()
        writer.write(said)
        async with asyncio.timeout(15):
            try:
                while await reader.read(100):
                    pass
            except OSError:
                pass
        writer.close()
        return time.monotonic() - started

    plain = tls.site.web.port
    seconds = await asyncio.gather(
        hangs(plain, b""),
        hangs(plain, b"GET /ocpp/X HTTP/1.1\r\nHost: x\r\n"),
        hangs(tls.port, b""),
    )
    assert all(5 < each <= 10 for each in seconds), seconds
