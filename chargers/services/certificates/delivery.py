"""Signed certificates on their way to stations: stored, sent as CertificateSigned, answered."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography import x509
from django.db.models import F, Q
from django.db.transaction import atomic

from chargers.domain import commands
from chargers.domain.certificates import CertificateUse
from chargers.domain.quirks import Make
from chargers.events import CertificateIssued
from chargers.exceptions import UnableToChangeCertificate
from chargers.models import (
    CertificateStatus,
    CommandStatus,
    OperatorAuthority,
    SigningRequest,
    SigningState,
    StationCertificate,
    TrustedRoot,
)
from chargers.pki.pem import UnreadableError, facts, read_certificates, read_request, spki, to_pem
from chargers.services.certificates.client import is_known
from chargers.services.command_queue import queue_command
from chargers.services.quirks import resolve_make
from common.tenancy import system_scope
from events.outbox import publish

# Commands wait in the queue for a station that is away for a moment.
DELIVERY_TIMEOUT = timedelta(minutes=5)
_TRY_FOR = timedelta(days=1)
_PAUSE = timedelta(minutes=10)
_PER_SWEEP = 200
MAX_CHAIN = 10_000  # characters, in all versions


@dataclass(frozen=True, slots=True)
class _Chain:
    leaf: x509.Certificate
    above: list[x509.Certificate]


def is_still_good(certificate: StationCertificate, now: datetime) -> bool:
    """Whether it may be handed over (again): not revoked, not expired."""
    return certificate.status != CertificateStatus.REVOKED and certificate.not_after > now


@atomic
def store_chain(*, request_id: UUID, chain_pem: str, now: datetime) -> StationCertificate | None:
    """Store what was signed for a request and send it to the station.

    Args:
        chain_pem: the certificate first, then the CAs above it; a root at the end is dropped.

    Returns:
        The certificate, or None when the request was answered meanwhile.

    Raises:
        UnableToChangeCertificate: the chain is not for this request, or is no chain.
    """
    request = SigningRequest.objects.select_for_update().get(pk=request_id)
    if request.state != SigningState.PENDING:
        return None
    chain = _read_chain(request, chain_pem, now)
    certificate = _store(request, chain, now)
    request.state, request.signed_at = SigningState.SIGNED, now
    request.save(update_fields=["state", "signed_at"])
    publish(
        CertificateIssued(
            operator_id=request.operator_id,
            subject_id=request.station_id,
            use=request.use,
            serial_number=certificate.serial_number,
        ),
        now=now,
    )
    deliver(request, certificate, now=now)
    return certificate


def _read_chain(request: SigningRequest, chain_pem: str, now: datetime) -> _Chain:
    fault = ""
    try:
        leaf, *above = read_certificates(chain_pem)
        wanted = read_request(request.csr_pem)
    except UnreadableError as error:
        raise UnableToChangeCertificate(errors={"chain": str(error)}) from error
    if above and above[-1].subject == above[-1].issuer:
        above.pop()
    if spki(leaf) != spki(wanted):
        fault = "The first certificate is not for the key of this request."
    elif not _is_chain([leaf, *above]):
        fault = "Each certificate must be signed by the one after it."
    elif not leaf.not_valid_before_utc <= now < leaf.not_valid_after_utc:
        fault = "The certificate is not valid now."
    elif len(to_pem([leaf, *above])) > MAX_CHAIN:
        fault = f"The chain has more than {MAX_CHAIN} characters."
    elif is_known(facts(leaf).fingerprint):
        fault = "This certificate is known already."
    if fault:
        raise UnableToChangeCertificate(errors={"chain": fault})
    return _Chain(leaf, above)


def _is_chain(chain: list[x509.Certificate]) -> bool:
    try:
        for one, issuer in itertools.pairwise(chain):
            one.verify_directly_issued_by(issuer)
    except Exception:  # noqa: BLE001 -- whatever it is, it is no chain
        return False
    return True


def _store(request: SigningRequest, chain: _Chain, now: datetime) -> StationCertificate:
    return StationCertificate.objects.create(
        operator_id=request.operator_id,
        station_id=request.station_id,
        request=request,
        use=request.use,
        created_at=now,
        **content_of(chain.leaf, chain.above),
    )


def content_of(leaf: x509.Certificate, above: Sequence[x509.Certificate]) -> dict[str, Any]:
    """The fields of a `StationCertificate` that the certificate and its chain tell themselves."""
    found = facts(leaf)
    return {
        "serial_number": found.serial_number,
        "subject": found.subject,
        "issuer": found.issuer,
        "fingerprint": found.fingerprint,
        "not_before": found.not_before,
        "not_after": found.not_after,
        "pem": to_pem([leaf]),
        "chain_pem": to_pem(above),
    }


def deliver(request: SigningRequest, certificate: StationCertificate, *, now: datetime) -> None:
    """Send CertificateSigned, unless one is on its way."""
    if request.command is not None and request.command.is_open:
        return
    request.command = queue_command(
        operator_id=request.operator_id,
        station_id=request.station_id,
        command=commands.CertificateSigned(
            chain=_handed_over(request, certificate),
            use=CertificateUse(request.use),
            certificate_id=str(certificate.pk),
            request_ref=request.request_ref,
        ),
        now=now,
        timeout=DELIVERY_TIMEOUT,
    )
    request.state = SigningState.SIGNED
    request.save(update_fields=["command", "state"])


def _handed_over(request: SigningRequest, certificate: StationCertificate) -> str:
    """The chain; with its root for makes that take none without (Q88), where the root is known."""
    chain = certificate.pem + certificate.chain_pem
    station = request.station
    make = Make(station.vendor, station.model, station.firmware_version)
    if not resolve_make(operator_id=request.operator_id, make=make).quirks.root_in_chain:
        return chain
    top = read_certificates(chain)[-1]
    root = next((root for root in _roots(request.operator_id) if _is_chain([top, root])), None)
    whole = chain + to_pem([root]) if root else chain
    return whole if len(whole) <= MAX_CHAIN else chain


def _roots(operator_id: UUID) -> Iterator[x509.Certificate]:
    """Of the operator's own CAs, and those that it trusts."""
    own = OperatorAuthority.objects.filter(operator_id=operator_id).order_by("pk")
    trusted = TrustedRoot.objects.filter(operator_id=operator_id).order_by("pk")
    for pem in (
        *own.values_list("root_pem", flat=True),
        *trusted.values_list("pem", flat=True),
    ):
        yield from read_certificates(pem)


def deliver_again(*, now: datetime) -> int:
    """Sweep: certificates whose CertificateSigned was lost, while the station is there: at once
    after it came back, else with a pause between.

    Returns how many were sent once more.
    """
    came_back = Q(command__finished_at__lt=F("station__connected_at"))
    with system_scope("delivery: certificates of every operator"):
        rows = (
            SigningRequest.objects.filter(
                state=SigningState.SIGNED, signed_at__gt=now - _TRY_FOR, station__is_online=True
            )
            .exclude(command__status__in=CommandStatus.open())
            .filter(came_back | Q(command=None) | Q(command__finished_at__lte=now - _PAUSE))
        )
        sent = 0
        for request in rows.select_related("command").order_by("pk")[:_PER_SWEEP]:
            certificate = request.certificates.order_by("-pk").first()
            if certificate is not None and is_still_good(certificate, now):
                deliver(request, certificate, now=now)
                sent += 1
        return sent
