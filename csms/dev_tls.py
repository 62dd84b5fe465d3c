"""A small authority with a server and a client certificate: for trying TLS out, not for the field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_VALID = timedelta(days=365)
_PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )


def make_authority(*, now: datetime, name: str = "Stationmaster development CA") -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(name)
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    built = (
        _builder(subject, subject, key, now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return Pair(built.sign(key, hashes.SHA256()), key)


def make_server(authority: Pair, *, hosts: list[str], now: datetime) -> Pair:
    """`hosts` are DNS names or IP addresses that stations dial."""
    names = x509.SubjectAlternativeName([_alternative(host) for host in hosts])
    return _issued(authority, hosts[0], ExtendedKeyUsageOID.SERVER_AUTH, now, names)


def make_client(authority: Pair, *, identity: str, now: datetime) -> Pair:
    """For a station; the server knows it only once it was registered for that station."""
    return _issued(authority, identity, ExtendedKeyUsageOID.CLIENT_AUTH, now, None)


def _issued(
    authority: Pair,
    name: str,
    purpose: x509.ObjectIdentifier,
    now: datetime,
    names: x509.SubjectAlternativeName | None,
) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = authority.certificate.subject
    signer = authority.key.public_key()
    built = (
        _builder(_name(name), issuer, key, now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), critical=False)
    )
    if names is not None:
        built = built.add_extension(names, critical=False)
    return Pair(built.sign(authority.key, hashes.SHA256()), key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + _VALID)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def write_tls(
    directory: Path, *, hosts: list[str], now: datetime, clients: Sequence[str] = ()
) -> dict[str, Path]:
    """Write ca.pem, ca.key, server.pem, server.key; an authority that is there already is kept.

    For each of `clients`, identities of stations, client-<identity>.pem and .key as well.

    Returns:
        The files by name.
    """
    directory.mkdir(parents=True, exist_ok=True)
    paths = {name: directory / name for name in ("ca.pem", "ca.key", "server.pem", "server.key")}
    if paths["ca.key"].exists() and paths["ca.pem"].exists():
        authority = read_pair(paths["ca.pem"], paths["ca.key"])
    else:
        authority = make_authority(now=now)
        paths["ca.pem"].write_bytes(authority.pem())
        _write_private(paths["ca.key"], authority.key_pem())
    server = make_server(authority, hosts=hosts, now=now)
    paths["server.pem"].write_bytes(server.pem())
    _write_private(paths["server.key"], server.key_pem())
    for identity in clients:
        client = make_client(authority, identity=identity, now=now)
        name = f"client-{quote(identity, safe='')}"
        paths[identity] = directory / f"{name}.pem"
        paths[identity].write_bytes(client.pem())
        _write_private(directory / f"{name}.key", client.key_pem())
    return paths


def read_pair(certificate: Path, key: Path) -> Pair:
    loaded = serialization.load_pem_private_key(key.read_bytes(), password=None)
    if not isinstance(loaded, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{key} is not a key of ours")
    return Pair(x509.load_pem_x509_certificate(certificate.read_bytes()), loaded)


def _write_private(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=_PRIVATE)
    path.write_bytes(content)
