"""Certificates on both versions: asked for, signed, handed over, installed, listed, deleted, revoked."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.hashes import SHA256

from chargers.simulator import SimulatedStation
from chargers.simulator.certificates import CLIENT, CertificateStore
from chargers.simulator.neutral import Raw
from tests.chargers.pki.support import csr, rsa_key, with_broken_signature
from tests.journeys.conftest import Dial
from tests.journeys.site import Site
from tests.journeys.stations import eventually, past
from tests.journeys.test_commands import finished

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def station(dial: Dial, identity: str, protocol: str) -> SimulatedStation:
    """Its clock is right: a station that is late refuses what is not valid yet."""
    made = dial(identity, protocol, clock=past(hours=0))
    await made.connect()
    await made.boot()
    return made


async def renewed(site: Site, station: SimulatedStation, identity: str) -> dict[str, Any]:
    """Trigger a request, have it signed, wait until the station holds the certificate."""
    command = site.do("request_renewal", identity=identity)
    assert (await finished(site, command))["status"] == "accepted"
    await station.settle()
    site.do("sign_pending")
    rows: list[dict[str, Any]] = await eventually(
        lambda: site.do("certificates", identity=identity),
        lambda rows: bool(rows) and rows[-1]["status"] == "installed",
    )
    return rows[-1]


async def test_from_the_trigger_to_the_installed_certificate(
    site: Site, station: SimulatedStation, identity: str
) -> None:
    row = await renewed(site, station, identity)

    pair = station.desk.certificates.active[CLIENT]
    assert pair.chain[0].fingerprint(SHA256()).hex() == row["fingerprint"]
    assert station.desk.certificates.pending == {}
    (request,) = site.do("signing_requests", identity=identity)
    assert (request["state"], request["subject"]) == ("installed", f"CN={identity}")

    second = await renewed(site, station, identity)
    assert second["fingerprint"] != row["fingerprint"]
    assert len(site.do("certificates", identity=identity)) == 2


async def test_wrong_requests_are_refused(
    site: Site, station: SimulatedStation, identity: str
) -> None:
    for text, code in (
        (csr("JOURNEY-OF-ANOTHER"), "wrong_subject"),
        (with_broken_signature(csr(identity)), "bad_signature"),
        (csr(identity, key=rsa_key(1024)), "weak_key"),
        (csr(identity) + " " * 5500, "too_long"),
    ):
        reply = await station.call(Raw("SignCertificate", {"csr": text}))
        assert reply.status == "Rejected"
        assert site.do("signing_requests", identity=identity)[-1]["reason_code"] == code
    site.do("sign_pending")
    assert site.do("certificates", identity=identity) == []


async def test_the_same_request_twice_is_one_certificate(
    site: Site, station: SimulatedStation, identity: str
) -> None:
    text = station.desk.certificates.make_request(identity)
    for _ in range(2):
        reply = await station.call(Raw("SignCertificate", {"csr": text}))
        assert reply.status == "Accepted"
    site.do("sign_pending")
    rows = await eventually(
        lambda: site.do("certificates", identity=identity),
        lambda rows: bool(rows) and rows[-1]["status"] == "installed",
    )
    assert len(rows) == 1
    (request,) = site.do("signing_requests", identity=identity)
    assert request["times_received"] == 2


async def test_a_station_refuses_what_is_not_for_its_key(
    site: Site, station: SimulatedStation, identity: str
) -> None:
    stranger = CertificateStore().make_request(identity)
    station.desk.certificates.make_request(identity)
    reply = await station.call(Raw("SignCertificate", {"csr": stranger}))
    assert reply.status == "Accepted"
    site.do("sign_pending")
    rows = await eventually(
        lambda: site.do("certificates", identity=identity),
        lambda rows: bool(rows) and rows[-1]["status"] == "rejected",
    )
    assert len(rows) == 1
    assert site.do("signing_requests", identity=identity)[0]["state"] == "rejected"


async def test_a_root_is_installed_listed_and_deleted(
    site: Site, station: SimulatedStation, identity: str
) -> None:
    await renewed(site, station, identity)  # so that there is a CA
    install = site.do("install_own_root", identity=identity)
    assert (await finished(site, install))["status"] == "accepted"
    (installed,) = site.do("installed_certificates", identity=identity)
    assert installed[0] == "CSMSRootCertificate"

    read = site.do("read_installed", identity=identity)
    assert (await finished(site, read))["status"] == "accepted"
    assert site.do("installed_certificates", identity=identity) == [installed]

    delete = site.do("delete_installed", identity=identity)
    assert (await finished(site, delete))["status"] == "accepted"
    assert site.do("installed_certificates", identity=identity) == []
    assert station.desk.certificates.roots == []


async def test_revoked_closes_the_socket(
    site: Site, station: SimulatedStation, identity: str
) -> None:
    await renewed(site, station, identity)
    epoch = site.do("station", identity=identity)["connection_epoch"]
    site.do("revoke", identity=identity)
    if not site.is_embedded:  # the second process reaches the socket over Redis alone
        await eventually(
            lambda: site.do("station", identity=identity),
            lambda row: not row["is_online"] or row["connection_epoch"] > epoch,
        )
    assert site.do("certificates", identity=identity)[0]["status"] == "revoked"
