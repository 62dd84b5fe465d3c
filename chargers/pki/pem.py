"""PEM and DER in and out, bounded and tolerant, and what is written in a certificate."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chargers.pki import old_requests

MAX_PEM = 40_000
MAX_CERTIFICATES = 10
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]{1,40})-----(.*?)-----END \1-----", re.DOTALL)
_CERTIFICATE_LABELS = frozenset({"CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"})
_REQUEST_LABELS = frozenset({"CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"})


class UnreadableError(ValueError):
    """Not what it claims to be; the text names no content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is written in a certificate.

    Attributes:
        subject, issuer: RFC 4514, cut at 500 characters.
        serial_number: hexadecimal, upper case, no leading zeros.
        fingerprint: SHA-256 of the DER, 64 lower-case hexadecimal digits.
        not_before, not_after: aware UTC.
    """

    subject: str
    issuer: str
    serial_number: str
    fingerprint: str
    not_before: datetime
    not_after: datetime


def read_certificates(text: str) -> list[x509.Certificate]:
    """Every certificate of a PEM text, in its order.

    Line breaks may be written as backslash-n, as some tools paste them.

    Raises:
        UnreadableError: too long, none found, too many, or one of them is broken.
    """
    blocks = _blocks(text, _CERTIFICATE_LABELS)
    if not blocks:
        raise UnreadableError("There is no certificate in PEM form.")
    if len(blocks) > MAX_CERTIFICATES:
        raise UnreadableError(f"There are more than {MAX_CERTIFICATES} certificates.")
    return [read_der(block) for block in blocks]


def read_certificate(text: str) -> x509.Certificate:
    """The only certificate of a PEM text.

    Raises:
        UnreadableError: none, several, or a broken one.
    """
    found = read_certificates(text)
    if len(found) > 1:
        raise UnreadableError("There is more than one certificate.")
    return found[0]


def read_der(der: bytes) -> x509.Certificate:
    """Raises UnreadableError."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        facts(certificate)  # a broken name or date shows up only when it is read
    except (ValueError, TypeError, x509.InvalidVersion, x509.UnsupportedGeneralNameType) as error:
        raise UnreadableError("A certificate cannot be read.") from error
    return certificate


def read_request(text: str) -> x509.CertificateSigningRequest:
    """A signing request: PEM, or its Base64 without the frame. One of a wrong version is read
    all the same, see `old_requests`; then `is_request_signed` knows whether its signature fits.

    Raises:
        UnreadableError: it is none.
    """
    der = _request_der(text)
    try:
        return x509.load_der_x509_csr(der)
    except x509.InvalidVersion:
        return _of_wrong_version(der)
    except (ValueError, TypeError) as error:
        raise UnreadableError("The request cannot be read.") from error


def is_request_signed(text: str, request: x509.CertificateSigningRequest) -> bool:
    """Whether the signature of the request, read from `text`, fits.

    Raises:
        ValueError, UnsupportedAlgorithm: it cannot be checked.
    """
    der = _request_der(text)
    if request.public_bytes(Encoding.DER) == der:
        return request.is_signature_valid
    return old_requests.is_signed(der, request)


def _request_der(text: str) -> bytes:
    blocks = _blocks(text, _REQUEST_LABELS) or [_from_base64(text)]
    if len(blocks) != 1:
        raise UnreadableError("There is more than one request.")
    return blocks[0]


def _of_wrong_version(der: bytes) -> x509.CertificateSigningRequest:
    try:
        return x509.load_der_x509_csr(old_requests.with_right_version(der))
    except (ValueError, TypeError, x509.InvalidVersion) as error:
        raise UnreadableError("The request cannot be read.") from error


def to_pem(certificates: Iterable[x509.Certificate]) -> str:
    return "".join(one.public_bytes(Encoding.PEM).decode() for one in certificates)


def to_der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def spki(holder: x509.Certificate | x509.CertificateSigningRequest) -> bytes:
    """The public key of a certificate or a request as bytes, to be compared."""
    return holder.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def facts(certificate: x509.Certificate) -> Facts:
    """What is written in it, bounded for a database."""
    return Facts(
        subject=certificate.subject.rfc4514_string()[:500],
        issuer=certificate.issuer.rfc4514_string()[:500],
        serial_number=f"{certificate.serial_number:X}",
        fingerprint=certificate.fingerprint(SHA256()).hex(),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )


def _blocks(text: str, labels: frozenset[str]) -> list[bytes]:
    if len(text) > MAX_PEM:
        raise UnreadableError("The text is too long.")
    plain = text.replace("\\r", "").replace("\\n", "\n")
    return [_from_base64(body) for label, body in _BLOCK.findall(plain) if label in labels]


def _from_base64(body: str) -> bytes:
    try:
        return base64.b64decode("".join(body.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnreadableError("This is neither PEM nor Base64.") from error
