"""CertificateHashData (OCPP 2.0.1 part 2, 2.7): names a certificate by its issuer and number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import ocsp

from chargers.domain.certificates import HashAlgorithm, HashData

__all__ = ["ALGORITHMS", "HashData", "chain_hash_data", "find", "hash_data", "issuer_hashes"]

ALGORITHMS: dict[HashAlgorithm, hashes.HashAlgorithm] = {
    HashAlgorithm.SHA256: hashes.SHA256(),
    HashAlgorithm.SHA384: hashes.SHA384(),
    HashAlgorithm.SHA512: hashes.SHA512(),
}


def hash_data(
    certificate: x509.Certificate,
    issuer: x509.Certificate | None = None,
    algorithm: HashAlgorithm = HashAlgorithm.SHA256,
) -> HashData:
    """The hash data of a certificate.

    Args:
        issuer: its CA; None for a root, which is its own.
    """
    asked = ocsp.OCSPRequestBuilder().add_certificate(
        certificate, issuer or certificate, ALGORITHMS[algorithm]
    )
    request = asked.build()
    return HashData(
        algorithm=algorithm,
        issuer_name_hash=request.issuer_name_hash.hex(),
        issuer_key_hash=request.issuer_key_hash.hex(),
        serial_number=f"{certificate.serial_number:X}",
    )


def chain_hash_data(
    chain: Sequence[x509.Certificate], root: x509.Certificate | None = None
) -> list[HashData]:
    """Hash data of a chain, leaf first; without its root the last one has none and is left out."""
    issuers: Iterable[x509.Certificate] = [*chain[1:], *([root] if root else [])]
    return [hash_data(one, issuer) for one, issuer in zip(chain, issuers, strict=False)]


def find(
    wanted: HashData, candidates: Iterable[tuple[x509.Certificate, x509.Certificate | None]]
) -> x509.Certificate | None:
    """The certificate among pairs of (certificate, issuer) that `wanted` names, or None."""
    for certificate, issuer in candidates:
        if hash_data(certificate, issuer, wanted.algorithm).key == wanted.key:
            return certificate
    return None


def issuer_hashes(issuer: x509.Certificate, algorithm: HashAlgorithm) -> tuple[str, str]:
    """Name hash and key hash of everything that this CA issues, as in `HashData.key`."""
    asked = ocsp.OCSPRequestBuilder().add_certificate(issuer, issuer, ALGORITHMS[algorithm]).build()
    digest = hashes.Hash(ALGORITHMS[algorithm])
    digest.update(issuer.subject.public_bytes())
    return digest.finalize().hex(), asked.issuer_key_hash.hex()
