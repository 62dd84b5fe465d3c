"""Keys, requests and certificates for tests; keys are made once a process, they cost time."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
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
