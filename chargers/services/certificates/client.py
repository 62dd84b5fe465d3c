"""Whose client certificate is this? Asked at every TLS handshake of a station."""

from __future__ import annotations

import hashlib
from datetime import datetime

from chargers.domain.certificates import CertificateUse
from chargers.models import CertificateStatus, StationCertificate
from common.tenancy import system_scope

_USABLE = (CertificateStatus.ISSUED, CertificateStatus.INSTALLED)


def fingerprint_of(der: bytes) -> str:
    """SHA-256 of a certificate's DER, 64 lower-case hexadecimal digits."""
    return hashlib.sha256(der).hexdigest()


def is_known(fingerprint: str) -> bool:
    """Whether any operator has this certificate: one certificate is one station."""
    with system_scope("a fingerprint is unique per installation"):
        return StationCertificate.objects.filter(fingerprint=fingerprint).exists()


def find_client_certificate(der: bytes, *, now: datetime) -> StationCertificate | None:
    """The row of a client certificate, with its station, or None (security profile 3).

    Found is what we issued or took on for exactly one station, as TLS client certificate, that is
    valid now and not revoked. The certificate's bytes are what counts, nothing that is written in
    it, so no chain need be verified here. One query; `station` is loaded.

    Args:
        der: the certificate as the TLS layer hands it over (leaf, DER).
        now: aware UTC.
    """
    with system_scope("handshake: a fingerprint is unique per installation"):
        return (
            StationCertificate.objects.filter(
                fingerprint=fingerprint_of(der),
                use=CertificateUse.CLIENT,
                status__in=_USABLE,
                not_before__lte=now,
                not_after__gte=now,
            )
            .select_related("station")
            .first()
        )
