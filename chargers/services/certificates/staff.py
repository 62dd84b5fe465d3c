"""What staff does with certificates by hand: sign, refuse, upload, take on, revoke."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db.transaction import atomic, on_commit

from accounts.services import audit
from accounts.services.audit import Actor
from chargers import ports
from chargers.certificate_ports import certificate_authority
from chargers.domain.certificates import CertificateUse
from chargers.domain.commands import CertificateSigned
from chargers.events import CertificateRevoked
from chargers.exceptions import UnableToChangeCertificate
from chargers.models import (
    CertificateStatus,
    ChargingStation,
    SigningRequest,
    SigningState,
    StationCertificate,
    StationCommand,
)
from chargers.pki.pem import UnreadableError, facts, read_certificates
from chargers.services.certificates import requests
from chargers.services.certificates.client import is_known
from chargers.services.certificates.delivery import content_of, store_chain
from events.outbox import publish


def sign_by_hand(*, request: SigningRequest, actor: Actor, now: datetime) -> bool:
    """Have the CA sign a request that waits, whatever the policy says. Returns whether it did.

    Raises:
        UnableToChangeCertificate: it does not wait any more, or the CA's chain does not fit.
    """
    _check_waiting(request)
    signed = requests.sign_request(request=request, now=now)
    _audit(request, "signing_request.signed", actor, now, {"subject": request.subject})
    return signed


@atomic
def upload_chain(
    *, request: SigningRequest, chain_pem: str, actor: Actor, now: datetime
) -> StationCertificate:
    """Hand a station what a CA elsewhere signed for its request.

    Raises:
        UnableToChangeCertificate: the request waits no more, or the chain does not fit it.
    """
    _check_waiting(request)
    stored = store_chain(request_id=request.pk, chain_pem=chain_pem, now=now)
    if stored is None:
        raise UnableToChangeCertificate("This request is not waiting any more.")
    changes = {"serial_number": stored.serial_number, "issuer": stored.issuer}
    _audit(request, "signing_request.chain_uploaded", actor, now, changes)
    return stored


@atomic
def hand_over(
    *, request: SigningRequest, chain_pem: str, actor: Actor, now: datetime
) -> StationCommand:
    """As `upload_chain`; returns the command that carries the chain to the station."""
    upload_chain(request=request, chain_pem=chain_pem, actor=actor, now=now)
    return StationCommand.objects.filter(
        station_id=request.station_id, kind=CertificateSigned.kind
    ).latest("pk")


@atomic
def refuse_by_hand(
    *, request: SigningRequest, reason: str, actor: Actor, now: datetime
) -> SigningRequest:
    """Refuse a request that waits. Raises UnableToChangeCertificate."""
    refused = requests.refuse_request(
        request_id=request.pk,
        code="refused_by_operator",
        reason=reason.strip() or "Refused by the operator.",
        now=now,
    )
    _audit(request, "signing_request.refused", actor, now, {"reason": refused.reason})
    return refused


def _check_waiting(request: SigningRequest) -> None:
    if request.state != SigningState.PENDING:
        raise UnableToChangeCertificate("This request is not waiting any more.")


@atomic
def register_certificate(
    *, station: ChargingStation, pem: str, actor: Actor, now: datetime
) -> StationCertificate:
    """Take on the client certificate that a station came with (from its maker's CA).

    From now on whoever holds its key is this station.

    Raises:
        UnableToChangeCertificate: unreadable, not valid now, or known for any station.
    """
    try:
        leaf, *above = read_certificates(pem)
    except UnreadableError as error:
        raise UnableToChangeCertificate(errors={"certificate": str(error)}) from error
    found = facts(leaf)
    if not found.not_before <= now < found.not_after:
        fault = "The certificate is not valid now."
        raise UnableToChangeCertificate(errors={"certificate": fault})
    if is_known(found.fingerprint):
        fault = "This certificate is known already."
        raise UnableToChangeCertificate(errors={"certificate": fault})
    row = StationCertificate.objects.create(
        operator=station.operator,
        station=station,
        use=CertificateUse.CLIENT,
        **content_of(leaf, above),
        status=CertificateStatus.INSTALLED,
        installed_at=now,
        created_at=now,
    )
    changes = {"serial_number": found.serial_number, "subject": found.subject}
    _audit_certificate(row, "station_certificate.registered", actor, now, changes)
    return row


def revoke_certificate(
    *, certificate: StationCertificate, reason: str, actor: Actor, now: datetime
) -> StationCertificate:
    """Never accept it again; the station's socket is closed, so that it must show what it has.

    The CA is told after that: its failure does not undo our own refusal.

    Raises:
        UnableToChangeCertificate: it is revoked already.
    """
    revoked = _revoke(certificate.pk, reason.strip()[:120], actor, now)
    certificate_authority().revoke(
        operator_id=revoked.operator_id, certificate_pem=revoked.pem, reason=reason, now=now
    )
    return revoked


@atomic
def revoke_all_of_station(
    *, station: ChargingStation, reason: str, actor: Actor, now: datetime
) -> list[StationCertificate]:
    """Never accept any certificate of a machine again; the CA is told after the commit."""
    rows = StationCertificate.objects.filter(station=station)
    valid = rows.exclude(status=CertificateStatus.REVOKED).order_by("id")
    keys = list(valid.values_list("pk", flat=True))
    revoked = [_revoke(key, reason[:120], actor, now) for key in keys]
    for row in revoked:
        on_commit(partial(_tell_authority, row, reason, now), robust=True)
    return revoked


def _tell_authority(row: StationCertificate, reason: str, now: datetime) -> None:
    certificate_authority().revoke(
        operator_id=row.operator_id, certificate_pem=row.pem, reason=reason, now=now
    )


@atomic
def _revoke(certificate_id: UUID, reason: str, actor: Actor, now: datetime) -> StationCertificate:
    row = StationCertificate.objects.select_for_update().get(pk=certificate_id)
    if row.status == CertificateStatus.REVOKED:
        raise UnableToChangeCertificate("This certificate is revoked already.")
    row.status, row.revoked_at = CertificateStatus.REVOKED, now
    row.revocation_reason = reason
    row.save(update_fields=["status", "revoked_at", "revocation_reason"])
    changes = {"serial_number": row.serial_number, "reason": reason}
    _audit_certificate(row, "station_certificate.revoked", actor, now, changes)
    publish(
        CertificateRevoked(
            operator_id=row.operator_id,
            subject_id=row.station_id,
            use=row.use,
            serial_number=row.serial_number,
            reason=reason,
        ),
        now=now,
    )
    if row.use == CertificateUse.CLIENT:
        on_commit(partial(_disconnect, row.station_id), robust=True)
    return row


def _disconnect(station_id: UUID) -> None:
    ports.command_waker().disconnect(station_id)


def _audit(
    request: SigningRequest, action: str, actor: Actor, now: datetime, changes: Mapping[str, Any]
) -> None:
    audit.record(
        operator=request.operator, actor=actor, action=action, obj=request, changes=changes, now=now
    )


def _audit_certificate(
    row: StationCertificate, action: str, actor: Actor, now: datetime, changes: Mapping[str, Any]
) -> None:
    audit.record(
        operator=row.operator, actor=actor, action=action, obj=row, changes=changes, now=now
    )
