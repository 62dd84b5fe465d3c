"""What staff does: sign, refuse, upload, register, revoke, trust; and what expires by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts.models import AuditEntry, Operator
from chargers import ports
from chargers.domain.certificates import CertificateUse, RootUse
from chargers.domain.commands import GetInstalledCertificateIds, Outcome, OutcomeStatus
from chargers.domain.messages import SignCertificate
from chargers.events import CommandFinished
from chargers.exceptions import UnableToChangeCertificate, UnableToCommand
from chargers.models import (
    CertificatePolicy,
    ChargingStation,
    InstalledCertificate,
    SigningRequest,
    StationCertificate,
    StationCommand,
    TrustedRoot,
)
from chargers.pki.authority import chain_pem, issue_station_certificate
from chargers.pki.csr import read_checked
from chargers.pki.hashdata import hash_data
from chargers.pki.pem import read_certificates, to_der, to_pem
from chargers.services.certificates import installed, policy, roots, staff
from chargers.services.certificates.client import find_client_certificate
from chargers.services.certificates.expiry import check_certificates
from chargers.services.command_queue import finish
from chargers.services.handling import handle
from common.tenancy import operator_scope
from events.models import OutboxEvent
from tests.chargers.pki.support import YEAR, authority, csr, curve_key
from tests.factories import (
    ACTOR,
    NOW,
    StationCertificateFactory,
    StationFactory,
    context_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_scope")]

DAY = timedelta(days=1)


@pytest.fixture
def station(operator: Operator) -> ChargingStation:
    return StationFactory.create(operator=operator, identity="LC-0001")


@pytest.fixture
def request_(station: ChargingStation) -> SigningRequest:
    """One that waits."""
    message = SignCertificate(csr=csr("LC-0001"))
    handle(message, station=context_of(station), received_at=NOW)
    return SigningRequest.objects.select_related("operator").get()


@pytest.fixture
def closed() -> Iterator[list[UUID]]:
    """Stations whose sockets were closed."""
    calls: list[UUID] = []

    class Waker:
        def wake(self, station_id: UUID) -> None:
            """Not looked at."""

        def disconnect(self, station_id: UUID) -> None:
            calls.append(station_id)

        def __getattr__(self, name: str) -> Any:
            raise AssertionError(name)

    before = ports.command_waker()
    ports.set_command_waker(Waker())
    yield calls
    ports.set_command_waker(before)


def signed_elsewhere(common_name: str = "LC-0001", at: datetime = NOW, label: str = "") -> str:
    checked = read_checked(csr(common_name, key=curve_key(label)))
    made = issue_station_certificate(authority(), checked, now=at, lifetime=YEAR)
    return chain_pem(authority(), made)


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def kinds() -> list[str]:
    rows = OutboxEvent.objects.order_by("pk").values_list("kind", flat=True)
    return [kind.removeprefix("chargers.") for kind in rows]


# -- requests by hand ----------------------------------------------------------------------------


def test_sign_by_hand(request_: SigningRequest, operator: Operator) -> None:
    CertificatePolicy.objects.create(operator=operator, sign_automatically=False)
    assert staff.sign_by_hand(request=request_, actor=ACTOR, now=NOW)
    request_.refresh_from_db()
    assert request_.state == "signed"
    assert StationCommand.objects.get().kind == "certificate_signed"
    assert actions() == ["signing_request.signed"]
    with pytest.raises(UnableToChangeCertificate, match="not waiting"):
        staff.sign_by_hand(request=request_, actor=ACTOR, now=NOW)


def test_refuse_by_hand(request_: SigningRequest) -> None:
    staff.refuse_by_hand(request=request_, reason=" Unknown site. ", actor=ACTOR, now=NOW)
    request_.refresh_from_db()
    assert (request_.state, request_.reason_code, request_.reason) == (
        "refused",
        "refused_by_operator",
        "Unknown site.",
    )
    assert kinds() == ["certificate_requested", "certificate_refused"]
    with pytest.raises(UnableToChangeCertificate):
        staff.refuse_by_hand(request=request_, reason="", actor=ACTOR, now=NOW)
    assert actions() == ["signing_request.refused"]


def test_upload_what_a_ca_elsewhere_signed(request_: SigningRequest) -> None:
    chain = signed_elsewhere()
    command = staff.hand_over(
        request=request_, chain_pem=chain + to_pem([authority().root]), actor=ACTOR, now=NOW
    )
    assert command.arguments["chain"] == chain, "without the root"
    row = StationCertificate.objects.get()
    assert (row.status, row.issuer) == ("issued", "O=Test Charging,CN=Test Sub CA")
    assert actions() == ["signing_request.chain_uploaded"]


@pytest.mark.parametrize(
    ("chain", "sentence"),
    [
        ("nonsense", "There is no certificate in PEM form."),
        (
            signed_elsewhere(label="other"),
            "The first certificate is not for the key of this request.",
        ),
        (
            signed_elsewhere() + to_pem([authority("Other").sub]),
            "Each certificate must be signed by the one after it.",
        ),
        (signed_elsewhere(at=NOW - 2 * YEAR), "The certificate is not valid now."),
        (signed_elsewhere(at=NOW + DAY), "The certificate is not valid now."),
    ],
)
def test_a_chain_that_does_not_fit(request_: SigningRequest, chain: str, sentence: str) -> None:
    with pytest.raises(UnableToChangeCertificate) as refused:
        staff.upload_chain(request=request_, chain_pem=chain, actor=ACTOR, now=NOW)
    assert refused.value.errors == {"chain": sentence}
    request_.refresh_from_db()
    assert request_.state == "pending"
    assert not StationCertificate.objects.exists()
    assert actions() == []


# -- registered by hand --------------------------------------------------------------------------


def test_a_station_that_came_with_a_certificate(station: ChargingStation) -> None:
    chain = signed_elsewhere("Maker-4711")
    row = staff.register_certificate(station=station, pem=chain, actor=ACTOR, now=NOW)
    assert (row.status, row.use, row.subject) == (
        "installed",
        CertificateUse.CLIENT,
        "CN=Maker-4711",
    )
    der = to_der(read_certificates(chain)[0])
    found = find_client_certificate(der, now=NOW)
    assert found is not None
    assert found.station_id == station.pk
    assert actions() == ["station_certificate.registered"]


def test_one_certificate_is_one_station(
    station: ChargingStation, operator: Operator, other_operator: Operator
) -> None:
    chain = signed_elsewhere("Maker-4711")
    with operator_scope(other_operator.pk):
        theirs = StationFactory.create(operator=other_operator)
        staff.register_certificate(station=theirs, pem=chain, actor=ACTOR, now=NOW)
    with pytest.raises(UnableToChangeCertificate, match="known already"):
        staff.register_certificate(station=station, pem=chain, actor=ACTOR, now=NOW)
    assert not StationCertificate.objects.exists()


@pytest.mark.parametrize("pem", ["", "nonsense", signed_elsewhere(at=NOW - 2 * YEAR)])
def test_what_is_not_registered(station: ChargingStation, pem: str) -> None:
    with pytest.raises(UnableToChangeCertificate) as refused:
        staff.register_certificate(station=station, pem=pem, actor=ACTOR, now=NOW)
    assert list(refused.value.errors) == ["certificate"]


# -- revoked -------------------------------------------------------------------------------------


def test_revoked_means_out_at_once(
    station: ChargingStation,
    closed: list[UUID],
    django_capture_on_commit_callbacks: Any,
) -> None:
    row = StationCertificateFactory.create(station=station)
    with django_capture_on_commit_callbacks(execute=True):
        staff.revoke_certificate(certificate=row, reason="Stolen", actor=ACTOR, now=NOW)
    row.refresh_from_db()
    assert (row.status, row.revoked_at, row.revocation_reason) == ("revoked", NOW, "Stolen")
    assert closed == [station.pk]
    assert actions() == ["station_certificate.revoked"]
    assert kinds() == ["certificate_revoked"]
    with pytest.raises(UnableToChangeCertificate, match="revoked already"):
        staff.revoke_certificate(certificate=row, reason="", actor=ACTOR, now=NOW)


def test_a_v2g_certificate_leaves_the_socket_alone(
    station: ChargingStation,
    closed: list[UUID],
    django_capture_on_commit_callbacks: Any,
) -> None:
    row = StationCertificateFactory.create(station=station, use="V2GCertificate")
    with django_capture_on_commit_callbacks(execute=True):
        staff.revoke_certificate(certificate=row, reason="", actor=ACTOR, now=NOW)
    assert closed == []


# -- roots ---------------------------------------------------------------------------------------


def add_root(operator: Operator, pem: str, use: RootUse = RootUse.CSMS) -> TrustedRoot:
    return roots.add_root(operator=operator, use=use, name="", pem=pem, actor=ACTOR, now=NOW)


def test_a_root_is_trusted_and_dropped(operator: Operator) -> None:
    root = add_root(operator, to_pem([authority().root]))
    assert root.name == root.subject == "O=Test Charging,CN=Test Root CA"
    with pytest.raises(UnableToChangeCertificate, match="trusted already"):
        add_root(operator, to_pem([authority().root]))
    add_root(operator, to_pem([authority().root]), RootUse.V2G)
    roots.delete_root(root=root, actor=ACTOR, now=NOW)
    assert [row.use for row in TrustedRoot.objects.all()] == ["V2GRootCertificate"]
    assert actions() == ["trusted_root.added", "trusted_root.added", "trusted_root.deleted"]


@pytest.mark.parametrize(
    ("pem", "sentence"),
    [
        ("nonsense", "There is no certificate in PEM form."),
        (to_pem([authority().root, authority().sub]), "There is more than one certificate."),
        (signed_elsewhere().split("-----END")[0] + "-----END CERTIFICATE-----", "no CA"),
    ],
)
def test_what_is_no_root(operator: Operator, pem: str, sentence: str) -> None:
    with pytest.raises(UnableToChangeCertificate) as refused:
        add_root(operator, pem)
    expected = "This is not the certificate of a CA." if sentence == "no CA" else sentence
    assert refused.value.errors == {"certificate": expected}
    assert not TrustedRoot.objects.exists()


def test_an_expired_root(operator: Operator) -> None:
    with pytest.raises(UnableToChangeCertificate, match="expired"):
        roots.add_root(
            operator=operator,
            use=RootUse.MO,
            name="",
            pem=to_pem([authority().root]),
            actor=ACTOR,
            now=NOW + 11 * YEAR,
        )


# -- what stations hold --------------------------------------------------------------------------


def answer(command: StationCommand, status: str = "accepted", **detail: Any) -> None:
    outcome = Outcome(status=OutcomeStatus(status), raw_status="", detail=detail)
    assert finish(command_id=command.pk, outcome=outcome, now=NOW)


def held() -> list[tuple[str, str]]:
    rows = InstalledCertificate.objects.order_by("pk")
    return [(row.use, row.serial_number) for row in rows]


def item(serial_number: str, use: str = "CSMSRootCertificate") -> dict[str, Any]:
    data = {
        "algorithm": "SHA256",
        "issuer_name_hash": "aa",
        "issuer_key_hash": "bb",
        "serial_number": serial_number,
    }
    return {"use": use, "hash_data": data, "children": []}


def test_a_root_is_installed_and_deleted(station: ChargingStation, operator: Operator) -> None:
    root = add_root(operator, to_pem([authority().root]))
    command = installed.install_root(station=station, root=root, actor=ACTOR, now=NOW)
    assert held() == []
    answer(command)
    assert held() == [("CSMSRootCertificate", root.serial_number)]
    row = InstalledCertificate.objects.get()
    assert row.hash_data == hash_data(authority().root)
    again = installed.install_root(station=station, root=root, actor=ACTOR, now=NOW)
    answer(again)
    assert len(held()) == 1

    other = StationFactory.create(operator=operator)
    with pytest.raises(UnableToChangeCertificate):
        installed.delete_installed(station=other, certificate=row, now=NOW)
    row = InstalledCertificate.objects.get()
    answer(installed.delete_installed(station=station, certificate=row, actor=ACTOR, now=NOW))
    assert held() == []


def test_a_refused_root_is_not_held(station: ChargingStation, operator: Operator) -> None:
    root = add_root(operator, to_pem([authority().root]))
    answer(installed.install_root(station=station, root=root, now=NOW), "rejected")
    assert held() == []


def test_roots_go_to_those_who_are_there(operator: Operator, station: ChargingStation) -> None:
    StationFactory.create(operator=operator, is_online=False)
    root = add_root(operator, to_pem([authority().root]))
    stations = ChargingStation.objects.select_related("operator")
    counts = installed.install_root_everywhere(stations=stations, root=root, now=NOW, actor=ACTOR)
    assert counts == (1, 1)
    assert StationCommand.objects.get().station_id == station.pk


def test_a_root_of_another_operator(station: ChargingStation, other_operator: Operator) -> None:
    with operator_scope(other_operator.pk):
        root = add_root(other_operator, to_pem([authority().root]))
    with pytest.raises(UnableToCommand, match="not known here"):
        installed.install_root(station=station, root=root, now=NOW)
    assert not StationCommand.objects.exists()


def test_a_list_replaces_what_it_is_about(station: ChargingStation) -> None:
    everything = [use.value for use in RootUse]
    first = installed.read_installed(station=station, now=NOW)
    answer(first, uses=everything, certificates=[item("1"), item("1"), item("2")], next=[])
    assert held() == [("CSMSRootCertificate", "1"), ("CSMSRootCertificate", "2")]
    second = installed.read_installed(station=station, now=NOW)
    mine = [item("3", "ManufacturerRootCertificate")]
    answer(second, uses=["ManufacturerRootCertificate"], certificates=mine, next=[])
    assert len(held()) == 3
    third = installed.read_installed(station=station, now=NOW)
    answer(third, uses=everything, certificates=[], next=[])
    assert held() == []


def test_kinds_that_are_told_one_by_one(station: ChargingStation) -> None:
    first = installed.read_installed(station=station, now=NOW)
    answer(first, uses=[], certificates=[], next=["ManufacturerRootCertificate"])
    event = CommandFinished(
        operator_id=station.operator_id,
        subject_id=first.pk,
        parent_id=station.pk,
        command=first.kind,
        status="accepted",
    )
    for _ in range(2):
        installed.ask_for_the_rest(event, NOW)
    second = StationCommand.objects.exclude(pk=first.pk).get()
    asked = GetInstalledCertificateIds.from_json(second.arguments)
    assert asked.use == "ManufacturerRootCertificate"


# -- expiry --------------------------------------------------------------------------------------


def expiring() -> list[int]:
    rows = OutboxEvent.objects.filter(kind="chargers.certificate_expiring").order_by("pk")
    return [row.payload["days"] for row in rows]


def asked() -> list[str]:
    rows = StationCommand.objects.order_by("pk")
    return [row.arguments["requested_message"] for row in rows]


def test_expiry_is_announced_at_each_threshold_once(station: ChargingStation) -> None:
    StationCertificateFactory.create(station=station, not_after=NOW)
    for days_left in (40, 31, 30, 29, 14, 8, 7, 1, 0, -1, -2):
        check_certificates(now=NOW - days_left * DAY)
    assert expiring() == [30, 14, 7, 0]


def test_who_looks_late_hears_of_the_last_threshold(station: ChargingStation) -> None:
    StationCertificateFactory.create(station=station, not_after=NOW + 3 * DAY)
    check_certificates(now=NOW)
    assert expiring() == [7]


@pytest.mark.parametrize("status", ["revoked", "rejected"])
def test_what_is_void_expires_unheard(station: ChargingStation, status: str) -> None:
    StationCertificateFactory.create(station=station, not_after=NOW + DAY, status=status)
    assert check_certificates(now=NOW) == (0, 0)


def test_a_later_certificate_makes_an_earlier_one_unimportant(station: ChargingStation) -> None:
    StationCertificateFactory.create(station=station, not_after=NOW + DAY)
    StationCertificateFactory.create(station=station, not_after=NOW + 300 * DAY)
    StationCertificateFactory.create(station=station, not_after=NOW + DAY, use="V2GCertificate")
    assert check_certificates(now=NOW) == (1, 1)
    assert asked() == ["SignV2GCertificate"]


def test_a_station_is_asked_for_a_new_request_once_a_day(station: ChargingStation) -> None:
    StationCertificateFactory.create(station=station, not_after=NOW + 20 * DAY)
    for hours in (0, 1, 23, 25):
        check_certificates(now=NOW + timedelta(hours=hours))
    assert asked() == ["SignChargingStationCertificate"] * 2
    handle(SignCertificate(csr=csr("LC-0001")), station=context_of(station), received_at=NOW)
    check_certificates(now=NOW + 3 * DAY)
    assert len(asked()) == 2, "its request waits"


@pytest.mark.parametrize("how", ["offline", "never"])
def test_who_is_not_asked(station: ChargingStation, operator: Operator, how: str) -> None:
    StationCertificateFactory.create(station=station, not_after=NOW + 20 * DAY)
    if how == "offline":
        ChargingStation.objects.update(is_online=False)
    else:
        CertificatePolicy.objects.create(operator=operator, renew_days=0)
    assert check_certificates(now=NOW) == (1, 0)


# -- policy --------------------------------------------------------------------------------------


def test_the_policy_is_changed(operator: Operator) -> None:
    assert policy.policy_of(operator_id=operator.pk).sign_automatically
    for organization in ("Nordlys", "Nordlys A/S"):
        policy.change_policy(
            operator=operator,
            organization=f" {organization} ",
            sign_automatically=False,
            renew_days=14,
            actor=ACTOR,
            now=NOW,
        )
    row = CertificatePolicy.objects.get()
    assert (row.organization, row.sign_automatically, row.renew_days) == ("Nordlys A/S", False, 14)
    assert actions() == ["certificate_policy.changed"] * 2


def test_a_policy_out_of_range(operator: Operator) -> None:
    with pytest.raises(UnableToChangeCertificate) as refused:
        policy.change_policy(
            operator=operator,
            organization="x" * 65,
            sign_automatically=True,
            renew_days=999,
            actor=ACTOR,
            now=NOW,
        )
    assert set(refused.value.errors) == {"organization", "renew_days"}
    assert not CertificatePolicy.objects.exists()
