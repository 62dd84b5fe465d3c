"""The test PKI as provider of contract certificates: issues, knows what is revoked, signs OCSP.

It speaks `chargers.pki.contracts` in the place of EXI, so that everything around it works and can
be tried; vehicles on the road need a provider that speaks EXI.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from cryptography import x509
from django.db.models import Value
from django.db.models.functions import Upper
from django.db.transaction import atomic

from accounts.models import IdToken
from chargers.certificate_ports import EvCertificateAnswer, EvCertificateOrder, Revocation
from chargers.domain.certificates import (
    ContractCertificateStatus,
    HashData,
    RevocationStatus,
)
from chargers.models import (
    AuthorityPurpose,
    CertificateStatus,
    ContractCertificate,
    ContractState,
    StationCertificate,
)
from chargers.pki import hashdata, ocsp
from chargers.pki.authority import Authority, issue_contract_certificate
from chargers.pki.contracts import (
    ContractRequest,
    UnreadableContract,
    make_response,
    plain_emaid,
    read_request,
)
from chargers.pki.pem import facts, to_pem
from chargers.services.certificates.authorities import (
    authority_of,
    find_authority,
    known_authorities,
)

LIFETIME = timedelta(days=730)
_FAILED = EvCertificateAnswer(accepted=False)
_STATES = {
    ContractState.ACTIVE: ContractCertificateStatus.ACCEPTED,
    ContractState.REVOKED: ContractCertificateStatus.REVOKED,
    ContractState.CANCELLED: ContractCertificateStatus.CANCELLED,
}


class TestPki:
    """Implements `chargers.certificate_ports.ContractCertificateProvider`."""

    __test__ = False  # not a test, whatever pytest makes of the name

    def get_ev_certificate(self, order: EvCertificateOrder) -> EvCertificateAnswer:
        """A certificate for an eMAID that is a token of the operator and not blocked."""
        try:
            asked = read_request(order.exi_request)
        except UnreadableContract:
            return _FAILED
        if not _has_contract(order, asked):
            return _FAILED
        return EvCertificateAnswer(
            accepted=True, exi_response=make_response(_issue(order, asked)), remaining=0
        )

    def revocation(self, *, operator_id: UUID, certificate: HashData, now: datetime) -> Revocation:
        """Of what the operator's own CAs issued; Failed for any other CA's."""
        for purpose, authority in known_authorities(operator_id=operator_id):
            answer = _answer(operator_id, purpose, authority, certificate, now)
            if answer is not None:
                return answer
        return Revocation(status=RevocationStatus.FAILED)

    def roots(self, *, operator_id: UUID, now: datetime) -> list[str]:  # noqa: ARG002
        found = find_authority(operator_id=operator_id, purpose=AuthorityPurpose.CONTRACTS)
        return [found.root_pem] if found else []

    def contract_status(
        self,
        *,
        operator_id: UUID,
        fingerprint: str,
        now: datetime,  # noqa: ARG002 -- a provider's shape
    ) -> ContractCertificateStatus | None:
        row = ContractCertificate.objects.filter(
            operator_id=operator_id, fingerprint=fingerprint
        ).first()
        return _STATES[ContractState(row.state)] if row else None


def _has_contract(order: EvCertificateOrder, asked: ContractRequest) -> bool:
    emaid = plain_emaid(asked.emaid)
    token = (
        IdToken.objects.filter(operator_id=order.operator_id)
        .alias(upper_uid=Upper("uid"))
        .filter(upper_uid__in=[Upper(Value(emaid)), Upper(Value(asked.emaid))])
        .select_related("driver")
        .first()
    )
    if token is None or token.is_blocked or token.is_expired(order.now):
        return False
    return token.driver is None or not token.driver.is_blocked


@atomic
def _issue(order: EvCertificateOrder, asked: ContractRequest) -> list[x509.Certificate]:
    authority = authority_of(
        operator_id=order.operator_id, purpose=AuthorityPurpose.CONTRACTS, now=order.now
    )
    made = issue_contract_certificate(
        authority,
        emaid=plain_emaid(asked.emaid),
        public_key=asked.public_key,
        now=order.now,
        lifetime=LIFETIME,
    )
    found = facts(made)
    ContractCertificate.objects.create(
        operator_id=order.operator_id,
        emaid=plain_emaid(asked.emaid),
        serial_number=found.serial_number,
        fingerprint=found.fingerprint,
        not_before=found.not_before,
        not_after=found.not_after,
        pem=to_pem([made]),
        created_at=order.now,
    )
    return [made, authority.sub]


def _answer(
    operator_id: UUID,
    purpose: AuthorityPurpose,
    authority: Authority,
    certificate: HashData,
    now: datetime,
) -> Revocation | None:
    """Signed by the CA that issued the certificate; None when it was another one."""
    issuers = ((authority.sub, authority.sub_key), (authority.root, authority.root_key))
    for issuer, key in issuers:
        if not _issued_by(certificate, issuer):
            continue
        if issuer is authority.root:
            status, revoked_at = _status_of_ca(certificate, authority), None
        else:
            status, revoked_at = _status_of_leaf(operator_id, purpose, certificate.key[3])
        response = ocsp.make_response(
            certificate,
            status=status,
            responder=issuer,
            key=key,
            now=now,
            revoked_at=revoked_at,
        )
        return Revocation(status=status, response=response, next_update=now + ocsp.VALID_FOR)
    return None


def _issued_by(certificate: HashData, issuer: x509.Certificate) -> bool:
    """The issuer's hashes: those of a certificate which it issued, whatever its number."""
    own = hashdata.issuer_hashes(issuer, certificate.algorithm)
    return own == certificate.key[1:3]


def _status_of_ca(certificate: HashData, authority: Authority) -> RevocationStatus:
    known = {f"{one.serial_number:X}" for one in (authority.root, authority.sub)}
    return RevocationStatus.GOOD if certificate.key[3] in known else RevocationStatus.UNKNOWN


def _status_of_leaf(
    operator_id: UUID, purpose: AuthorityPurpose, serial_number: str
) -> tuple[RevocationStatus, datetime | None]:
    if purpose is AuthorityPurpose.CONTRACTS:
        contract = ContractCertificate.objects.filter(
            operator_id=operator_id, serial_number=serial_number
        ).first()
        revoked = contract is not None and contract.state != ContractState.ACTIVE
        return _status(known=contract is not None, revoked=revoked), None
    row = StationCertificate.objects.filter(
        operator_id=operator_id, serial_number=serial_number
    ).first()
    revoked = row is not None and row.status == CertificateStatus.REVOKED
    return _status(known=row is not None, revoked=revoked), row.revoked_at if row else None


def _status(*, known: bool, revoked: bool) -> RevocationStatus:
    if not known:
        return RevocationStatus.UNKNOWN
    return RevocationStatus.REVOKED if revoked else RevocationStatus.GOOD
