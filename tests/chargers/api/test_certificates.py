"""Certificates over the API."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import AuditEntry, Operator
from chargers.models import (
    AuthorityPurpose,
    ChargingStation,
    InstalledCertificate,
    SigningRequest,
    StationCertificate,
    StationCommand,
)
from chargers.pki.pem import to_pem
from chargers.services.certificates.authorities import authority_of
from common.clock import utc_now
from common.tenancy import operator_scope
from tests.chargers.pki.support import authority, csr
from tests.chargers.services.certificates.test_staff import signed_elsewhere
from tests.factories import NOW, StationCertificateFactory, StationFactory
from tests.support.api import everything, with_key

pytestmark = pytest.mark.django_db

ROOT = to_pem([authority().root])


@pytest.fixture
def station(operator: Operator) -> ChargingStation:
    return StationFactory.create(operator=operator)


def waiting(station: ChargingStation) -> SigningRequest:
    with operator_scope(station.operator_id):
        return SigningRequest.objects.create(
            operator=station.operator,
            station=station,
            use="ChargingStationCertificate",
            csr_pem=csr("LC-0001"),
            csr_fingerprint="f" * 64,
            received_at=NOW,
        )


def test_certificates_are_listed_and_revoked(operator: Operator, station: ChargingStation) -> None:
    api = with_key(operator)
    row = StationCertificateFactory.create(station=station, serial_number="A1")
    StationCertificateFactory.create(station=StationFactory.create(operator=operator))
    listed = api.get("certificates", station=station.pk).json()["data"]
    assert [(one["id"], one["serial_number"], one["status"]) for one in listed] == [
        (str(row.pk), "A1", "issued")
    ]
    assert api.get("certificates", expires_before="2020-01-01T00:00:00Z").json()["data"] == []
    assert len(api.get("certificates", status="issued").json()["data"]) == 2
    revoked = api.post(f"certificates/{row.pk}/revoke", {"reason": "Stolen"})
    assert revoked.status_code == 200
    assert (revoked.json()["status"], revoked.json()["revocation_reason"]) == ("revoked", "Stolen")
    assert api.post(f"certificates/{row.pk}/revoke", {}).status_code == 409
    with operator_scope(operator.pk):
        assert AuditEntry.objects.get().action == "station_certificate.revoked"


def test_a_certificate_is_registered(operator: Operator, station: ChargingStation) -> None:
    api = with_key(operator)
    body = {"station_id": str(station.pk), "certificate": ROOT}
    made = api.post("certificates", body)
    assert made.status_code == 201
    assert api.get(f"certificates/{made.json()['id']}").json()["station_id"] == str(station.pk)
    again = api.post("certificates", body)
    assert again.status_code == 400
    assert again.json()["errors"][0]["name"] == "certificate"


def test_requests_are_signed_and_refused(operator: Operator, station: ChargingStation) -> None:
    api = with_key(operator)
    row = waiting(station)
    (listed,) = api.get("signing-requests", state="pending", station=station.pk).json()["data"]
    assert (listed["id"], listed["csr"]) == (str(row.pk), csr("LC-0001"))
    signed = api.post(f"signing-requests/{row.pk}/sign")
    assert (signed.status_code, signed.json()["state"]) == (200, "signed")
    assert api.post(f"signing-requests/{row.pk}/refuse", {}).status_code == 409
    assert api.get(f"signing-requests/{row.pk}").json()["state"] == "signed"


def test_a_request_is_refused(operator: Operator, station: ChargingStation) -> None:
    row = waiting(station)
    refused = with_key(operator).post(f"signing-requests/{row.pk}/refuse", {"reason": "No."})
    assert (refused.json()["state"], refused.json()["reason"]) == ("refused", "No.")


def test_roots(operator: Operator, station: ChargingStation) -> None:
    api = with_key(operator)
    body = {"use": "CSMSRootCertificate", "certificate": ROOT}
    made = api.post("trusted-roots", body)
    assert made.status_code == 201
    root = made.json()
    assert root["name"] == "O=Test Charging,CN=Test Root CA"
    assert api.post("trusted-roots", body).status_code == 400
    assert [one["id"] for one in api.get("trusted-roots").json()["data"]] == [root["id"]]
    assert api.get("trusted-roots", use="V2GRootCertificate").json()["data"] == []
    asked = api.post(f"trusted-roots/{root['id']}/install")
    assert asked.json() == {"asked": 1, "unreachable": 0}
    one = api.post(f"stations/{station.pk}/actions/install-certificate", {"root_id": root["id"]})
    assert one.status_code == 202
    assert one.json()["arguments"]["use"] == "CSMSRootCertificate"
    assert api.delete(f"trusted-roots/{root['id']}").status_code == 204
    assert api.get(f"trusted-roots/{root['id']}").status_code == 404


def test_what_a_station_holds(operator: Operator, station: ChargingStation) -> None:
    api = with_key(operator)
    with operator_scope(operator.pk):
        InstalledCertificate.objects.create(
            operator=operator,
            station=station,
            use="CSMSRootCertificate",
            hash_algorithm="SHA256",
            issuer_name_hash="aa",
            issuer_key_hash="bb",
            serial_number="1F",
            reported_at=NOW,
        )
    (held,) = api.get(f"stations/{station.pk}/installed-certificates").json()["data"]
    body = {name: held[name] for name in held if name not in {"use", "children", "reported_at"}}
    deleted = api.post(f"stations/{station.pk}/actions/delete-certificate", body)
    assert deleted.status_code == 202
    assert deleted.json()["arguments"] == {
        "algorithm": "SHA256",
        "issuer_name_hash": "aa",
        "issuer_key_hash": "bb",
        "serial_number": "1F",
    }
    read = api.post(f"stations/{station.pk}/actions/get-installed-certificate-ids")
    assert (read.status_code, read.json()["arguments"]) == (202, {"use": None})


def test_a_chain_signed_elsewhere(operator: Operator, station: ChargingStation) -> None:
    api = with_key(operator)
    row = waiting(station)
    path = f"stations/{station.pk}/actions/certificate-signed"
    wrong = api.post(path, {"request_id": str(row.pk), "chain": "nonsense"})
    assert (wrong.status_code, wrong.json()["errors"][0]["name"]) == (400, "chain")
    other = StationFactory.create(operator=operator)
    foreign = f"stations/{other.pk}/actions/certificate-signed"
    before = everything()
    chain = signed_elsewhere(at=utc_now())
    assert api.post(foreign, {"request_id": str(row.pk), "chain": chain}).status_code == 404
    assert everything() == before
    sent = api.post(path, {"request_id": str(row.pk), "chain": chain})
    assert sent.status_code == 202
    with operator_scope(operator.pk):
        certificate = StationCertificate.objects.get()
        command = StationCommand.objects.get()
    assert sent.json()["id"] == str(command.pk)
    assert command.arguments["certificate_id"] == str(certificate.pk)


def test_the_own_cas_without_their_keys(operator: Operator) -> None:
    with operator_scope(operator.pk):
        own = authority_of(operator_id=operator.pk, purpose=AuthorityPurpose.STATIONS, now=NOW)
    response: Any = with_key(operator).get("certificate-authorities")
    (shown,) = response.json()["data"]
    assert shown["root_certificate"] == to_pem([own.root])
    assert set(shown) == {
        "id", "purpose", "root_certificate", "sub_certificate", "not_after", "created_at",
    }  # fmt: skip
