"""The test PKI's stand-in for the EXI messages of ISO 15118.

Real vehicles send CertificateInstallationReq and CertificateUpdateReq in EXI, which only a provider
of contract certificates can read. The test provider speaks Base64 of JSON instead, which our
simulated vehicles write and both sides can verify; no private key travels.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from chargers.pki.csr import CsrRefused, check_csr
from chargers.pki.pem import UnreadableError, read_certificates, to_pem
from chargers.pki.pem import read_request as read_csr

MAX_EMAID = 20


class UnreadableContract(ValueError):
    """Not a message of the test PKI."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRequest:
    """A vehicle wants a certificate for this contract and this key, which it proved to hold."""

    emaid: str
    public_key: ec.EllipticCurvePublicKey


def make_request(*, emaid: str, key: ec.EllipticCurvePrivateKey) -> str:
    """What a simulated vehicle sends as `exiRequest`."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, emaid)])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject)
    signed = request.sign(key, hashes.SHA256())
    return _pack({"csr": _request_pem(signed)})


def read_request(exi: str) -> ContractRequest:
    """Raises UnreadableContract."""
    csr = _unpack(exi).get("csr")
    if not isinstance(csr, str):
        raise UnreadableContract("no request inside")
    try:
        checked = check_csr(csr, identities=[_emaid_of(csr)])
    except CsrRefused as error:
        raise UnreadableContract(str(error.code)) from error
    key = checked.request.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise UnreadableContract("the key is not on a curve")
    return ContractRequest(emaid=checked.common_name, public_key=key)


def make_response(chain: list[x509.Certificate]) -> str:
    """What goes back as `exiResponse`: the contract certificate and the CAs above it."""
    return _pack({"chain": to_pem(chain)})


def read_response(exi: str) -> list[x509.Certificate]:
    """The chain, leaf first. Raises UnreadableContract."""
    chain = _unpack(exi).get("chain")
    if not isinstance(chain, str):
        raise UnreadableContract("no chain inside")
    try:
        return read_certificates(chain)
    except UnreadableError as error:
        raise UnreadableContract(str(error)) from error


def emaid_of(certificate: x509.Certificate) -> str:
    """The eMAID of a contract certificate (its CN), without separators, upper case."""
    values = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return plain_emaid(str(values[0].value)) if len(values) == 1 else ""


def plain_emaid(value: str) -> str:
    """Separators are optional and letters of any case (ISO 15118-2 annex H)."""
    return value.strip().replace("-", "").upper()


def _request_pem(request: x509.CertificateSigningRequest) -> str:
    return request.public_bytes(Encoding.PEM).decode()


def _emaid_of(csr: str) -> str:
    try:
        names = read_csr(csr).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    except (UnreadableError, ValueError):
        return ""
    value = str(names[0].value) if names else ""
    return value if len(plain_emaid(value)) <= MAX_EMAID else ""


def _pack(content: dict[str, Any]) -> str:
    return base64.b64encode(json.dumps(content).encode()).decode()


def _unpack(exi: str) -> dict[str, Any]:
    try:
        content = json.loads(base64.b64decode(exi, validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise UnreadableContract("neither Base64 nor JSON") from error
    if not isinstance(content, dict):
        raise UnreadableContract("not an object")
    return content
