"""Plug & Charge (C07, M01, M02, M06): contract certificates of vehicles, and their revocation.

Answers come from the provider (`chargers.certificate_ports`). No address that a station names is
ever called.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import datetime, timedelta

from cryptography import x509

from chargers.certificate_ports import EvCertificateOrder, contract_provider
from chargers.domain.certificates import (
    ContractCertificateStatus,
    HashData,
    RevocationStatus,
    RootUse,
)
from chargers.domain.context import StationContext
from chargers.domain.messages import (
    Authorize,
    GetCertificateChainStatus,
    GetCertificateStatus,
    GetEvCertificate,
)
from chargers.domain.results import (
    CertificateChainStatusResult,
    CertificateStatusResult,
    CertificateVerdict,
    EvCertificateResult,
)
from chargers.models import TrustedRoot
from chargers.pki.contracts import emaid_of, plain_emaid
from chargers.pki.hashdata import chain_hash_data
from chargers.pki.pem import UnreadableError, facts, read_certificates
from chargers.pki.verify import ChainFault, Verified, verify_chain

_RECHECK_AFTER = timedelta(hours=1)  # a verdict without a date of its own
_S = ContractCertificateStatus
_FAULTS = {
    ChainFault.NO_PATH: _S.CHAIN_ERROR,
    ChainFault.NOT_A_CA: _S.CHAIN_ERROR,
    ChainFault.NOT_YET_VALID: _S.CHAIN_ERROR,
    ChainFault.SIGNATURE: _S.SIGNATURE_ERROR,
    ChainFault.EXPIRED: _S.EXPIRED,
}


def answer_ev_certificate(
    message: GetEvCertificate, *, station: StationContext, received_at: datetime
) -> EvCertificateResult:
    """Get15118EVCertificate (M01, M02): the provider's answer, unread by us."""
    answer = contract_provider().get_ev_certificate(
        EvCertificateOrder(
            operator_id=station.operator_id,
            station_id=station.station_id,
            exi_request=message.exi_request,
            schema_version=message.schema_version,
            action=message.action,
            max_chains=message.max_chains,
            now=received_at,
        )
    )
    return EvCertificateResult(
        accepted=answer.accepted, exi_response=answer.exi_response, remaining=answer.remaining
    )


def answer_status(
    message: GetCertificateStatus, *, station: StationContext, received_at: datetime
) -> CertificateStatusResult:
    """GetCertificateStatus (M06): an OCSP response, or Failed for a CA that is not known here."""
    found = contract_provider().revocation(
        operator_id=station.operator_id, certificate=message.certificate, now=received_at
    )
    return CertificateStatusResult(ocsp=base64.b64encode(found.response).decode())


def answer_chain_status(
    message: GetCertificateChainStatus, *, station: StationContext, received_at: datetime
) -> CertificateChainStatusResult:
    """GetCertificateChainStatus (2.1)."""
    verdicts = []
    for query in message.queries:
        found = contract_provider().revocation(
            operator_id=station.operator_id, certificate=query.certificate, now=received_at
        )
        verdicts.append(
            CertificateVerdict(
                certificate=query.certificate,
                source=query.source,
                status=found.status,
                next_update=found.next_update or received_at + _RECHECK_AFTER,
            )
        )
    return CertificateChainStatusResult(verdicts=tuple(verdicts))


# Authorize with a contract certificate (C07) ------------------------------------------------------


def contract_status(
    message: Authorize, *, station: StationContext, now: datetime
) -> ContractCertificateStatus | None:
    """What to say of the contract certificate of an Authorize; None when it has none.

    With the certificate itself (central validation) the chain is verified up to the operator's
    mobility operator roots. With hash data alone the station has verified it, and only what is
    known not to be revoked is accepted: what nobody here knows is NoCertificateAvailable.
    """
    if message.certificate:
        return _by_certificate(message, station, now)
    if message.certificate_hashes:
        return _by_hashes(message.certificate_hashes, station, now)
    return None


def _by_certificate(
    message: Authorize, station: StationContext, now: datetime
) -> ContractCertificateStatus:
    try:
        leaf, *above = read_certificates(message.certificate)
    except UnreadableError:
        return _S.CHAIN_ERROR
    verified = verify_chain(leaf, intermediates=above, roots=_roots(station, now), now=now)
    if verified.fault is not None:
        return _FAULTS[verified.fault]
    if emaid_of(leaf) != plain_emaid(message.id_token.uid):
        return _S.CHAIN_ERROR
    said = contract_provider().contract_status(
        operator_id=station.operator_id, fingerprint=facts(leaf).fingerprint, now=now
    )
    if said is not None and said is not _S.ACCEPTED:
        return said
    return _S.REVOKED if _is_revoked(verified, station, now) else _S.ACCEPTED


def _roots(station: StationContext, now: datetime) -> list[x509.Certificate]:
    trusted = TrustedRoot.objects.filter(
        operator_id=station.operator_id, use__in=[RootUse.MO, RootUse.V2G]
    ).values_list("pem", flat=True)
    provided = contract_provider().roots(operator_id=station.operator_id, now=now)
    return [root for pem in (*trusted, *provided) for root in read_certificates(pem)]


def _is_revoked(verified: Verified, station: StationContext, now: datetime) -> bool:
    """Any certificate of the path, as far as anybody here knows; its root is its own issuer."""
    *chain, root = verified.path
    hashes = chain_hash_data(chain, root)
    return RevocationStatus.REVOKED in _revocations(hashes, station, now)


def _by_hashes(
    hashes: tuple[HashData, ...], station: StationContext, now: datetime
) -> ContractCertificateStatus:
    found = _revocations(hashes, station, now)
    if RevocationStatus.REVOKED in found:
        return _S.REVOKED
    return _S.ACCEPTED if found == {RevocationStatus.GOOD} else _S.NOT_AVAILABLE


def _revocations(
    hashes: Iterable[HashData], station: StationContext, now: datetime
) -> set[RevocationStatus]:
    provider = contract_provider()
    return {
        provider.revocation(operator_id=station.operator_id, certificate=one, now=now).status
        for one in hashes
    }
