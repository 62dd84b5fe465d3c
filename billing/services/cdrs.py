"""Records of ended sessions: made once, made again where a session has changed.

`make_cdrs` may run for any session at any time and any number of times: it makes what is missing
and leaves the rest alone. A record that exists is never written over; what has changed is a new
version, and `is_latest` moves to it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.db.transaction import atomic

from billing.domain.facts import Facts
from billing.domain.record import Priced, priced
from billing.models import Cdr
from billing.selectors.due import is_due, is_sold
from billing.services.failures import forget_failures, note_failures
from billing.services.locked_prices import locked_prices
from billing.services.session_facts import SessionFacts, read_facts
from chargers.models import Transaction

logger = logging.getLogger(__name__)

_LARGEST = 2**63


@dataclass(slots=True)
class Made:
    """What came of a number of sessions.

    Attributes:
        written: records, first ones and next versions.
        unchanged: sessions whose record says the same already.
        failed: sessions that are put off.
    """

    written: list[Cdr] = field(default_factory=list)
    unchanged: int = 0
    failed: dict[UUID, Exception] = field(default_factory=dict)

    @property
    def looked_at(self) -> int:
        return len(self.written) + self.unchanged + len(self.failed)


@dataclass(frozen=True, slots=True)
class _Draft:
    cdr: Cdr
    before: Cdr | None


def grace() -> timedelta:
    """How long the station's own stop of a session that a rule has ended is waited for."""
    return timedelta(hours=settings.BILLING_PROVISIONAL_GRACE_HOURS)


def make_cdr(*, transaction_id: UUID, now: datetime) -> Cdr | None:
    """The latest record of one session, made now if it is missing or the session has changed.

    Returns:
        None: the session is not over, waits for its stop, was never for sale, or failed.
    """
    make_cdrs(transaction_ids=[transaction_id], now=now, wait=True)
    return Cdr.objects.filter(transaction_id=transaction_id, is_latest=True).first()


@atomic
def make_cdrs(*, transaction_ids: Collection[UUID], now: datetime, wait: bool = False) -> Made:
    """Records of many sessions with a constant number of queries.

    Args:
        wait: for sessions that somebody else holds; a sweep leaves them for the next time.
    """
    made = Made()
    rows = list(_held(transaction_ids, now, wait=wait))
    if not rows:
        return made
    drafts = _drafts(rows, made, now=now)
    try:
        with atomic():
            _store(drafts)
        made.written = [draft.cdr for draft in drafts]
    except DatabaseError:
        _store_singly(drafts, made)
    done = [row.pk for row in rows if row.pk not in made.failed]
    forget_failures(done)
    if made.failed:
        note_failures(made.failed, now=now)
    return made


def _held(transaction_ids: Collection[UUID], now: datetime, *, wait: bool) -> QuerySet[Transaction]:
    """Sessions that are to be priced, locked: nobody else makes their record meanwhile."""
    rows = Transaction.objects.filter(is_due(now, grace()), pk__in=transaction_ids)
    rows = rows.filter(is_sold()).select_related("location", "evse").order_by("pk")
    if not connection.features.has_select_for_update_skip_locked:
        return rows
    return rows.select_for_update(of=("self",), no_key=True, skip_locked=not wait)


def _drafts(rows: Iterable[Transaction], made: Made, *, now: datetime) -> list[_Draft]:
    """A record for each session that has none which says the same."""
    by_key = {row.pk: row for row in rows}
    latest = {
        cdr.transaction_id: cdr
        for cdr in Cdr.objects.filter(transaction_id__in=by_key, is_latest=True).only(
            "transaction_id", "version", "digest"
        )
    }
    pins, failed = locked_prices(list(by_key.values()), now=now)
    priceable = [row for row in by_key.values() if row.pk not in failed]
    found = read_facts(priceable, pins=pins, now=now)
    made.failed |= failed | found.failed
    drafts = []
    for transaction_id, known in found.known.items():
        try:
            outcome = priced(known.facts)
            _check_size(outcome)
        except Exception as error:
            logger.exception("session %s cannot be priced", transaction_id)
            made.failed[transaction_id] = error
            continue
        before = latest.get(transaction_id)
        if before is not None and before.digest == outcome.digest:
            made.unchanged += 1
            continue
        cdr = _record(by_key[transaction_id], known, outcome, before, now=now)
        drafts.append(_Draft(cdr, before))
    return drafts


def _check_size(outcome: Priced) -> None:
    if abs(outcome.gross_minor or 0) >= _LARGEST:
        raise OverflowError(f"an amount of {outcome.gross_exact} {outcome.currency} has no room")


def _record(
    row: Transaction, known: SessionFacts, outcome: Priced, before: Cdr | None, *, now: datetime
) -> Cdr:
    return Cdr(
        operator_id=row.operator_id,
        transaction_id=row.pk,
        location_id=row.location_id,
        driver_id=row.driver_id,
        tariff_version_id=known.tariff_version_id,
        version=1 if before is None else before.version + 1,
        created_at=now,
        **_facts_columns(known.facts),
        **_price_columns(outcome),
    )


def _facts_columns(facts: Facts) -> Mapping[str, object]:
    return {
        "started_at": facts.started_at,
        "ended_at": facts.ended_at,
        "energy_wh": facts.energy_wh,
        "is_provisional": facts.is_provisional,
        "session_in_review": facts.in_review,
        "time_zone": facts.time_zone,
        "terms": facts.terms,
        "charging": facts.charging,
        "spot_prices": facts.spot_prices,
    }


def _price_columns(outcome: Priced) -> Mapping[str, object]:
    values = {name: getattr(outcome, name) for name in Priced.__slots__}
    return {**values, "flags": list(outcome.flags)}


def _store(drafts: Collection[_Draft]) -> None:
    replaced = [draft.before.pk for draft in drafts if draft.before is not None]
    if replaced:
        Cdr.objects.filter(pk__in=replaced).update(is_latest=False)
    if drafts:
        Cdr.objects.bulk_create([draft.cdr for draft in drafts])


def _store_singly(drafts: Iterable[_Draft], made: Made) -> None:
    """One row that the database refuses must not cost the others theirs."""
    for draft in drafts:
        try:
            with atomic():
                _store([draft])
            made.written.append(draft.cdr)
        except DatabaseError as error:
            logger.exception("the record of session %s was refused", draft.cdr.transaction_id)
            made.failed[draft.cdr.transaction_id] = error
