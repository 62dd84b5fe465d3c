"""Blocks A and M: certificates that stations and vehicles ask for, and ask about."""

from __future__ import annotations

from dataclasses import dataclass

from chargers.domain.certificates import CertificateUse, EvCertificateAction, HashData


@dataclass(frozen=True, slots=True, kw_only=True)
class SignCertificate:
    """A02, A03; 1.6: security whitepaper 5.12. `csr` is unchecked; `request_ref` is of 2.1."""

    csr: str
    use: CertificateUse = CertificateUse.CLIENT
    request_ref: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GetEvCertificate:
    """M01, M02: what a vehicle sent (EXI in Base64) for a provider of contract certificates."""

    exi_request: str
    schema_version: str
    action: EvCertificateAction
    max_chains: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GetCertificateStatus:
    """M06: is this certificate of a contract revoked? `responder_url` is never called."""

    certificate: HashData
    responder_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateQuery:
    """`source` is OCSP or CRL."""

    certificate: HashData
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GetCertificateChainStatus:
    """The same for a whole chain (2.1)."""

    queries: tuple[CertificateQuery, ...]
