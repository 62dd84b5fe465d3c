"""Security profile 3 from the first certificate to the next: shown, renewed, revoked, refused, replaced."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chargers.simulator import SimulatedStation
from chargers.simulator.certificates import CLIENT, KeyPair
from chargers.simulator.link import UnableToConnect
from csms.dev_tls import write_tls
from tests.journeys.site import Site
from tests.journeys.stations import eventually, past, simulated
from tests.journeys.test_certificates import renewed
from tests.support.servers import free_port

pytestmark = pytest.mark.asyncio


@dataclass(frozen=True)
class TlsSite:
    site: Site
    port: int
    directory: Path

    def station(
        self, identity: str, protocol: str, *, shows: KeyPair | None = None, key: str = ""
    ) -> SimulatedStation:
        """It dials by TLS and shows a certificate, a key, or both."""
        context = ssl.create_default_context(cafile=str(self.directory / "ca.pem"))
        if shows is not None:
            path = self.directory / f"{shows.chain[0].serial_number}.pem"
            path.write_text(shows.chain_pem + shows.key_pem)
            context.load_cert_chain(path)
        station = simulated(self.site.web, identity, protocol, tls=context, clock=past(hours=0))
        station.url = f"wss://127.0.0.1:{self.port}/ocpp/"
        station.password = key
        return station

    def revoke_by_api(self, certificate: str) -> None:
        path = f"certificates/{certificate}/revoke"
        status, answer = self.site.api("POST", path, {"reason": "Stolen"}, manages=True)
        assert status == 200, answer

    def trust_our_own_authority(self) -> None:
        """What an operator does once: add the root of its authority, restart."""
        root, trusted = self.site.do("own_root"), self.directory / "client-ca.pem"
        if root in trusted.read_text():
            return
        with trusted.open("a") as file:
            file.write(root)
        self.site.web.terminate()
        self.site.web.start()


@pytest.fixture(scope="module")
def tls_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsSite]:
    directory, port = tmp_path_factory.mktemp("tls"), free_port()
    paths = write_tls(directory, hosts=["127.0.0.1"], now=datetime.now(tz=UTC))
    trusted = directory / "client-ca.pem"
    trusted.write_bytes(paths["ca.pem"].read_bytes())
    settings = {
        "CSMS_TLS_PORT": str(port),
        "CSMS_TLS_CERTIFICATE": str(paths["server.pem"]),
        "CSMS_TLS_KEY": str(paths["server.key"]),
        "CSMS_TLS_CLIENT_CA": str(trusted),
    }
    with Site(tmp_path_factory.mktemp("tls-site"), settings=settings) as site:
        yield TlsSite(site, port, directory)


async def test_a_certificate_opens_until_it_is_revoked_and_the_renewed_one_opens_again(
    tls_site: TlsSite, protocol: str
) -> None:
    site, identity = tls_site.site, f"PROFILE-THREE-{protocol}"
    site.add_station(identity)
    # With its key first, for it has no certificate yet.
    async with simulated(site.web, identity, protocol, clock=past(hours=0)) as station:
        await station.boot()
        await renewed(site, station, identity)
        first = station.desk.certificates.active[CLIENT]
    tls_site.trust_our_own_authority()
    site.do("set_station", identity=identity, min_security_profile=3)

    async with tls_site.station(identity, protocol, shows=first) as station:
        await station.boot()
        assert site.do("profiles", identity=identity)[-1]["security_profile"] == 3
        # Renewed in time: over the old certificate, for a new key.
        await renewed(site, station, identity)
        second = station.desk.certificates.active[CLIENT]
        assert first.chain[0] != second.chain[0]

        old, _new = site.do("certificates", identity=identity)
        tls_site.revoke_by_api(old["pk"])
        await eventually(lambda: not station.connected)

    assert [row["status"] for row in site.do("certificates", identity=identity)] == [
        "revoked",
        "installed",
    ]
    with pytest.raises(UnableToConnect) as refused:
        await tls_site.station(identity, protocol, shows=first).connect()
    assert refused.value.status == 401
    await eventually(
        lambda: site.do("failed_handshakes", identity=identity),
        lambda found: found == {"no_credentials": 1},
    )

    async with tls_site.station(identity, protocol, shows=second) as station:
        await station.boot()
    (*_, last) = site.do("profiles", identity=identity)
    assert (last["security_profile"], last["tls_version"]) == (3, "TLSv1.3")
