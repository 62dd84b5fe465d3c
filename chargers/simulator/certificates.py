"""Certificates of a simulated station: its keys, its requests, what it holds and trusts. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from chargers.domain.certificates import HashData
from chargers.pki.hashdata import chain_hash_data, hash_data
from chargers.pki.pem import (
    UnreadableError,
    read_certificate,
    read_certificates,
    spki,
    to_pem,
)
from chargers.pki.verify import verify_chain

CLIENT = "ChargingStationCertificate"
V2G_CHAIN = "V2GCertificateChain"


@dataclass(slots=True)
class KeyPair:
    """A key and, once it was signed, its chain (leaf first)."""

    key: ec.EllipticCurvePrivateKey
    csr: str
    chain: list[x509.Certificate] = field(default_factory=list)

    @property
    def key_pem(self) -> str:
        """PKCS #8 without a password, for a TLS context."""
        encoded = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return encoded.decode()

    @property
    def chain_pem(self) -> str:
        return to_pem(self.chain)


@dataclass(slots=True)
class CertificateStore:
    """What one station keeps; `pending` and `active` by use, `roots` by use."""

    pending: dict[str, KeyPair] = field(default_factory=dict)
    active: dict[str, KeyPair] = field(default_factory=dict)
    roots: list[tuple[str, x509.Certificate]] = field(default_factory=list)

    def make_request(self, common_name: str, *, use: str = CLIENT, organization: str = "") -> str:
        """A new key pair and its signed request (PEM)."""
        parts = [(NameOID.COMMON_NAME, common_name), (NameOID.ORGANIZATION_NAME, organization)]
        subject = x509.Name([x509.NameAttribute(oid, value) for oid, value in parts if value])
        key = ec.generate_private_key(ec.SECP256R1())
        request = x509.CertificateSigningRequestBuilder().subject_name(subject)
        signed = request.sign(key, hashes.SHA256())
        csr = signed.public_bytes(Encoding.PEM).decode()
        self.pending[use] = KeyPair(key, csr)
        return csr

    def take_chain(self, chain_pem: str, *, use: str, now: datetime) -> bool:
        """Keep a certificate for the key that waits: it fits the key, is signed by the CA that
        comes along, and is valid now.
        """
        pair = self.pending.get(use)
        try:
            leaf, *above = read_certificates(chain_pem)
        except UnreadableError:
            return False
        request = x509.load_pem_x509_csr(pair.csr.encode()) if pair else None
        if pair is None or request is None or not above or spki(leaf) != spki(request):
            return False
        if verify_chain(leaf, intermediates=above[:-1], roots=above[-1:], now=now).fault:
            return False
        pair.chain = [leaf, *above]
        self.active[use] = self.pending.pop(use)
        return True

    def install(self, use: str, pem: str) -> bool:
        """Trust a CA."""
        try:
            certificate = read_certificate(pem)
            found = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
        except (UnreadableError, x509.ExtensionNotFound):
            return False
        if found.value.ca and (use, certificate) not in self.roots:
            self.roots.append((use, certificate))
        return found.value.ca

    def held(self) -> list[tuple[str, HashData, list[HashData]]]:
        """Use, hash data and those of the CAs below the root, of everything that is listed."""
        listed: list[tuple[str, HashData, list[HashData]]] = [
            (use, hash_data(root), []) for use, root in self.roots
        ]
        v2g = self.active.get("V2GCertificate")
        if v2g is not None:
            leaf, *children = self._hashes(v2g)
            listed.append((V2G_CHAIN, leaf, children))
        return listed

    def _hashes(self, pair: KeyPair) -> list[HashData]:
        top = pair.chain[-1]
        root = next((root for _, root in self.roots if root.subject == top.issuer), None)
        return chain_hash_data(pair.chain, root)

    def delete(self, wanted: HashData) -> bool:
        """Delete what is listed; the client certificate is not, and stays."""
        for use, data, _children in self.held():
            if data.key == wanted.key:
                self._drop(use, wanted)
                return True
        return False

    def _drop(self, use: str, wanted: HashData) -> None:
        if use == V2G_CHAIN:
            del self.active["V2GCertificate"]
            return
        self.roots = [
            (kind, root) for kind, root in self.roots if hash_data(root).key != wanted.key
        ]
