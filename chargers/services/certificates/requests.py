"""Signing requests of stations (A02, A03; 1.6 SignCertificate): taken in, refused, signed."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.transaction import atomic

from chargers.certificate_ports import (
    Declined,
    SigningOrder,
    Waiting,
    certificate_authority,
)
from chargers.domain.certificates import CertificateUse
from chargers.domain.context import StationContext
from chargers.domain.messages import SignCertificate
from chargers.domain.results import SignCertificateResult
from chargers.events import CertificateRefused, CertificateRequested
from chargers.exceptions import UnableToChangeCertificate
from chargers.models import (
    CertificateStatus,
    ChargingStation,
    SigningRequest,
    SigningState,
    StationCertificate,
    StationVariable,
)
from chargers.pki.csr import (
    MAX_CSR,
    CheckedCsr,
    CsrFault,
    CsrRefused,
    check_csr,
    csr_fingerprint,
    subject_of,
)
from chargers.pki.pem import read_certificate, spki
from chargers.services.certificates.delivery import deliver, is_still_good, store_chain
from chargers.services.certificates.policy import policy_of
from common.tenancy import system_scope
from events.outbox import publish

logger = logging.getLogger(__name__)

MAX_PER_DAY = 20
_DAY = timedelta(days=1)
_PER_SWEEP = 100
_REVOKED_LOOKED_AT = 50
_SECC_VARIABLE = "ISO15118Ctrlr.SeccId"
_USED = SignCertificateResult(
    accepted=False,
    reason_code="KeyAlreadyUsed",
    reason="The certificate of this request is revoked or has expired: make a new key pair.",
)
_TOO_MANY = SignCertificateResult(
    accepted=False, reason_code="TooManyRequests", reason="Too many requests in a day."
)


@atomic
def receive_request(
    message: SignCertificate, *, station: StationContext, received_at: datetime
) -> SignCertificateResult:
    """Take in a request, or refuse it with the reason; signing follows after the commit.

    The same request again is the same row: it is never signed twice, but what was signed for it
    is handed over once more.
    """
    fingerprint = csr_fingerprint(message.csr)
    known = (
        SigningRequest.objects.select_for_update()
        .filter(station_id=station.station_id, use=message.use, csr_fingerprint=fingerprint)
        .first()
    )
    if known is not None:
        return _again(known, message, received_at)
    if _is_flooding(station, received_at):
        return _TOO_MANY
    return _take_in(message, fingerprint, station, received_at)


def _is_flooding(station: StationContext, now: datetime) -> bool:
    recent = SigningRequest.objects.filter(
        station_id=station.station_id, received_at__gt=now - _DAY
    )
    return recent.count() >= MAX_PER_DAY


def _take_in(
    message: SignCertificate, fingerprint: str, station: StationContext, now: datetime
) -> SignCertificateResult:
    refused = _refusal(message, station)
    row = SigningRequest.objects.create(
        operator_id=station.operator_id,
        station_id=station.station_id,
        use=message.use,
        csr_pem=_storable(message.csr),
        csr_fingerprint=fingerprint,
        request_ref=message.request_ref,
        subject=subject_of(message.csr),
        state=SigningState.REFUSED if refused else SigningState.PENDING,
        reason_code=refused.code if refused else "",
        reason=refused.sentence[:300] if refused else "",
        received_at=now,
    )
    if refused is not None:
        _tell_refused(row, now)
        return _refused(row)
    publish(
        CertificateRequested(
            operator_id=row.operator_id, subject_id=row.station_id, request_id=row.pk, use=row.use
        ),
        now=now,
    )
    return SignCertificateResult(accepted=True)


def _tell_refused(row: SigningRequest, now: datetime) -> None:
    publish(
        CertificateRefused(
            operator_id=row.operator_id,
            subject_id=row.station_id,
            use=row.use,
            code=row.reason_code,
            reason=row.reason,
        ),
        now=now,
    )


def _storable(csr: str) -> str:
    return csr[:MAX_CSR].replace("\x00", "").encode(errors="replace").decode()


def _refused(row: SigningRequest) -> SignCertificateResult:
    code = "".join(word.capitalize() for word in row.reason_code.split("_"))
    return SignCertificateResult(accepted=False, reason_code=code, reason=row.reason)


def _refusal(message: SignCertificate, station: StationContext) -> CsrRefused | None:
    policy = policy_of(operator_id=station.operator_id)
    try:
        checked = check_csr(
            message.csr,
            identities=_names(station, message.use),
            organization=policy.organization,
        )
        _check_key(checked, station)
    except CsrRefused as refused:
        return refused
    return None


def _check_key(checked: CheckedCsr, station: StationContext) -> None:
    """A key whose certificate was revoked is lost for good."""
    revoked = StationCertificate.objects.filter(
        station_id=station.station_id, status=CertificateStatus.REVOKED
    ).order_by("-pk")
    for pem in revoked.values_list("pem", flat=True)[:_REVOKED_LOOKED_AT]:
        if spki(read_certificate(pem)) == spki(checked.request):
            raise CsrRefused(CsrFault.KEY_REVOKED, "The certificate of this key was revoked.")


def _names(station: StationContext, use: CertificateUse) -> Collection[str]:
    """What the subject may call this station: identity or serial number, for its SECC its id."""
    row = ChargingStation.objects.values("identity", "serial_number").get(pk=station.station_id)
    names = {row["identity"], row["serial_number"]}
    if use is not CertificateUse.CLIENT:
        names |= set(
            StationVariable.objects.filter(
                station_id=station.station_id, name=_SECC_VARIABLE
            ).values_list("value", flat=True)
        )
    return names


def _again(row: SigningRequest, message: SignCertificate, now: datetime) -> SignCertificateResult:
    row.times_received += 1
    row.request_ref = message.request_ref
    row.save(update_fields=["times_received", "request_ref"])
    if row.state == SigningState.REFUSED:
        return _refused(row)
    if row.state == SigningState.PENDING:
        return SignCertificateResult(accepted=True)
    certificate = row.certificates.order_by("-pk").first()
    if certificate is None or not is_still_good(certificate, now):
        return _USED
    deliver(row, certificate, now=now)
    return SignCertificateResult(accepted=True)


# Signing -----------------------------------------------------------------------------------------


def sign_requested(event: CertificateRequested, now: datetime) -> None:
    """Subscriber: sign what the operator's policy lets be signed by itself."""
    with system_scope("signing: requests of every operator"):
        request = _pending(event.request_id)
        if request is None or not policy_of(operator_id=request.operator_id).sign_automatically:
            return
        sign_request(request=request, now=now)


def sign_pending_requests(*, now: datetime) -> int:
    """Sweep: what an event was lost for, and what a CA had not finished. Returns how many."""
    with system_scope("signing: requests of every operator"):
        rows = SigningRequest.objects.filter(state=SigningState.PENDING).order_by("pk")
        done = 0
        for request in rows.select_related("station")[:_PER_SWEEP]:
            if policy_of(operator_id=request.operator_id).sign_automatically:
                done += _sign_or_log(request, now)
        return done


def _sign_or_log(request: SigningRequest, now: datetime) -> bool:
    """One CA that is away must not keep the others' requests waiting."""
    try:
        return sign_request(request=request, now=now)
    except Exception:
        logger.exception("request %s could not be signed", request.pk)
        return False


def sign_request(*, request: SigningRequest, now: datetime) -> bool:
    """Have the CA sign a pending request and hand the certificate to the station.

    Runs outside of a transaction, since a CA may be slow; of two that sign the same request, the
    first to store counts.

    Returns:
        Whether it was signed now.

    Raises:
        UnableToChangeCertificate: the CA's chain does not fit the request.
        Whatever the CA raises: the request stays pending.
    """
    answer = certificate_authority().sign(
        SigningOrder(
            operator_id=request.operator_id,
            station_id=request.station_id,
            request_id=request.pk,
            use=CertificateUse(request.use),
            csr_pem=request.csr_pem,
            reference=request.external_ref,
            now=now,
        )
    )
    if isinstance(answer, Waiting):
        SigningRequest.objects.filter(pk=request.pk).update(external_ref=answer.reference[:120])
        return False
    if isinstance(answer, Declined):
        refuse_request(request_id=request.pk, code="ca_declined", reason=answer.reason, now=now)
        return False
    return store_chain(request_id=request.pk, chain_pem=answer.chain_pem, now=now) is not None


def _pending(request_id: UUID) -> SigningRequest | None:
    return SigningRequest.objects.filter(pk=request_id, state=SigningState.PENDING).first()


@atomic
def refuse_request(*, request_id: UUID, code: str, reason: str, now: datetime) -> SigningRequest:
    """Refuse a request that waits.

    Raises:
        UnableToChangeCertificate: it does not wait any more.
    """
    row = SigningRequest.objects.select_for_update().get(pk=request_id)
    if row.state != SigningState.PENDING:
        raise UnableToChangeCertificate("This request is not waiting any more.")
    row.state = SigningState.REFUSED
    row.reason_code, row.reason = code[:40], reason[:300]
    row.save(update_fields=["state", "reason_code", "reason"])
    _tell_refused(row, now)
    return row
