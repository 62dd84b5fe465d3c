"""A small certificate authority: a root, a sub CA, and what the sub CA signs.

For development, tests and operators who have no PKI of their own. Certificates get the subject's
names that were checked, and no other extension of the request.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from chargers.pki.csr import CheckedCsr
from chargers.pki.pem import read_certificate, to_pem

SigningKey: TypeAlias = ec.EllipticCurvePrivateKey

CLOCK_SKEW = timedelta(minutes=10)  # a station whose clock is late still finds it valid
ROOT_YEARS = 10
_YEAR = timedelta(days=365)
SerialNumbers: TypeAlias = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Authority:
    """Root and sub CA with their keys."""

    root: x509.Certificate
    sub: x509.Certificate
    root_key: SigningKey
    sub_key: SigningKey

    @property
    def not_after(self) -> datetime:
        return self.sub.not_valid_after_utc


def create_authority(
    *, name: str, organization: str, now: datetime, new_serial: SerialNumbers | None = None
) -> Authority:
    """A new root and sub CA on P-256, valid for ten years.

    Args:
        name: part of both common names.
        organization: O of both.
    """
    serial = new_serial or x509.random_serial_number
    root_key, sub_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name = _name(f"{name[:40]} Root CA", organization)
    root = _ca(root_name, root_name, root_key, root_key, now, depth=1, serial=serial())
    sub_name = _name(f"{name[:40]} Sub CA", organization)
    sub = _ca(sub_name, root_name, sub_key, root_key, now, depth=0, serial=serial())
    return Authority(root=root, sub=sub, root_key=root_key, sub_key=sub_key)


def load_authority(
    *, root_pem: str, sub_pem: str, root_key_pem: bytes, sub_key_pem: bytes
) -> Authority:
    """As it was stored."""
    return Authority(
        root=read_certificate(root_pem),
        sub=read_certificate(sub_pem),
        root_key=_load_key(root_key_pem),
        sub_key=_load_key(sub_key_pem),
    )


def key_pem(key: SigningKey) -> bytes:
    """Unencrypted PKCS #8; seal it before it is stored."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def issue_station_certificate(
    authority: Authority,
    checked: CheckedCsr,
    *,
    now: datetime,
    lifetime: timedelta,
    for_server: bool = False,
    serial_number: int | None = None,
) -> x509.Certificate:
    """A certificate of a station.

    Args:
        for_server: of the SECC, which is a TLS server towards the vehicle (ISO 15118); otherwise
            of the TLS client towards us (security profile 3).
    """
    usage = ExtendedKeyUsageOID.SERVER_AUTH if for_server else ExtendedKeyUsageOID.CLIENT_AUTH
    builder = _leaf(
        authority,
        subject=_subject(checked, domain="CPO" if for_server else ""),
        now=now,
        lifetime=lifetime,
        serial_number=serial_number,
    ).public_key(checked.request.public_key())
    builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    return builder.sign(authority.sub_key, hashes.SHA256())


def issue_contract_certificate(
    authority: Authority,
    *,
    emaid: str,
    public_key: ec.EllipticCurvePublicKey,
    now: datetime,
    lifetime: timedelta,
    serial_number: int | None = None,
) -> x509.Certificate:
    """A contract certificate: CN is the eMAID (ISO 15118-2 annex F)."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, emaid),
            x509.NameAttribute(NameOID.DOMAIN_COMPONENT, "MO"),
        ]
    )
    builder = _leaf(
        authority, subject=subject, now=now, lifetime=lifetime, serial_number=serial_number
    ).public_key(public_key)
    return builder.sign(authority.sub_key, hashes.SHA256())


def chain_pem(authority: Authority, leaf: x509.Certificate) -> str:
    """What a station is handed: leaf first, then the sub CA, without the root (A02.FR.16)."""
    return to_pem([leaf, authority.sub])


def _leaf(
    authority: Authority,
    *,
    subject: x509.Name,
    now: datetime,
    lifetime: timedelta,
    serial_number: int | None,
) -> x509.CertificateBuilder:
    sub = authority.sub
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(sub.subject)
        .serial_number(serial_number or x509.random_serial_number())
        .not_valid_before(now - CLOCK_SKEW)
        .not_valid_after(min(now + lifetime, sub.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(ca=False), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.sub_key.public_key()),
            critical=False,
        )
    )


def _ca(
    subject: x509.Name,
    issuer: x509.Name,
    key: SigningKey,
    issuer_key: SigningKey,
    now: datetime,
    *,
    depth: int,
    serial: int,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(now - CLOCK_SKEW)
        .not_valid_after(now + ROOT_YEARS * _YEAR)
        .add_extension(x509.BasicConstraints(ca=True, path_length=depth), critical=True)
        .add_extension(_usage(ca=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    return builder.sign(issuer_key, hashes.SHA256())


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=not ca,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str, organization: str) -> x509.Name:
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if organization:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization[:64]))
    return x509.Name(attributes)


def _subject(checked: CheckedCsr, *, domain: str) -> x509.Name:
    parts = [
        (NameOID.COMMON_NAME, checked.common_name),
        (NameOID.SERIAL_NUMBER, checked.serial_number),
        (NameOID.ORGANIZATION_NAME, checked.organization),
        (NameOID.DOMAIN_COMPONENT, domain),
    ]
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts if value])


def _load_key(pem: bytes) -> SigningKey:
    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("an authority's key is on an elliptic curve")
    return key
