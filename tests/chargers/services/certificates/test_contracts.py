"""Plug & Charge: contract certificates issued, shown, revoked; what a station may ask about them."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import IdToken, Operator
from chargers.domain.certificates import (
    CertificateUse,
    ContractCertificateStatus,
    EvCertificateAction,
    HashAlgorithm,
    HashData,
    RevocationStatus,
)
from chargers.domain.messages import (
    Authorize,
    CertificateQuery,
    GetCertificateChainStatus,
    GetCertificateStatus,
    GetEvCertificate,
    IdTokenRef,
    SignCertificate,
)
from chargers.domain.results import (
    AuthorizeResult,
    CertificateChainStatusResult,
    CertificateStatusResult,
    EvCertificateResult,
)
from chargers.models import (
    AuthorityPurpose,
    ChargingStation,
    ContractCertificate,
    ContractState,
    OperatorAuthority,
    SigningRequest,
    StationCertificate,
    TrustedRoot,
)
from chargers.pki import ocsp
from chargers.pki.authority import issue_contract_certificate
from chargers.pki.contracts import make_request, read_response
from chargers.pki.hashdata import chain_hash_data, hash_data
from chargers.pki.pem import facts, read_certificate, to_pem
from chargers.services.certificates.requests import sign_request
from chargers.services.handling import handle
from common.tenancy import operator_scope
from tests.chargers.pki.support import YEAR, authority, csr, curve_key
from tests.factories import NOW, IdTokenFactory, StationFactory, context_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_scope")]

EMAID = "DKABCC00000001"
S = ContractCertificateStatus


@pytest.fixture
def station(operator: Operator) -> ChargingStation:
    return StationFactory.create(operator=operator, identity="LC-0001")


@pytest.fixture
def token(operator: Operator) -> IdToken:
    return IdTokenFactory.create(operator=operator, uid=EMAID, type="eMAID")


def say(station: ChargingStation, message: Any, at: datetime = NOW) -> Any:
    return handle(message, station=context_of(station, "ocpp2.0.1"), received_at=at)


def ask(station: ChargingStation, exi: str) -> EvCertificateResult:
    message = GetEvCertificate(
        exi_request=exi,
        schema_version="urn:iso:15118:2:2013:MsgDef",
        action=EvCertificateAction.INSTALL,
    )
    result = say(station, message)
    assert isinstance(result, EvCertificateResult)
    return result


def contract(station: ChargingStation) -> list[Any]:
    """The chain that a vehicle gets."""
    result = ask(station, make_request(emaid=EMAID, key=curve_key("car")))
    assert result.accepted
    return read_response(result.exi_response)


def show(
    station: ChargingStation, chain: list[Any], uid: str = EMAID, at: datetime = NOW
) -> tuple[str, str | None]:
    """What Authorize says of token and certificate (central validation)."""
    message = Authorize(id_token=IdTokenRef(uid=uid, type="eMAID"), certificate=to_pem(chain))
    result = say(station, message, at)
    assert isinstance(result, AuthorizeResult)
    status = result.certificate_status
    return result.token.status.value, status.value if status else None


def show_hashes(station: ChargingStation, hashes: list[HashData]) -> tuple[str, str | None]:
    """The same where the station has verified the chain itself."""
    message = Authorize(
        id_token=IdTokenRef(uid=EMAID, type="eMAID"), certificate_hashes=tuple(hashes)
    )
    result = say(station, message)
    assert isinstance(result, AuthorizeResult)
    return result.token.status.value, str(result.certificate_status)


def hashes_of(chain: list[Any]) -> list[HashData]:
    row = OperatorAuthority.objects.get(purpose=AuthorityPurpose.CONTRACTS)
    return chain_hash_data(chain, read_certificate(row.root_pem))


# -- issued --------------------------------------------------------------------------------------


def test_a_contract_certificate_for_a_known_emaid(station: ChargingStation, token: IdToken) -> None:
    leaf, sub = contract(station)
    row = ContractCertificate.objects.get()
    assert (row.emaid, row.state) == (EMAID, "active")
    assert row.fingerprint == facts(leaf).fingerprint
    assert leaf.public_key() == curve_key("car").public_key()
    leaf.verify_directly_issued_by(sub)


@pytest.mark.parametrize("values", [{"uid": "DKABCC0000009"}, {"is_blocked": True}])
def test_nobody_elses(station: ChargingStation, token: IdToken, values: dict[str, Any]) -> None:
    IdToken.objects.update(**values)
    assert ask(station, make_request(emaid=EMAID, key=curve_key("car"))) == EvCertificateResult(
        accepted=False
    )
    assert not ContractCertificate.objects.exists()


def test_a_token_of_another_operator_is_no_contract(
    station: ChargingStation, other_operator: Operator
) -> None:
    IdTokenFactory.create(operator=other_operator, uid=EMAID)
    assert not ask(station, make_request(emaid=EMAID, key=curve_key("car"))).accepted


def test_what_a_real_vehicle_sends_is_not_understood(
    station: ChargingStation, token: IdToken
) -> None:
    assert ask(station, base64.b64encode(b"\x80\x98EXI").decode()) == EvCertificateResult(
        accepted=False
    )


# -- shown with the certificate ------------------------------------------------------------------


def test_a_good_contract(station: ChargingStation, token: IdToken) -> None:
    chain = contract(station)
    assert show(station, chain) == ("Accepted", "Accepted")
    assert show(station, chain, uid="dkabcc00000001") == ("Accepted", "Accepted")


def test_no_certificate_no_verdict(station: ChargingStation, token: IdToken) -> None:
    result = say(station, Authorize(id_token=IdTokenRef(uid=EMAID, type="eMAID")))
    assert result.certificate_status is None
    assert result.token.status == "Accepted"


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (ContractState.REVOKED, "CertificateRevoked"),
        (ContractState.CANCELLED, "ContractCancelled"),
    ],
)
def test_a_contract_that_ended(
    station: ChargingStation, token: IdToken, state: str, status: str
) -> None:
    chain = contract(station)
    ContractCertificate.objects.update(state=state)
    assert show(station, chain) == ("Invalid", status)


def test_an_expired_certificate(station: ChargingStation, token: IdToken) -> None:
    chain = contract(station)
    assert show(station, chain, at=NOW + timedelta(days=731)) == ("Invalid", "CertificateExpired")
    assert show(station, chain, at=NOW - timedelta(days=1)) == ("Invalid", "CertChainError")


def test_a_blocked_token_stays_blocked(station: ChargingStation, token: IdToken) -> None:
    chain = contract(station)
    IdToken.objects.update(is_blocked=True)
    assert show(station, chain) == ("Blocked", "Accepted")


def test_a_certificate_of_somebody_else(
    station: ChargingStation, token: IdToken, operator: Operator
) -> None:
    chain = contract(station)
    IdTokenFactory.create(operator=operator, uid="DKABCC00000002")
    assert show(station, chain, uid="DKABCC00000002") == ("Invalid", "CertChainError")


def test_a_chain_that_nobody_trusts(station: ChargingStation, token: IdToken) -> None:
    own = authority("Somebody")
    leaf = issue_contract_certificate(
        own, emaid=EMAID, public_key=curve_key("car").public_key(), now=NOW, lifetime=YEAR
    )
    chain = [leaf, own.sub]
    assert show(station, chain) == ("Invalid", "CertChainError")
    assert show(station, [*chain, own.root]) == ("Invalid", "CertChainError")

    trust(station.operator, own.root)
    assert show(station, chain) == ("Accepted", "Accepted")
    assert show(station, [leaf]) == ("Invalid", "CertChainError")


def test_a_root_of_another_operator_is_not_trusted(
    station: ChargingStation, token: IdToken, other_operator: Operator
) -> None:
    own = authority("Somebody")
    leaf = issue_contract_certificate(
        own, emaid=EMAID, public_key=curve_key("car").public_key(), now=NOW, lifetime=YEAR
    )
    with operator_scope(other_operator.pk):
        trust(other_operator, own.root)
    assert show(station, [leaf, own.sub]) == ("Invalid", "CertChainError")


def trust(operator: Operator, root: Any, use: str = "MORootCertificate") -> None:
    found = facts(root)
    TrustedRoot.objects.create(
        operator=operator,
        use=use,
        name="Root",
        subject=found.subject,
        serial_number=found.serial_number,
        fingerprint=found.fingerprint,
        not_before=found.not_before,
        not_after=found.not_after,
        pem=to_pem([root]),
        created_at=NOW,
    )


@pytest.mark.parametrize("text", ["nonsense", "-----BEGIN CERTIFICATE-----\nQ\n"])
def test_an_unreadable_certificate(station: ChargingStation, token: IdToken, text: str) -> None:
    message = Authorize(id_token=IdTokenRef(uid=EMAID, type="eMAID"), certificate=text)
    assert say(station, message).certificate_status is S.CHAIN_ERROR


# -- shown by hash data --------------------------------------------------------------------------


def test_hash_data_of_a_good_contract(station: ChargingStation, token: IdToken) -> None:
    assert show_hashes(station, hashes_of(contract(station))) == ("Accepted", "Accepted")


def test_hash_data_of_a_revoked_one(station: ChargingStation, token: IdToken) -> None:
    hashes = hashes_of(contract(station))
    ContractCertificate.objects.update(state=ContractState.REVOKED)
    assert show_hashes(station, hashes) == ("Invalid", "CertificateRevoked")


def test_hash_data_that_nobody_knows(station: ChargingStation, token: IdToken) -> None:
    """A good chain with one stranger in it is not good."""
    hashes = hashes_of(contract(station))
    stranger = hash_data(authority("Somebody").sub, authority("Somebody").root)
    assert show_hashes(station, [*hashes, stranger]) == ("Invalid", "NoCertificateAvailable")
    unknown = HashData.from_json({**hashes[0].to_json(), "serial_number": "1"})
    assert show_hashes(station, [unknown]) == ("Invalid", "NoCertificateAvailable")


# -- revocation as stations ask for it -----------------------------------------------------------


def status_of(station: ChargingStation, data: HashData) -> bytes:
    message = GetCertificateStatus(certificate=data, responder_url="http://169.254.169.254/")
    result = say(station, message)
    assert isinstance(result, CertificateStatusResult)
    return base64.b64decode(result.ocsp)


@pytest.mark.parametrize("algorithm", HashAlgorithm)
def test_an_ocsp_response(
    station: ChargingStation, token: IdToken, algorithm: HashAlgorithm
) -> None:
    leaf, sub = contract(station)
    der = status_of(station, hash_data(leaf, sub, algorithm))
    answer = ocsp.read_response(der, responder=sub)
    assert (answer.status, answer.this_update) == (RevocationStatus.GOOD, NOW)


def test_an_ocsp_response_of_a_revoked_one(station: ChargingStation, token: IdToken) -> None:
    leaf, sub = contract(station)
    ContractCertificate.objects.update(state=ContractState.REVOKED)
    answer = ocsp.read_response(status_of(station, hash_data(leaf, sub)), responder=sub)
    assert answer.status is RevocationStatus.REVOKED


def test_an_ocsp_response_of_a_sub_ca(station: ChargingStation, token: IdToken) -> None:
    _leaf, sub = contract(station)
    row = OperatorAuthority.objects.get()
    root = read_certificate(row.root_pem)
    answer = ocsp.read_response(status_of(station, hash_data(sub, root)), responder=root)
    assert answer.status is RevocationStatus.GOOD


def test_other_cas_certificates_are_not_asked_about(station: ChargingStation) -> None:
    """Whatever address the station names, nobody calls it: there is no answer."""
    stranger = authority("Somebody")
    assert status_of(station, hash_data(stranger.sub, stranger.root)) == b""


def test_the_status_of_a_v2g_chain(station: ChargingStation, token: IdToken) -> None:
    say(station, SignCertificate(csr=csr("LC-0001"), use=CertificateUse.V2G))
    sign_request(request=SigningRequest.objects.get(), now=NOW)
    row = StationCertificate.objects.get()
    leaf, sub = read_certificate(row.pem), read_certificate(row.chain_pem)
    message = GetCertificateChainStatus(
        queries=(
            CertificateQuery(certificate=hash_data(leaf, sub), source="OCSP"),
            CertificateQuery(certificate=hash_data(authority("X").root), source="CRL"),
        )
    )
    good, unknown = (
        (verdict.status, verdict.next_update, verdict.source)
        for verdict in _chain_status(station, message).verdicts
    )
    assert good == (RevocationStatus.GOOD, NOW + timedelta(days=7), "OCSP")
    assert unknown == (RevocationStatus.FAILED, NOW + timedelta(hours=1), "CRL")
    row.status = "revoked"
    row.save()
    [first, _] = _chain_status(station, message).verdicts
    assert first.status is RevocationStatus.REVOKED


def _chain_status(
    station: ChargingStation, message: GetCertificateChainStatus
) -> CertificateChainStatusResult:
    result = say(station, message)
    assert isinstance(result, CertificateChainStatusResult)
    return result
