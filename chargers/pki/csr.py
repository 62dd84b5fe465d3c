"""What a station's signing request must be like (OCPP 2.0.1 A02; 1.6 security whitepaper 4.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from chargers.pki.pem import UnreadableError, is_request_signed, read_request

MAX_CSR = 5500  # characters, in all versions
MIN_RSA_BITS = 2048
MIN_CURVE_BITS = 256
_WEAK_HASHES = frozenset({"md5", "sha1"})


class CsrFault(StrEnum):
    """Why a request is refused; the codes are shown and kept."""

    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    BAD_SIGNATURE = "bad_signature"
    WEAK_KEY = "weak_key"
    WRONG_SUBJECT = "wrong_subject"
    WRONG_ORGANIZATION = "wrong_organization"
    KEY_REVOKED = "key_revoked"


class CsrRefused(Exception):
    """`code` for programs, `sentence` for people."""

    def __init__(self, code: CsrFault, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedCsr:
    """A request that may be signed.

    Attributes:
        fingerprint: as `csr_fingerprint`.
        common_name, serial_number, organization: of the subject, "" when it has none.
    """

    request: x509.CertificateSigningRequest
    fingerprint: str
    common_name: str
    serial_number: str
    organization: str


def csr_fingerprint(text: str) -> str:
    """SHA-256 of the request's DER, or of the text where that cannot be read: the same request
    has the same one, whatever its line breaks.
    """
    try:
        der = read_request(text).public_bytes(Encoding.DER)
    except UnreadableError:
        der = text.encode(errors="replace")
    return hashlib.sha256(der).hexdigest()


def subject_of(text: str) -> str:
    """RFC 4514, cut at 500 characters; "" when the request cannot be read."""
    try:
        return read_request(text).subject.rfc4514_string()[:500]
    except (UnreadableError, ValueError):
        return ""


def check_csr(text: str, *, identities: Collection[str], organization: str = "") -> CheckedCsr:
    """Read and check a request.

    Args:
        identities: names of the station that asks; the subject's CN or serialNumber is one.
        organization: what the subject's O must be; "" lets any pass.

    Raises:
        CsrRefused: with code and sentence.
    """
    checked = read_checked(text)
    _check_subject(checked, identities, organization)
    return checked


def read_checked(text: str) -> CheckedCsr:
    """All checks but those of the subject, for whoever has checked that before.

    Raises:
        CsrRefused: with code and sentence.
    """
    if len(text) > MAX_CSR:
        raise CsrRefused(CsrFault.TOO_LONG, f"The request has more than {MAX_CSR} characters.")
    try:
        request = read_request(text)
    except UnreadableError as error:
        raise CsrRefused(CsrFault.UNREADABLE, str(error)) from error
    _check_key(request)
    _check_signature(request, text)
    return _read_subject(request, text)


def _check_key(request: x509.CertificateSigningRequest) -> None:
    try:
        key = request.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise CsrRefused(CsrFault.WEAK_KEY, "The kind of its key is not known here.") from error
    if isinstance(key, rsa.RSAPublicKey):
        strong = key.key_size >= MIN_RSA_BITS
    elif isinstance(key, ec.EllipticCurvePublicKey):
        strong = key.curve.key_size >= MIN_CURVE_BITS
    else:
        strong = isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey)
    if not strong:
        raise CsrRefused(
            CsrFault.WEAK_KEY, "Its key is weaker than RSA with 2048 bits or a curve with 256."
        )


def _check_signature(request: x509.CertificateSigningRequest, text: str) -> None:
    """The signature proves that the asker holds the private key."""
    try:
        algorithm = request.signature_hash_algorithm
        valid = is_request_signed(text, request)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise CsrRefused(CsrFault.BAD_SIGNATURE, "Its signature cannot be checked.") from error
    if algorithm is not None and algorithm.name in _WEAK_HASHES:
        raise CsrRefused(CsrFault.BAD_SIGNATURE, f"It is signed with {algorithm.name.upper()}.")
    if not valid:
        raise CsrRefused(CsrFault.BAD_SIGNATURE, "Its signature is wrong.")


def _read_subject(request: x509.CertificateSigningRequest, text: str) -> CheckedCsr:
    return CheckedCsr(
        request=request,
        fingerprint=csr_fingerprint(text),
        common_name=_only(request.subject, NameOID.COMMON_NAME),
        serial_number=_only(request.subject, NameOID.SERIAL_NUMBER),
        organization=_only(request.subject, NameOID.ORGANIZATION_NAME),
    )


def _only(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    """The attribute's value; "" when it is absent or there are several."""
    values = name.get_attributes_for_oid(oid)
    if len(values) != 1:
        return ""
    value = values[0].value
    return value.strip() if isinstance(value, str) else ""


def _check_subject(checked: CheckedCsr, identities: Collection[str], organization: str) -> None:
    known = {name for name in identities if name}
    if not {checked.common_name, checked.serial_number} & known:
        raise CsrRefused(
            CsrFault.WRONG_SUBJECT,
            "Neither its common name nor its serial number is the station's.",
        )
    if organization and checked.organization != organization:
        raise CsrRefused(
            CsrFault.WRONG_ORGANIZATION, f"Its organisation is not {organization[:100]}."
        )
