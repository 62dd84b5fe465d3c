"""Signing requests: taken in, refused, signed once, handed over, answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from accounts.models import Operator
from accounts.services.audit import Actor
from chargers import certificate_ports
from chargers.certificate_ports import Declined, Signed, SigningAnswer, SigningOrder, Waiting
from chargers.domain.certificates import CertificateUse, RootUse
from chargers.domain.commands import Outcome, OutcomeStatus
from chargers.domain.messages import SignCertificate
from chargers.domain.results import Result, SignCertificateResult
from chargers.events import CertificateRequested
from chargers.models import (
    CertificatePolicy,
    ChargingStation,
    OperatorAuthority,
    SigningRequest,
    StationCertificate,
    StationCommand,
)
from chargers.pki.pem import (
    read_certificate,
    read_certificates,
    read_request,
    to_der,
    to_pem,
)
from chargers.pki.verify import verify_chain
from chargers.services.certificates.client import find_client_certificate
from chargers.services.certificates.delivery import deliver_again
from chargers.services.certificates.development import DevelopmentAuthority
from chargers.services.certificates.requests import (
    MAX_PER_DAY,
    sign_pending_requests,
    sign_requested,
)
from chargers.services.certificates.roots import add_root
from chargers.services.command_queue import finish, time_out_commands
from chargers.services.handling import handle
from common.tenancy import operator_scope
from events.models import OutboxEvent
from tests.chargers.pki.support import authority as make_authority
from tests.chargers.pki.support import (
    csr,
    curve_key,
    of_version_3,
    rsa_key,
    with_broken_signature,
)
from tests.factories import NOW, StationFactory, context_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_scope")]

MINUTE = timedelta(minutes=1)
ACCEPTED = SignCertificateResult(accepted=True)


@pytest.fixture
def station(operator: Operator) -> ChargingStation:
    return StationFactory.create(operator=operator, identity="LC-0001", serial_number="SN-77")


@pytest.fixture
def authority() -> Any:
    """A CA that answers what a test tells it to; the development CA is back afterwards."""

    class Scripted:
        def __init__(self) -> None:
            self.orders: list[SigningOrder] = []
            self.answers: list[SigningAnswer | Exception] = []

        def sign(self, order: SigningOrder) -> SigningAnswer:
            self.orders.append(order)
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        def revoke(self, **_: Any) -> None:
            raise AssertionError

    scripted = Scripted()
    before = certificate_ports.certificate_authority()
    certificate_ports.set_certificate_authority(scripted)
    yield scripted
    certificate_ports.set_certificate_authority(before)


def say(station: ChargingStation, text: str, at: Any = NOW, **values: Any) -> Result:
    message = SignCertificate(csr=text, **values)
    return handle(message, station=context_of(station), received_at=at)


def published(kind: str) -> list[dict[str, Any]]:
    rows = OutboxEvent.objects.filter(kind=f"chargers.{kind}").order_by("pk")
    return [row.payload for row in rows]


def sign_all(at: Any = NOW) -> None:
    """What the worker does with the events."""
    for row in OutboxEvent.objects.filter(kind=CertificateRequested.kind).order_by("pk"):
        sign_requested(
            CertificateRequested(
                operator_id=row.operator_id, subject_id=row.subject_id, **row.payload
            ),
            at,
        )


def answer(command: StationCommand, status: str, at: Any = NOW, **detail: Any) -> None:
    outcome = Outcome(status=OutcomeStatus(status), raw_status=status, detail=detail)
    assert finish(command_id=command.pk, outcome=outcome, now=at)


# -- the good way --------------------------------------------------------------------------------


def test_from_the_request_to_the_handshake(station: ChargingStation) -> None:
    assert say(station, csr("LC-0001")) == ACCEPTED
    request = SigningRequest.objects.get()
    assert (request.state, request.subject, request.times_received) == ("pending", "CN=LC-0001", 1)
    assert not StationCertificate.objects.exists()

    sign_all()

    certificate = StationCertificate.objects.get()
    assert certificate.station == station
    assert (certificate.use, certificate.status) == ("ChargingStationCertificate", "issued")
    assert certificate.not_after == NOW + timedelta(days=settings.CERTIFICATE_DAYS)
    assert certificate.subject == "CN=LC-0001"
    command = StationCommand.objects.get()
    assert command.kind == "certificate_signed"
    leaf, sub = read_certificates(command.arguments["chain"])
    assert leaf.public_key() == read_request(csr("LC-0001")).public_key()
    root = read_certificate(OperatorAuthority.objects.get().root_pem)
    assert verify_chain(leaf, intermediates=[sub], roots=[root], now=NOW).fault is None

    answer(command, "accepted", NOW + MINUTE)

    certificate.refresh_from_db()
    request.refresh_from_db()
    assert (certificate.status, certificate.installed_at) == ("installed", NOW + MINUTE)
    assert request.state == "installed"
    found = find_client_certificate(to_der(leaf), now=NOW)
    assert found is not None
    assert found.station_id == station.pk
    assert published("certificate_requested") == [
        {"request_id": str(request.pk), "use": "ChargingStationCertificate"}
    ]
    serial = {"use": "ChargingStationCertificate", "serial_number": certificate.serial_number}
    assert published("certificate_issued") == [serial]
    assert published("certificate_installed") == [serial]


def test_by_serial_number_and_for_its_secc(station: ChargingStation) -> None:
    text = csr("SN-77")
    assert say(station, text, use=CertificateUse.V2G, request_ref=7) == ACCEPTED
    sign_all()
    command = StationCommand.objects.get()
    assert (command.arguments["use"], command.arguments["request_ref"]) == ("V2GCertificate", 7)
    assert OperatorAuthority.objects.get().purpose == "v2g"
    [leaf, _sub] = read_certificates(command.arguments["chain"])
    assert find_client_certificate(to_der(leaf), now=NOW) is None


def test_the_authoritys_keys_are_sealed(station: ChargingStation) -> None:
    say(station, csr("LC-0001"))
    sign_all()
    row = OperatorAuthority.objects.get()
    for sealed in (row.root_key_encrypted, row.sub_key_encrypted):
        assert "PRIVATE" not in sealed
        assert sealed.startswith("gAAAA")


def test_every_operator_has_its_own_authority(
    station: ChargingStation, other_operator: Operator
) -> None:
    say(station, csr("LC-0001"))
    sign_all()
    with operator_scope(other_operator.pk):
        other = StationFactory.create(operator=other_operator, identity="XX-0001")
        say(other, csr("XX-0001"))
    sign_all()
    assert StationCertificate.objects.count() == 1
    with operator_scope(other_operator.pk):
        own = StationCertificate.objects.get()
        assert own.issuer != StationCertificate.objects.get().subject
        assert OperatorAuthority.objects.count() == 1


def test_q85_a_request_of_version_3_is_signed_like_any_other(station: ChargingStation) -> None:
    key = curve_key("old")
    text = of_version_3(csr("LC-0001", key=key), key)
    assert say(station, text) == ACCEPTED
    assert say(station, text) == ACCEPTED
    sign_all()
    leaf, _ = read_certificates(StationCommand.objects.get().arguments["chain"])
    assert leaf.public_key() == key.public_key()
    assert SigningRequest.objects.get().subject == "CN=LC-0001"


@pytest.mark.parametrize(
    ("vendor", "length"), [("Open OCPP", 3), ("", 2)], ids=["known for it", "others"]
)
def test_q88_a_make_that_takes_no_chain_without_its_root(
    operator: Operator, vendor: str, length: int
) -> None:
    station = StationFactory.create(operator=operator, identity="LC-0001", vendor=vendor)
    # Another root of the same operator is none of this chain.
    other = to_pem([make_authority("Other").root])
    add_root(
        operator=operator,
        use=RootUse.CSMS,
        name="",
        pem=other,
        actor=Actor(label="tests"),
        now=NOW,
    )
    say(station, csr("LC-0001"))
    sign_all()
    chain = read_certificates(StationCommand.objects.get().arguments["chain"])
    root = read_certificate(OperatorAuthority.objects.get().root_pem)
    assert len(chain) == length
    assert (root in chain) == (length == 3)
    assert verify_chain(chain[0], intermediates=chain[1:2], roots=[root], now=NOW).fault is None
    # What is kept is the chain without it.
    assert len(read_certificates(StationCertificate.objects.get().chain_pem)) == 1


# -- refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (csr("LC-0002"), "wrong_subject"),
        (with_broken_signature(csr("LC-0001")), "bad_signature"),
        (csr("LC-0001", key=rsa_key(1024)), "weak_key"),
        (csr("LC-0001") + "x" * 6000, "too_long"),
        ("a\x00b", "unreadable"),
        ("\ud800", "unreadable"),
    ],
)
def test_a_wrong_request_is_refused_and_shown(
    station: ChargingStation, text: str, code: str
) -> None:
    result = say(station, text)
    assert isinstance(result, SignCertificateResult)
    assert not result.accepted
    assert result.reason_code == "".join(word.capitalize() for word in code.split("_"))
    row = SigningRequest.objects.get()
    assert (row.state, row.reason_code, row.reason) == ("refused", code, result.reason)
    assert published("certificate_refused") == [
        {
            "use": "ChargingStationCertificate",
            "code": code,
            "reason": result.reason,
            "by_station": False,
        }
    ]
    assert say(station, text) == result
    assert SigningRequest.objects.get().times_received == 2
    sign_all()
    assert sign_pending_requests(now=NOW) == 0
    assert not StationCertificate.objects.exists()
    assert not StationCommand.objects.exists()


def test_the_identity_of_another_station_is_refused(
    station: ChargingStation, operator: Operator
) -> None:
    StationFactory.create(operator=operator, identity="LC-0002")
    result = say(station, csr("LC-0002"))
    assert isinstance(result, SignCertificateResult)
    assert result.reason_code == "WrongSubject"


def test_the_organisation_that_the_operator_names(
    station: ChargingStation, operator: Operator
) -> None:
    CertificatePolicy.objects.create(operator=operator, organization="Nordlys")
    result = say(station, csr("LC-0001", organization="Other"))
    assert isinstance(result, SignCertificateResult)
    assert result.reason_code == "WrongOrganization"
    assert say(station, csr("LC-0001", organization="Nordlys")) == ACCEPTED


def test_a_station_that_asks_all_day(station: ChargingStation) -> None:
    for number in range(MAX_PER_DAY):
        say(station, f"nonsense {number}")
    result = say(station, csr("LC-0001"))
    assert isinstance(result, SignCertificateResult)
    assert result.reason_code == "TooManyRequests"
    assert SigningRequest.objects.count() == MAX_PER_DAY
    assert say(station, csr("LC-0001"), NOW + timedelta(days=1, seconds=1)) == ACCEPTED


# -- again and again -----------------------------------------------------------------------------


def test_the_same_request_is_signed_once(station: ChargingStation) -> None:
    for _ in range(3):
        assert say(station, csr("LC-0001")) == ACCEPTED
    sign_all()
    sign_all()
    assert sign_pending_requests(now=NOW) == 0
    assert SigningRequest.objects.get().times_received == 3
    assert StationCertificate.objects.count() == 1
    assert StationCommand.objects.count() == 1
    assert len(published("certificate_requested")) == 1


def test_the_same_request_later_brings_the_same_certificate(station: ChargingStation) -> None:
    say(station, csr("LC-0001"))
    sign_all()
    first = StationCommand.objects.get()
    assert say(station, csr("LC-0001").replace("\n", "\r\n")) == ACCEPTED
    assert StationCommand.objects.count() == 1, "one is on its way"
    answer(first, "accepted")

    assert say(station, csr("LC-0001"), request_ref=9) == ACCEPTED

    second = StationCommand.objects.exclude(pk=first.pk).get()
    assert second.arguments["chain"] == first.arguments["chain"]
    assert second.arguments["request_ref"] == 9
    assert StationCertificate.objects.count() == 1


def test_a_revoked_key_gets_nothing_more(station: ChargingStation) -> None:
    say(station, csr("LC-0001"))
    sign_all()
    StationCertificate.objects.update(status="revoked", revoked_at=NOW)
    result = say(station, csr("LC-0001"))
    assert isinstance(result, SignCertificateResult)
    assert result.reason_code == "KeyAlreadyUsed"
    assert StationCommand.objects.count() == 1
    same_key = say(station, csr("LC-0001", organization="Nordlys"))
    assert isinstance(same_key, SignCertificateResult)
    assert same_key.reason_code == "KeyRevoked"
    renewed = csr("LC-0001", key=curve_key("new"))
    assert say(station, renewed) == ACCEPTED


def test_a_station_that_refuses_its_certificate(station: ChargingStation) -> None:
    say(station, csr("LC-0001"))
    sign_all()
    info = {"reason_code": "InvalidCertificate", "additional_info": ""}
    answer(StationCommand.objects.get(), "rejected", status_info=info)
    assert StationCertificate.objects.get().status == "rejected"
    row = SigningRequest.objects.get()
    assert (row.state, row.reason_code, row.reason) == (
        "rejected",
        "rejected_by_station",
        "InvalidCertificate",
    )
    assert published("certificate_refused")[0]["by_station"] is True
    assert deliver_again(now=NOW + timedelta(hours=1)) == 0


@pytest.mark.parametrize("how", ["failed", "timed out"])
def test_a_lost_hand_over_is_repeated(station: ChargingStation, how: str) -> None:
    say(station, csr("LC-0001"))
    sign_all()
    lost_at = NOW + 10 * MINUTE
    if how == "failed":
        answer(StationCommand.objects.get(), "failed", lost_at)
    else:
        assert time_out_commands(now=lost_at) == 1
    assert StationCertificate.objects.get().status == "issued"
    assert deliver_again(now=lost_at + MINUTE) == 0

    station.connected_at = lost_at + 2 * MINUTE
    station.save(update_fields=["connected_at"])
    assert deliver_again(now=lost_at + 2 * MINUTE) == 1
    assert deliver_again(now=lost_at + 30 * MINUTE) == 0, "one is on its way"
    assert StationCommand.objects.count() == 2
    assert StationCertificate.objects.count() == 1
    time_out_commands(now=lost_at + 30 * MINUTE)
    assert deliver_again(now=NOW + timedelta(days=2)) == 0, "nobody waits for it any more"


def test_an_answer_names_only_certificates_of_its_station(
    station: ChargingStation, operator: Operator
) -> None:
    say(station, csr("LC-0001"))
    sign_all()
    other = StationFactory.create(operator=operator)
    StationCommand.objects.update(station=other)
    answer(StationCommand.objects.get(), "accepted")
    assert StationCertificate.objects.get().status == "issued"


# -- other authorities ---------------------------------------------------------------------------


def test_a_slow_authority(station: ChargingStation, authority: Any) -> None:
    say(station, csr("LC-0001"))
    request = SigningRequest.objects.get()
    authority.answers = [Waiting("order-5"), RuntimeError("away"), Waiting("order-5")]
    sign_all()
    assert sign_pending_requests(now=NOW) == 0
    assert sign_pending_requests(now=NOW) == 0
    assert [order.reference for order in authority.orders] == ["", "order-5", "order-5"]
    assert {order.request_id for order in authority.orders} == {request.pk}
    request.refresh_from_db()
    assert (request.state, request.external_ref) == ("pending", "order-5")

    authority.answers = [DevelopmentAuthority().sign(authority.orders[0])]
    assert sign_pending_requests(now=NOW) == 1
    assert StationCertificate.objects.count() == 1


def test_an_authority_that_declines(station: ChargingStation, authority: Any) -> None:
    say(station, csr("LC-0001"))
    authority.answers = [Declined("Not in this country.")]
    sign_all()
    row = SigningRequest.objects.get()
    assert (row.state, row.reason_code, row.reason) == (
        "refused",
        "ca_declined",
        "Not in this country.",
    )


def test_an_authority_that_signs_another_key(station: ChargingStation, authority: Any) -> None:
    say(station, csr("LC-0001"))
    order = SigningOrder(
        operator_id=station.operator_id,
        station_id=station.pk,
        request_id=SigningRequest.objects.get().pk,
        use=CertificateUse.CLIENT,
        csr_pem=csr("LC-0001", key=curve_key("other")),
        reference="",
        now=NOW,
    )
    authority.answers = [DevelopmentAuthority().sign(order), Signed("nonsense")]
    assert sign_pending_requests(now=NOW) == 0
    assert sign_pending_requests(now=NOW) == 0
    assert SigningRequest.objects.get().state == "pending"
    assert not StationCertificate.objects.exists()


def test_nothing_is_signed_by_itself_where_the_operator_wants_to_look(
    station: ChargingStation, operator: Operator, authority: Any
) -> None:
    CertificatePolicy.objects.create(operator=operator, sign_automatically=False)
    assert say(station, csr("LC-0001")) == ACCEPTED
    sign_all()
    assert sign_pending_requests(now=NOW) == 0
    assert authority.orders == []
    assert SigningRequest.objects.get().state == "pending"
