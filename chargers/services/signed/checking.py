"""The check of signed values, after their commit: each by its signature, all by their session."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.transaction import atomic

from chargers import ocmf
from chargers.domain.review import Finding, Oddity, needs_person
from chargers.events import TransactionEnded
from chargers.models import (
    CheckVerdict,
    MeterPublicKey,
    SessionMeterCheck,
    SignedMeterValue,
    SignedStatus,
    Transaction,
)
from chargers.services.signed.keys import keys_for, learn_from_device_model, learn_key, readable
from chargers.services.transactions.closing import locked
from chargers.services.transactions.flags import FLAG_FIELDS, flag
from common.ids import RandomBits, random_code

logger = logging.getLogger(__name__)

TOKEN_LENGTH = 32  # 160 bits
_FIGURES = (
    "status",
    "reason",
    "checked_at",
    "key",
    "format",
    "energy_wh",
    "measured_at",
    "time_status",
    "reading_reason",
    "meter_status",
    "meter_serial",
    "pagination",
)
_MAX_ENERGY = Decimal(10) ** 19
_OURS = frozenset(
    {Oddity.SIGNED_VALUES_WRONG, Oddity.SIGNED_VALUES_INCOMPLETE, Oddity.METER_KEY_CHANGED}
)
_VERDICTS = {
    ocmf.Verdict.VALID: SignedStatus.VALID,
    ocmf.Verdict.INVALID: SignedStatus.INVALID,
    ocmf.Verdict.UNSUPPORTED: SignedStatus.UNSUPPORTED,
}
_STATUSES = {
    SignedStatus.VALID: ocmf.Verdict.VALID,
    SignedStatus.INVALID: ocmf.Verdict.INVALID,
}
_UNSUPPORTED = "Stored as it came. This format is not checked here: use the transparency software of its maker."
_NO_KEY = "The public key of the meter is not known: enter it at the station."


@dataclass(frozen=True, slots=True)
class _Outcome:
    """Status and reason of one text; the key that decided, the document when there is one."""

    status: SignedStatus
    reason: str
    key: MeterPublicKey | None = None
    document: ocmf.Document | None = None


def check_ended_session(event: TransactionEnded, now: datetime) -> None:
    """Subscriber of TransactionEnded; may run twice."""
    if SignedMeterValue.objects.filter(transaction_id=event.subject_id).exists():
        check_session(transaction_id=event.subject_id, now=now)


def check_waiting(*, now: datetime, limit: int = 200) -> int:
    """Check what waits, sessions first; one that fails does not hold up the others.

    Returns:
        How many sessions and lone values were looked at.
    """
    waiting = SignedMeterValue.objects.filter(status=SignedStatus.UNCHECKED).order_by("id")
    found: list[tuple[int, UUID | None]] = list(waiting.values_list("pk", "transaction_id")[:limit])
    sessions = dict.fromkeys(session for _, session in found if session is not None)
    for transaction_id in sessions:
        try:
            check_session(transaction_id=transaction_id, now=now)
        except Exception:
            logger.exception("signed values of session %s could not be checked", transaction_id)
    alone = [pk for pk, session in found if session is None]
    for value in SignedMeterValue.objects.filter(pk__in=alone):
        _check_value(value, now=now)
    return len(sessions) + len(alone)


@atomic
def check_session(
    *, transaction_id: UUID, now: datetime, randbits: RandomBits = secrets.randbits
) -> SessionMeterCheck:
    """Check the values of a session that wait for it, judge all of them, and flag what is wrong.

    May run again at any time: after the session's end, after another value, with another key.
    What it found before and does not find any more is withdrawn.
    """
    row = locked(transaction_id)
    values = list(
        SignedMeterValue.objects.filter(transaction_id=row.pk).select_related("key").order_by("id")
    )
    changed = False
    for value in values:
        if value.status == SignedStatus.UNCHECKED:
            changed |= _check_value(value, now=now)
    judgement = ocmf.judge(_documents(values), _facts(row))
    repeated = _sent_before(row, values)
    check = _store(row, judgement, repeated, now=now, randbits=randbits)
    _flag(row, check, key_changed=changed, now=now)
    return check


def _check_value(value: SignedMeterValue, *, now: datetime) -> bool:
    """Check one value; returns whether it brought a key that is not the known one."""
    texts = ocmf.unwrap(value.raw, encoding_method=value.encoding_method)
    sent = value.public_key or texts[0].public_key
    changed = bool(sent) and learn_key(value=value, key=sent, now=now)
    if not sent:
        learn_from_device_model(station_id=value.station_id, now=now)
    keys = readable(keys_for(station_id=value.station_id, evse_number=value.evse_number))
    outcomes = [_outcome(one, keys) for one in texts]
    worst = max(outcomes, key=lambda one: _SEVERITY.index(one.status))
    value.status, value.reason, value.key = worst.status, worst.reason[:255], worst.key
    value.checked_at = now
    value.format = texts[0].format
    _show(value, outcomes)
    value.save(update_fields=_FIGURES)
    return changed


_SEVERITY = (
    SignedStatus.VALID,
    SignedStatus.NO_KEY,
    SignedStatus.UNSUPPORTED,
    SignedStatus.INVALID,
)


def _outcome(
    one: ocmf.Unwrapped, keys: Sequence[tuple[MeterPublicKey, ocmf.PublicKey]]
) -> _Outcome:
    if one.format != "ocmf":
        return _Outcome(SignedStatus.UNSUPPORTED, _UNSUPPORTED)
    try:
        document = ocmf.parse(one.text)
    except ocmf.OcmfError as error:
        return _Outcome(SignedStatus.INVALID, str(error))
    if not keys:
        return _Outcome(SignedStatus.NO_KEY, _NO_KEY, document=document)
    found = [(row, ocmf.verify(document, key)) for row, key in keys]
    fits = [pair for pair in found if pair[1].verdict is ocmf.Verdict.VALID]
    row, verification = (fits or found)[0]
    return _Outcome(
        _VERDICTS[verification.verdict], verification.reason, key=row, document=document
    )


def _show(value: SignedMeterValue, outcomes: Iterable[_Outcome]) -> None:
    """Note the figures of the last reading inside."""
    documents = [one.document for one in outcomes if one.document is not None]
    if not documents:
        return
    payload = documents[-1].payload
    value.meter_serial = payload.meter[:100]
    value.pagination = str(payload.pagination or "")[:24]
    if payload.readings:
        reading = payload.readings[-1]
        energy = reading.energy_wh
        value.energy_wh = energy if energy is not None and abs(energy) < _MAX_ENERGY else None
        value.measured_at = reading.at
        value.time_status = reading.time_status[:4]
        value.reading_reason = reading.reason[:4]
        value.meter_status = reading.status[:4]


def _documents(values: Iterable[SignedMeterValue]) -> list[ocmf.SignedValue]:
    found = []
    for value in values:
        for one in ocmf.unwrap(value.raw, encoding_method=value.encoding_method):
            try:
                document = ocmf.parse(one.text)
            except ocmf.OcmfError:
                document = _EMPTY
            found.append(
                ocmf.SignedValue(
                    document=document,
                    context=value.context,
                    verdict=_STATUSES.get(SignedStatus(value.status)),
                    key=value.key.fingerprint if value.key else "",
                )
            )
    return found


_EMPTY = ocmf.parse("OCMF|{}|{}")


def _facts(row: Transaction) -> ocmf.SessionFacts:
    return ocmf.SessionFacts(
        energy_wh=None if row.is_active else row.energy_wh,
        started_at=row.started_device_at or row.started_at,
        ended_at=row.ended_device_at or row.ended_at,
    )


def _sent_before(row: Transaction, values: Sequence[SignedMeterValue]) -> bool:
    """Whether a value of this session was an earlier session's, too."""
    return (
        SignedMeterValue.objects.filter(
            station_id=row.station_id,
            digest__in=[value.digest for value in values],
            transaction__isnull=False,
            received_at__lte=max((v.received_at for v in values), default=row.started_received_at),
            transaction__started_received_at__lt=row.started_received_at,
        )
        .exclude(transaction_id=row.pk)
        .exists()
    )


def _store(
    row: Transaction,
    judgement: ocmf.Judgement,
    repeated: bool,  # noqa: FBT001 -- one of three facts of a private step
    *,
    now: datetime,
    randbits: RandomBits,
) -> SessionMeterCheck:
    again = ["A value was sent before, for another session."] if repeated else []
    findings = [*judgement.findings, *again]
    values: dict[str, Any] = {
        "verdict": CheckVerdict.INVALID if findings else CheckVerdict(judgement.verdict.value),
        "energy_wh": judgement.energy_wh,
        "begin": _told(judgement.begin),
        "end": _told(judgement.end),
        "findings": findings,
        "remarks": list(judgement.remarks),
        "checked_at": now,
    }
    check, _ = SessionMeterCheck.objects.update_or_create(
        transaction=row,
        defaults=values,
        create_defaults={
            **values,
            "operator_id": row.operator_id,
            "token": random_code(TOKEN_LENGTH, randbits=randbits),
        },
    )
    return check


def _told(one: ocmf.SessionReading | None) -> dict[str, Any] | None:
    if one is None:
        return None
    reading, payload = one.reading, one.value.document.payload
    return {
        "energy_wh": f"{reading.energy_wh:f}",
        "at": reading.at.isoformat().replace("+00:00", "Z") if reading.at else None,
        "meter": payload.meter,
        "pagination": str(payload.pagination or ""),
    }


def _flag(row: Transaction, check: SessionMeterCheck, *, key_changed: bool, now: datetime) -> None:
    findings = [Finding(Oddity.SIGNED_VALUES_WRONG, text) for text in check.findings]
    if check.verdict == CheckVerdict.INCOMPLETE and not row.is_active:
        findings.append(Finding(Oddity.SIGNED_VALUES_INCOMPLETE, " ".join(check.remarks)))
    if key_changed:
        findings.append(Finding(Oddity.METER_KEY_CHANGED))
    _withdraw(row, findings)
    flag(row, findings, now=now)
    row.save(update_fields=FLAG_FIELDS)


def _withdraw(row: Transaction, findings: Iterable[Finding]) -> None:
    """Take back what an earlier check found and this one does not; a changed key stays told."""
    held = {(finding.code.value, finding.detail) for finding in findings}
    held.add((Oddity.METER_KEY_CHANGED.value, ""))
    kept = [w for w in row.warnings if w["code"] not in _OURS or (w["code"], w["detail"]) in held]
    if len(kept) == len(row.warnings):
        return
    row.warnings = kept
    row.needs_review = row.needs_review and any(needs_person(w["code"]) for w in kept)
