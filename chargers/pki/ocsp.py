"""OCSP responses (RFC 6960): made by the test PKI, read by whoever checks them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from chargers.domain.certificates import HashData, RevocationStatus
from chargers.pki.hashdata import ALGORITHMS

VALID_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class OcspAnswer:
    """What a response says of one certificate."""

    status: RevocationStatus
    this_update: datetime
    next_update: datetime | None


_STATUS = {
    RevocationStatus.GOOD: ocsp.OCSPCertStatus.GOOD,
    RevocationStatus.REVOKED: ocsp.OCSPCertStatus.REVOKED,
    RevocationStatus.UNKNOWN: ocsp.OCSPCertStatus.UNKNOWN,
}


def make_response(
    asked: HashData,
    *,
    status: RevocationStatus,
    responder: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    revoked_at: datetime | None = None,
) -> bytes:
    """A signed response in DER, valid for a week.

    Args:
        asked: the certificate, as the station named it.
        responder: the CA itself signs for what it issued (RFC 6960, 2.2).
        revoked_at: with status REVOKED; `now` when not given.

    Raises:
        ValueError: the hashes are not hexadecimal or of another length.
        KeyError: the status has no word in OCSP.
    """
    revoked = status is RevocationStatus.REVOKED
    builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
        issuer_name_hash=bytes.fromhex(asked.issuer_name_hash),
        issuer_key_hash=bytes.fromhex(asked.issuer_key_hash),
        serial_number=int(asked.serial_number, 16),
        algorithm=ALGORITHMS[asked.algorithm],
        cert_status=_STATUS[status],
        this_update=now,
        next_update=now + VALID_FOR,
        revocation_time=(revoked_at or now) if revoked else None,
        revocation_reason=x509.ReasonFlags.unspecified if revoked else None,
    )
    signed = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, responder).sign(
        key, hashes.SHA256()
    )
    return signed.public_bytes(Encoding.DER)


def read_response(der: bytes, *, responder: x509.Certificate) -> OcspAnswer:
    """What a response says, its signature checked.

    Raises:
        ValueError: unreadable, unsuccessful, or not signed by `responder`.
    """
    response = ocsp.load_der_ocsp_response(der)
    key = responder.public_key()
    algorithm = response.signature_hash_algorithm
    if not isinstance(key, ec.EllipticCurvePublicKey) or algorithm is None:
        raise ValueError("not the kind of signature that the test PKI makes")
    try:
        key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(algorithm))
    except InvalidSignature as error:
        raise ValueError("the signature is wrong") from error
    words = {value: word for word, value in _STATUS.items()}
    return OcspAnswer(
        status=words[response.certificate_status],
        this_update=response.this_update_utc,
        next_update=response.next_update_utc,
    )
