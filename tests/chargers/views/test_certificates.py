"""The page Certificates, and the panel on a station's Security tab."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Operator, Role
from chargers.models import (
    AuthorityPurpose,
    CertificatePolicy,
    InstalledCertificate,
    SigningRequest,
    StationCertificate,
    StationCommand,
    TrustedRoot,
)
from chargers.pki.hashdata import hash_data
from chargers.pki.pem import to_pem
from chargers.services.certificates.authorities import authority_of
from common.clock import utc_now
from common.tenancy import operator_scope, system_scope
from tests.chargers.pki.support import authority, csr
from tests.chargers.views.conftest import LogIn, Site
from tests.factories import StationCertificateFactory, StationFactory
from tests.support.api import everything

pytestmark = pytest.mark.django_db

ROOT = to_pem([authority().root])


def add_root(client: Client) -> TrustedRoot:
    data = {"use": "MORootCertificate", "name": "Test MO", "certificate": ROOT}
    assert client.post("/certificates/roots/add/", data).status_code == 302
    with system_scope("tests"):
        return TrustedRoot.objects.get()


def waiting(site: Site) -> SigningRequest:
    with system_scope("tests"):
        return SigningRequest.objects.create(
            operator=site.station.operator,
            station=site.station,
            use="ChargingStationCertificate",
            csr_pem=csr("LC-0001"),
            csr_fingerprint="f" * 64,
            subject="CN=LC-0001",
            received_at=utc_now(),
        )


def test_empty_and_full(admin: Client, site: Site, operator: Operator) -> None:
    page = admin.get("/certificates/").content.decode()
    for words in ("Nothing expires soon", "No request waits", "No roots yet"):
        assert words in page
    StationCertificateFactory.create(station=site.station, not_after=utc_now() + timedelta(days=3))
    add_root(admin)
    waiting(site)
    with operator_scope(operator.pk):
        own = authority_of(
            operator_id=operator.pk, purpose=AuthorityPurpose.STATIONS, now=utc_now()
        )
    page = admin.get("/certificates/").content.decode()
    for words in ("Client certificate", "Test MO", "CN=LC-0001"):
        assert words in page
    file = admin.get("/certificates/ca/stations.pem")
    assert file.content.decode() == to_pem([own.root])
    assert file["Content-Disposition"] == 'attachment; filename="stations-root.pem"'
    for name in ("v2g", "nonsense"):
        assert admin.get(f"/certificates/ca/{name}.pem").status_code == 404


def test_roots(admin: Client, site: Site) -> None:
    root = add_root(admin)
    assert admin.post("/certificates/roots/install/", {"id": root.pk}).status_code == 302
    with system_scope("tests"):
        command = StationCommand.objects.get(kind="install_certificate")
    assert command.station_id == site.station.pk
    assert command.arguments["use"] == "MORootCertificate"
    assert admin.post("/certificates/roots/delete/", {"id": root.pk}).status_code == 302
    with system_scope("tests"):
        assert not TrustedRoot.objects.exists()


def test_a_wrong_root_names_the_field(admin: Client) -> None:
    data = {"use": "MORootCertificate", "certificate": "nonsense"}
    response = admin.post("/certificates/roots/add/", data)
    assert response.status_code == 200
    assert "There is no certificate in PEM form." in response.content.decode()


def test_requests_are_signed_or_refused(admin: Client, site: Site) -> None:
    row = waiting(site)
    assert admin.post("/certificates/requests/sign/", {"id": row.pk}).status_code == 302
    with system_scope("tests"):
        row.refresh_from_db()
        assert row.state == "signed"
        assert StationCertificate.objects.get().station_id == site.station.pk
    admin.post("/certificates/requests/refuse/", {"id": row.pk})
    with system_scope("tests"):
        row.refresh_from_db()
    assert row.state == "signed", "it waits no more"


def test_refused(admin: Client, site: Site) -> None:
    row = waiting(site)
    admin.post("/certificates/requests/refuse/", {"id": row.pk})
    with system_scope("tests"):
        row.refresh_from_db()
    assert row.state == "refused"


def test_policy(admin: Client) -> None:
    data = {"organization": "Nordlys", "renew_days": "14"}
    assert admin.post("/certificates/policy/", data).status_code == 302
    with system_scope("tests"):
        row = CertificatePolicy.objects.get()
    assert (row.organization, row.sign_automatically, row.renew_days) == ("Nordlys", False, 14)
    response = admin.post("/certificates/policy/", {"renew_days": "999"})
    assert response.status_code == 200


def test_the_panel_of_a_station(admin: Client, site: Site) -> None:
    path = f"/stations/{site.station.pk}/security/"
    page = admin.get(path).content.decode()
    assert "No certificates" in page
    assert "Not read yet" in page
    row = StationCertificateFactory.create(station=site.station, serial_number="A1B2")
    add_root(admin)
    data = hash_data(authority().root)
    with system_scope("tests"):
        held = InstalledCertificate.objects.create(
            operator=site.station.operator,
            station=site.station,
            use="MORootCertificate",
            hash_algorithm=data.algorithm,
            issuer_name_hash=data.issuer_name_hash.upper(),
            issuer_key_hash=data.issuer_key_hash,
            serial_number=data.serial_number,
            reported_at=utc_now(),
        )
    page = admin.get(path).content.decode()
    assert "A1B2" in page
    assert "Test MO" in page, "known by its hash data"
    delete = f"/stations/{site.station.pk}/commands/delete_certificate/"
    assert admin.post(delete, {"certificate": held.pk}).status_code == 302
    with system_scope("tests"):
        command = StationCommand.objects.get(kind="delete_certificate")
    assert command.arguments["issuer_name_hash"] == data.issuer_name_hash.upper()

    assert admin.post("/certificates/revoke/", {"id": row.pk}).status_code == 302
    with system_scope("tests"):
        row.refresh_from_db()
    assert row.status == "revoked"


def test_a_certificate_is_registered(admin: Client, site: Site) -> None:
    path = f"/stations/{site.station.pk}/certificates/register/"
    admin.post(path, {"certificate": ROOT})
    with system_scope("tests"):
        assert StationCertificate.objects.get().station_id == site.station.pk
    admin.post(path, {"certificate": ""})
    admin.post(path, {"certificate": ROOT})
    with system_scope("tests"):
        assert StationCertificate.objects.count() == 1


@pytest.mark.parametrize(
    "path",
    ["revoke", "requests/sign", "requests/refuse", "roots/delete", "roots/install"],
)
def test_other_operators_rows_do_not_exist(
    admin: Client, other_operator: Operator, path: str
) -> None:
    station = StationFactory.create(operator=other_operator)
    certificate = StationCertificateFactory.create(station=station)
    ids: list[Any] = [certificate.pk, "", "nonsense"]
    before = everything()
    for pk in ids:
        assert admin.post(f"/certificates/{path}/", {"id": pk}).status_code == 404
    assert everything() == before


@pytest.mark.parametrize(
    "path",
    [
        "revoke/",
        "requests/sign/",
        "requests/refuse/",
        "roots/add/",
        "roots/delete/",
        "roots/install/",
        "policy/",
    ],
)
def test_a_viewer_changes_nothing(as_role: LogIn, site: Site, path: str) -> None:
    viewer = as_role(Role.VIEWER)
    before = everything()
    assert viewer.post(f"/certificates/{path}", {}).status_code == 403
    register = f"/stations/{site.station.pk}/certificates/register/"
    assert viewer.post(register, {}).status_code == 403
    assert everything() == before
