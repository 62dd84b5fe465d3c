"""What pages show of certificates, in the caller's tenant scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from chargers.domain.certificates import HashAlgorithm
from chargers.models import (
    InstalledCertificate,
    SigningRequest,
    SigningState,
    StationCertificate,
    TrustedRoot,
)
from chargers.pki.hashdata import hash_data
from chargers.pki.pem import read_certificate
from chargers.services.certificates.expiry import last_of_their_kind

SHOWN = 50
_SOON = timedelta(days=30)
_MARKS = ((timedelta(0), "faulted"), (timedelta(days=14), "occupied"), (_SOON, "reserved"))


@dataclass(frozen=True, slots=True)
class CertificateView:
    """`state` is the look of its expiry (`common.states`)."""

    certificate: StationCertificate
    state: str
    words: str


@dataclass(frozen=True, slots=True)
class InstalledView:
    """What a station holds; `name` is the root of ours that it is, "" for a stranger."""

    row: InstalledCertificate
    name: str


def certificate_view(certificate: StationCertificate, now: datetime) -> CertificateView:
    """A certificate with how it looks now."""
    if not certificate.is_usable:
        return CertificateView(certificate, "offline", certificate.get_status_display())
    left = certificate.not_after - now
    state = next((mark for limit, mark in _MARKS if left <= limit), "available")
    words = "Expired" if left <= timedelta(0) else certificate.get_status_display()
    return CertificateView(certificate, state, words)


def expiring_certificates(*, now: datetime) -> QuerySet[StationCertificate]:
    """Certificates in use that expire within 30 days or have expired, the first to go first."""
    rows = last_of_their_kind().filter(not_after__lte=now + _SOON)
    return rows.select_related("station").order_by("not_after", "pk")


def waiting_requests() -> QuerySet[SigningRequest]:
    """What waits for a CA or a person, oldest first."""
    rows = SigningRequest.objects.filter(state=SigningState.PENDING)
    return rows.select_related("station").order_by("pk")


def certificates_of(*, station_id: UUID, now: datetime) -> list[CertificateView]:
    """The latest certificates of a station, newest first."""
    rows = StationCertificate.objects.filter(station_id=station_id).order_by("-pk")[:SHOWN]
    return [certificate_view(row, now) for row in rows]


def requests_of(*, station_id: UUID) -> list[SigningRequest]:
    """The latest requests of a station, newest first."""
    return list(SigningRequest.objects.filter(station_id=station_id).order_by("-pk")[:10])


def installed_at(*, station_id: UUID) -> list[InstalledView]:
    """What a station said that it holds, named by the operator's own roots."""
    rows = list(
        InstalledCertificate.objects.filter(station_id=station_id).order_by("use", "pk")[:SHOWN]
    )
    names = _names_of(rows)
    return [InstalledView(row, names.get(row.hash_data.key, "")) for row in rows]


def _names_of(rows: Iterable[InstalledCertificate]) -> dict[Any, str]:
    algorithms = {HashAlgorithm(row.hash_algorithm) for row in rows}
    if not algorithms:
        return {}
    names = {}
    for root in TrustedRoot.objects.order_by("pk"):
        certificate = read_certificate(root.pem)
        for algorithm in algorithms:
            names[hash_data(certificate, None, algorithm).key] = root.name
    return names
