"""Firmware, logs and customers' data, from the wish to the last word of the station."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chargers.simulator import SimulatedStation
from tests.journeys.conftest import Dial
from tests.journeys.site import Site
from tests.journeys.stations import eventually
from tests.journeys.test_commands import finished

pytestmark = pytest.mark.asyncio

IMAGE = "https://images.example.org/fw-7.1.2.bin"
STEPS = ["Downloading", "Downloaded", "Installing", "Installed"]


async def test_a_firmware_update_to_its_end(
    site: Site, station: SimulatedStation, identity: str
) -> None:
    command = site.do("update_firmware", identity=identity, url=IMAGE)
    assert (await finished(site, command))["status"] == "accepted"
    await station.settle()
    (update,) = await eventually(
        lambda: site.do("firmware_updates", identity=identity),
        lambda rows: rows[0]["version_after"] != "",
    )
    words = [entry["status"] for entry in update["history"] if entry["status"] != "Accepted"]
    assert words == STEPS
    assert (update["state"], update["version_after"]) == ("succeeded", "7.1.2")
    assert update["version_before"] not in ("", "7.1.2")


async def test_a_signed_update_of_1_6(site: Site, dial: Dial, identity: str) -> None:
    station = dial(identity, "1.6")
    await station.connect()
    await station.boot()
    command = site.do(
        "update_firmware", identity=identity, url=IMAGE, certificate=certificate_pem()
    )
    assert (await finished(site, command))["status"] == "accepted"
    await station.settle()
    assert len(station.sent("SignedFirmwareStatusNotification")) == len(STEPS)
    (update,) = await eventually(
        lambda: site.do("firmware_updates", identity=identity),
        lambda rows: rows[0]["version_after"] == "7.1.2",
    )
    assert (update["state"], update["is_signed"]) == ("succeeded", True)


@pytest.mark.parametrize("log_type", ["DiagnosticsLog", "SecurityLog"])
async def test_a_log_is_uploaded(
    site: Site, station: SimulatedStation, identity: str, log_type: str
) -> None:
    command = site.do("get_log", identity=identity, log_type=log_type)
    assert (await finished(site, command))["status"] == "accepted"
    await station.settle()
    (upload,) = site.do("log_uploads", identity=identity)
    words = [entry["status"] for entry in upload["history"] if entry["status"] != "Accepted"]
    assert words == ["Uploading", "Uploaded"]
    assert (upload["state"], upload["log_type"]) == ("succeeded", log_type)
    assert upload["filename"].startswith("log-")


async def test_what_a_station_knows_of_a_customer(
    site: Site, dial: Dial, identity: str, card: str
) -> None:
    station = dial(identity, "2.0.1")
    await station.connect()
    await station.boot()
    await station.plug_in(1)
    await station.authorize_and_start(1, card)
    command = site.do("ask_about_customer", identity=identity, uid=card, clear=True)
    assert (await finished(site, command))["status"] == "accepted"
    await station.settle()
    assert site.do("customer_information", identity=identity) == [
        {"state": "succeeded", "data": "cache: Accepted"}
    ]
    assert card not in station.desk.local_list.cache


def certificate_pem() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Maker")])
    now = datetime.now(tz=UTC)
    builder = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=1,
        not_valid_before=now,
        not_valid_after=now + timedelta(days=1),
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
