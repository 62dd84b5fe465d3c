"""Certificates that are about to expire: announced at 30, 14, 7 and 0 days, renewed in time."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.db.transaction import atomic

from chargers.domain import commands
from chargers.domain.certificates import CertificateUse
from chargers.domain.vocabulary import RequestedMessage
from chargers.events import CertificateExpiring
from chargers.models import (
    CertificateStatus,
    SigningRequest,
    SigningState,
    StationCertificate,
    StationCommand,
)
from chargers.services.certificates.policy import MAX_RENEW_DAYS, policy_of
from chargers.services.command_queue import queue_command
from common.tenancy import system_scope
from events.outbox import publish

THRESHOLDS = (0, 7, 14, 30)
USABLE = (CertificateStatus.ISSUED, CertificateStatus.INSTALLED)
_ASK_EVERY = timedelta(days=1)
_FORGET_AFTER = timedelta(days=30)
_TIMEOUT = timedelta(minutes=5)
_PER_SWEEP = 500
_TRIGGERS = {
    CertificateUse.CLIENT: RequestedMessage.SIGN_CERTIFICATE,
    CertificateUse.V2G: RequestedMessage.SIGN_V2G_CERTIFICATE,
}


def last_of_their_kind() -> QuerySet[StationCertificate]:
    """Usable certificates that no later one of the same station and use has taken the place of."""
    newer = StationCertificate.objects.filter(
        station=OuterRef("station"),
        use=OuterRef("use"),
        status__in=USABLE,
        not_after__gt=OuterRef("not_after"),
    )
    return StationCertificate.objects.filter(~Exists(newer), status__in=USABLE)


def check_certificates(*, now: datetime) -> tuple[int, int]:
    """Announce what expires, and ask stations for new requests where the policy says so.

    Returns how many were announced and how many stations were asked.
    """
    with system_scope("expiry: certificates of every operator"):
        horizon = now + timedelta(days=max(MAX_RENEW_DAYS, *THRESHOLDS))
        rows = (
            last_of_their_kind()
            .filter(not_after__lte=horizon, not_after__gt=now - _FORGET_AFTER)
            .select_related("station")
            .order_by("not_after", "pk")
        )
        announced = asked = 0
        for certificate in rows[:_PER_SWEEP]:
            announced += _announce(certificate, now)
            asked += _renew(certificate, now)
        return announced, asked


@atomic
def _announce(certificate: StationCertificate, now: datetime) -> bool:
    """Each threshold once; who comes late hears only of the last one."""
    left = certificate.not_after - now
    passed = [days for days in THRESHOLDS if left <= timedelta(days=days)]
    if not passed:
        return False
    days, warned = passed[0], certificate.warned_days
    if warned is not None and warned <= days:
        return False
    certificate.warned_days = days
    certificate.save(update_fields=["warned_days"])
    publish(
        CertificateExpiring(
            operator_id=certificate.operator_id,
            subject_id=certificate.station_id,
            use=certificate.use,
            serial_number=certificate.serial_number,
            days=days,
        ),
        now=now,
    )
    return True


def _renew(certificate: StationCertificate, now: datetime) -> bool:
    """Once a day while the station is there, until it sends a request."""
    trigger = _TRIGGERS.get(CertificateUse(certificate.use))
    days = policy_of(operator_id=certificate.operator_id).renew_days
    if trigger is None or not certificate.station.is_online:
        return False
    if certificate.not_after - now > timedelta(days=days) or days == 0:
        return False
    command = commands.TriggerMessage(requested_message=trigger)
    if _asked_lately(certificate, command, now):
        return False
    queue_command(
        operator_id=certificate.operator_id,
        station_id=certificate.station_id,
        command=command,
        now=now,
        timeout=_TIMEOUT,
    )
    return True


def _asked_lately(
    certificate: StationCertificate, command: commands.TriggerMessage, now: datetime
) -> bool:
    asked = StationCommand.objects.filter(
        station_id=certificate.station_id,
        kind=command.kind,
        arguments=command.to_json(),
        requested_at__gt=now - _ASK_EVERY,
    )
    open_requests = SigningRequest.objects.filter(
        station_id=certificate.station_id,
        use=certificate.use,
        state__in=[SigningState.PENDING, SigningState.SIGNED],
    )
    return asked.exists() or open_requests.exists()
