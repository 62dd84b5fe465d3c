"""What certificates need from outside: a CA for stations, a provider of contract certificates.

Wiring and operators' own code set the implementations; the defaults are the development CA and the
test PKI (`chargers.services.certificates`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from chargers.domain.certificates import (
    CertificateUse,
    ContractCertificateStatus,
    EvCertificateAction,
    HashData,
    RevocationStatus,
)

# Certificates of stations ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningOrder:
    """A checked request of a station.

    Attributes:
        request_id: the same at every attempt: an external CA tells repetitions by it.
        reference: what the CA called the order when it was not done at once, "" the first time.
    """

    operator_id: UUID
    station_id: UUID
    request_id: UUID
    use: CertificateUse
    csr_pem: str
    reference: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Signed:
    """PEM: the certificate first, then the CAs above it; a root at the end is left out."""

    chain_pem: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Not done yet: asked again later with this reference."""

    reference: str


@dataclass(frozen=True, slots=True)
class Declined:
    """Never: `reason` is a sentence for the operator."""

    reason: str


SigningAnswer = Signed | Waiting | Declined


class CertificateAuthority(Protocol):
    """Signs for stations. Called outside of transactions; may be slow, and may raise: the request
    stays pending then and is tried again.
    """

    def sign(self, order: SigningOrder) -> SigningAnswer: ...

    def revoke(
        self, *, operator_id: UUID, certificate_pem: str, reason: str, now: datetime
    ) -> None:
        """Tell the CA; our own refusal at the handshake does not wait for it."""


_authority: CertificateAuthority | None = None


def certificate_authority() -> CertificateAuthority:
    """Raises RuntimeError before wiring has set one."""
    if _authority is None:
        raise RuntimeError("no certificate authority is wired")
    return _authority


def set_certificate_authority(authority: CertificateAuthority) -> None:
    global _authority  # noqa: PLW0603 -- one per process, set at start-up
    _authority = authority


# Contract certificates of vehicles -------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class EvCertificateOrder:
    """What a vehicle sent through a station (M01, M02)."""

    operator_id: UUID
    station_id: UUID
    exi_request: str
    schema_version: str
    action: EvCertificateAction
    max_chains: int | None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EvCertificateAnswer:
    accepted: bool
    exi_response: str = ""
    remaining: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """What is known of one certificate; `response` is OCSP in DER, b"" when there is none."""

    status: RevocationStatus
    response: bytes = b""
    next_update: datetime | None = None


class ContractCertificateProvider(Protocol):
    """Contract certificates and their revocation. The group commit of all stations waits for each
    of these, so they decide from local rows and never call over the network.
    """

    def get_ev_certificate(self, order: EvCertificateOrder) -> EvCertificateAnswer: ...

    def revocation(
        self, *, operator_id: UUID, certificate: HashData, now: datetime
    ) -> Revocation: ...

    def roots(self, *, operator_id: UUID, now: datetime) -> list[str]:
        """PEM of mobility operators' roots beyond those that the operator trusts."""
        ...

    def contract_status(
        self, *, operator_id: UUID, fingerprint: str, now: datetime
    ) -> ContractCertificateStatus | None:
        """What the provider says of a whole contract certificate; None: not one of its own."""
        ...


_provider: ContractCertificateProvider | None = None


def contract_provider() -> ContractCertificateProvider:
    """Raises RuntimeError before wiring has set one."""
    if _provider is None:
        raise RuntimeError("no provider of contract certificates is wired")
    return _provider


def set_contract_provider(provider: ContractCertificateProvider) -> None:
    global _provider  # noqa: PLW0603 -- one per process, set at start-up
    _provider = provider
