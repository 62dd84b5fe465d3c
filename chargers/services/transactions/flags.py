"""Warnings on a session, published when a person must look."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from chargers.domain.review import Finding, Oddity, merged, needs_person, without
from chargers.domain.sequence import read, written
from chargers.events import TransactionFlagged
from chargers.models import Transaction
from events.outbox import publish

FLAG_FIELDS = ("warnings", "needs_review")


def flag(row: Transaction, findings: Iterable[Finding], *, now: datetime) -> None:
    """Note findings on the row (unsaved: `FLAG_FIELDS`); each is published once."""
    row.warnings, fresh = merged(row.warnings, findings, at=now)
    serious = [finding for finding in fresh if needs_person(finding.code)]
    if serious:
        row.needs_review = True
        publish(*(flagged(row, finding) for finding in serious), now=now)


def flagged(row: Transaction, finding: Finding) -> TransactionFlagged:
    return TransactionFlagged(
        operator_id=row.operator_id,
        subject_id=row.pk,
        parent_id=row.station_id,
        code=finding.code.value,
        detail=finding.detail,
    )


def missing_events(row: Transaction) -> frozenset[int]:
    """Sequence numbers that have not come yet, as noted on the row."""
    details = (w["detail"] for w in row.warnings if w["code"] == Oddity.MISSING_EVENTS)
    return read(next(details, ""))


def note_missing_events(row: Transaction, missing: frozenset[int], *, now: datetime) -> None:
    """Replace the note of missing sequence numbers (unsaved)."""
    if missing == missing_events(row):
        return
    row.warnings = without(row.warnings, Oddity.MISSING_EVENTS)
    if missing:
        flag(row, [Finding(Oddity.MISSING_EVENTS, written(missing))], now=now)
