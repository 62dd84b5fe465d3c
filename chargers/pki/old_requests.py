"""Signing requests that call themselves version 3 (Q85).

PKCS #10 has one version, written as 0. Stacks that build certificates and requests by the same
code write 2, as in a certificate of version 3. All else about such a request is sound, so it is
read with the version set right, and its signature is checked over the bytes that were signed.
"""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa

_SEQUENCE, _INTEGER = 0x30, 0x02
_LONG = 0x80


class NotARequestError(ValueError):
    """The bytes do not begin like a signing request."""


def with_right_version(der: bytes) -> bytes:
    """The request with 0 as its version; the signature no longer fits.

    Raises:
        NotARequestError: no version of one byte where it should be.
    """
    at, _ = _inside(der, 0)
    at, _ = _inside(der, at)
    if der[at : at + 2] != bytes((_INTEGER, 1)) or len(der) < at + 3:
        raise NotARequestError
    return der[: at + 2] + b"\0" + der[at + 3 :]


def is_signed(der: bytes, request: x509.CertificateSigningRequest) -> bool:
    """Whether the signature of `request` fits what `der`, as it came, says before it.

    Raises:
        ValueError, UnsupportedAlgorithm: it cannot be checked.
    """
    start, _ = _inside(der, 0)
    _, end = _inside(der, start)
    try:
        _verify(request, der[start:end])
    except InvalidSignature:
        return False
    return True


def _verify(request: x509.CertificateSigningRequest, signed: bytes) -> None:
    key, signature = request.public_key(), request.signature
    if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        key.verify(signature, signed)
        return
    how, algorithm = request.signature_algorithm_parameters, request.signature_hash_algorithm
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(how, ec.ECDSA):
        key.verify(signature, signed, how)
    elif (
        isinstance(key, rsa.RSAPublicKey)
        and isinstance(how, padding.PKCS1v15 | padding.PSS)
        and algorithm is not None
    ):
        key.verify(signature, signed, how, algorithm)
    else:
        raise InvalidSignature


def _inside(der: bytes, at: int) -> tuple[int, int]:
    """Where the content of the sequence at `at` begins and ends.

    Raises:
        NotARequestError: there is no whole sequence.
    """
    if len(der) < at + 2 or der[at] != _SEQUENCE:
        raise NotARequestError
    size, start = der[at + 1], at + 2
    if size >= _LONG:
        count = size - _LONG
        size, start = int.from_bytes(der[start : start + count], "big"), start + count
    if start + size > len(der):
        raise NotARequestError
    return start, start + size
