"""What follows from stations' answers to commands about certificates."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from chargers.domain import commands
from chargers.domain.certificates import HashData, InstalledUse
from chargers.domain.commands import Outcome, OutcomeStatus
from chargers.events import CertificateInstalled, CertificateRefused
from chargers.models import (
    CertificateStatus,
    InstalledCertificate,
    SigningState,
    StationCertificate,
    StationCommand,
)
from chargers.pki.hashdata import hash_data
from chargers.pki.pem import UnreadableError, read_certificate
from events.outbox import publish

_MAX_LISTED = 200


def take_answer(row: StationCommand, outcome: Outcome, now: datetime) -> None:
    """What the station said to CertificateSigned; its certificate is found by our own id in the
    command, and only among the station's own.
    """
    asked = commands.CertificateSigned.from_json(row.arguments)
    certificate = (
        StationCertificate.objects.filter(
            station_id=row.station_id, pk__in=[asked.certificate_id] if asked.certificate_id else []
        )
        .select_related("request")
        .first()
    )
    if certificate is None or certificate.status == CertificateStatus.REVOKED:
        return
    if outcome.status is OutcomeStatus.ACCEPTED:
        _installed(certificate, now)
    elif outcome.status in (OutcomeStatus.REJECTED, OutcomeStatus.NOT_SUPPORTED):
        _refused(certificate, outcome, now)


def _installed(certificate: StationCertificate, now: datetime) -> None:
    certificate.status, certificate.installed_at = CertificateStatus.INSTALLED, now
    certificate.save(update_fields=["status", "installed_at"])
    _end_request(certificate, SigningState.INSTALLED, "", "")
    publish(
        CertificateInstalled(
            operator_id=certificate.operator_id,
            subject_id=certificate.station_id,
            use=certificate.use,
            serial_number=certificate.serial_number,
        ),
        now=now,
    )


def _refused(certificate: StationCertificate, outcome: Outcome, now: datetime) -> None:
    """Only a clear Rejected voids the certificate: otherwise the station may hold it all the same,
    and must not be locked out. A lost answer (failed) changes nothing: it is sent again.
    """
    info = outcome.detail.get("status_info") or {}
    reason = info.get("additional_info") or info.get("reason_code") or outcome.raw_status
    if outcome.status is OutcomeStatus.REJECTED:
        certificate.status = CertificateStatus.REJECTED
        certificate.save(update_fields=["status"])
    _end_request(certificate, SigningState.REJECTED, "rejected_by_station", str(reason))
    publish(
        CertificateRefused(
            operator_id=certificate.operator_id,
            subject_id=certificate.station_id,
            use=certificate.use,
            code="rejected_by_station",
            reason=str(reason)[:300],
            by_station=True,
        ),
        now=now,
    )


def _end_request(
    certificate: StationCertificate, state: SigningState, code: str, reason: str
) -> None:
    request = certificate.request
    if request is not None:
        request.state, request.reason_code, request.reason = state, code, reason[:300]
        request.save(update_fields=["state", "reason_code", "reason"])


# What a station holds ----------------------------------------------------------------------------


def keep_installed(row: StationCommand, outcome: Outcome, now: datetime) -> None:
    """A complete list of the kinds that were asked for (M03): what it does not name is gone."""
    uses = outcome.detail.get("uses", [])
    InstalledCertificate.objects.filter(station_id=row.station_id, use__in=uses).delete()
    listed: list[dict[str, Any]] = outcome.detail.get("certificates", [])
    found = {}
    for item in listed[:_MAX_LISTED]:
        data = HashData.from_json(item["hash_data"])
        found[item["use"], data.key] = _row(row, item["use"], data, item["children"], now)
    InstalledCertificate.objects.bulk_create(found.values())


def keep_new_root(row: StationCommand, _outcome: Outcome, now: datetime) -> None:
    """The station took a root (M05)."""
    asked = commands.InstallCertificate.from_json(row.arguments)
    try:
        data = hash_data(read_certificate(asked.certificate))
    except UnreadableError:  # checked when it was asked for
        return
    _forget(row.station_id, data, use=asked.use.value)
    _row(row, asked.use.value, data, [], now).save()


def forget_deleted(row: StationCommand, _outcome: Outcome, _now: datetime) -> None:
    """The station deleted a certificate, or has none such (M04)."""
    _forget(row.station_id, commands.DeleteCertificate.from_json(row.arguments).hash_data)


def _forget(station_id: UUID, data: HashData, *, use: str = "") -> None:
    rows = InstalledCertificate.objects.filter(station_id=station_id)
    if use:
        rows = rows.filter(use=use)
    gone = [one.pk for one in rows if one.hash_data.key == data.key]
    InstalledCertificate.objects.filter(station_id=station_id, pk__in=gone).delete()


def _row(
    command: StationCommand, use: str, data: HashData, children: list[Any], now: datetime
) -> InstalledCertificate:
    return InstalledCertificate(
        operator_id=command.operator_id,
        station_id=command.station_id,
        use=InstalledUse(use),
        hash_algorithm=data.algorithm,
        issuer_name_hash=data.issuer_name_hash,
        issuer_key_hash=data.issuer_key_hash,
        serial_number=data.serial_number,
        children=children,
        reported_at=now,
    )
