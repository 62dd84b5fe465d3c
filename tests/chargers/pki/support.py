"""Keys, requests and certificates for tests; keys are made once a process, they cost time."""

from __future__ import annotations

import base64
from datetime import timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from chargers.pki.authority import Authority, create_authority
from tests.factories import NOW

YEAR = timedelta(days=365)
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@cache
def authority(name: str = "Test") -> Authority:
    return create_authority(name=name, organization="Test Charging", now=NOW)


@cache
def curve_key(label: str = "") -> ec.EllipticCurvePrivateKey:
    """The same key for the same label."""
    return ec.generate_private_key(ec.SECP256R1())


@cache
def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def csr(
    common_name: str = "LC-0001",
    *,
    organization: str = "",
    serial_number: str = "",
    key: PrivateKey | None = None,
    algorithm: type[hashes.HashAlgorithm] = hashes.SHA256,
) -> str:
    """A station's request in PEM; the same one for the same arguments."""
    parts = [
        (NameOID.COMMON_NAME, common_name),
        (NameOID.ORGANIZATION_NAME, organization),
        (NameOID.SERIAL_NUMBER, serial_number),
    ]
    subject = x509.Name([x509.NameAttribute(oid, value) for oid, value in parts if value])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject)
    signed = request.sign(key or curve_key(""), algorithm())  # type: ignore[arg-type]
    return signed.public_bytes(Encoding.PEM).decode()


def with_broken_signature(pem: str) -> str:
    """The last byte of the signature turned over."""
    request = x509.load_pem_x509_csr(pem.encode())
    der = bytearray(request.public_bytes(Encoding.DER))
    der[-1] ^= 0x01
    return x509.load_der_x509_csr(bytes(der)).public_bytes(Encoding.PEM).decode()


def of_version_3(pem: str, key: PrivateKey) -> str:
    """The request as some stacks write it: 2 as its version, and signed like that (Q85)."""
    request = x509.load_pem_x509_csr(pem.encode())
    right, whole = request.tbs_certrequest_bytes, request.public_bytes(Encoding.DER)
    wrong = right.replace(b"\x02\x01\x00", b"\x02\x01\x02", 1)
    after = whole[whole.index(right) + len(right) :]
    algorithm = after[: 2 + after[1]]
    signature = _signed(wrong, key)
    body = wrong + algorithm + b"\x03" + _size(len(signature) + 1) + b"\0" + signature
    text = base64.encodebytes(b"\x30" + _size(len(body)) + body).decode()
    return f"-----BEGIN CERTIFICATE REQUEST-----\n{text}-----END CERTIFICATE REQUEST-----\n"


def with_version(pem: str, version: int) -> str:
    """Another version written over the right one: the signature no longer fits."""
    der = bytearray(x509.load_pem_x509_csr(pem.encode()).public_bytes(Encoding.DER))
    der[der.index(b"\x02\x01\x00") + 2] = version
    return base64.b64encode(der).decode()


def _signed(data: bytes, key: PrivateKey) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(data, ec.ECDSA(hashes.SHA256()))


def _size(length: int) -> bytes:
    if length < 128:
        return bytes((length,))
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((128 + len(digits),)) + digits
