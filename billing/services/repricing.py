"""Prices records again: by what they hold themselves, or by what the sessions' rows say now."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.db.transaction import atomic

from accounts.services import audit
from accounts.services.audit import Actor
from billing.domain.facts import Facts
from billing.domain.flags import findings_among
from billing.domain.record import priced
from billing.exceptions import UnableToPriceAgain
from billing.models import Cdr, CdrFailure
from billing.services.cdrs import make_cdr
from billing.services.locked_prices import known_prices, look_again
from billing.services.session_facts import read_facts
from chargers.models import Transaction
from common.paging import keyset_page

logger = logging.getLogger(__name__)

CHUNK = 500
_ORDER = ("ended_at", "id")
# Enough to find out what is wrong; the rest is counted.
_MOST_NAMED = 100


@dataclass(slots=True)
class Repriced:
    """What came of pricing a number of records again.

    Attributes:
        equal: the digest is the same, bit by bit.
        different, failed: counts; `named` holds the first of both.
        complete: every record of the period was looked at.
    """

    equal: int = 0
    different: int = 0
    failed: int = 0
    named: list[UUID] = field(default_factory=list)
    complete: bool = True

    @property
    def checked(self) -> int:
        return self.equal + self.different + self.failed

    def count(self, cdr: Cdr, digest: str | None) -> None:
        """Count one by its new digest, None: it could not be priced."""
        if digest == cdr.digest:
            self.equal += 1
            return
        if digest is None:
            self.failed += 1
        else:
            self.different += 1
        if len(self.named) < _MOST_NAMED:
            self.named.append(cdr.pk)


def facts_of(cdr: Cdr) -> Facts:
    """All that decides its price, out of the record alone."""
    return Facts(
        terms=cdr.terms,
        charging=cdr.charging,
        spot_prices=cdr.spot_prices,
        time_zone=cdr.time_zone,
        started_at=cdr.started_at,
        ended_at=cdr.ended_at,
        energy_wh=cdr.energy_wh,
        findings=findings_among(cdr.flags),
        is_provisional=cdr.is_provisional,
        in_review=cdr.session_in_review,
    )


def check_stored(*, since: datetime, until: datetime, most: int | None = None) -> Repriced:
    """Price every record again, old versions too, whose session ended in [since, until).

    Nothing is written.

    Args:
        most: stop after so many records.
    """
    found = Repriced()
    rows = Cdr.objects.filter(ended_at__gte=since, ended_at__lt=until)
    for page in _pages(rows, most, found):
        for cdr in page:
            found.count(cdr, _digest(cdr.transaction_id, facts_of(cdr)))
    return found


def check_readings(
    *, since: datetime, until: datetime, now: datetime, most: int | None = None
) -> Repriced:
    """Price sessions by their readings, and compare with the records that count. Writes no record."""
    found = Repriced()
    rows = Cdr.objects.filter(ended_at__gte=since, ended_at__lt=until, is_latest=True)
    for page in _pages(rows, most, found):
        _compare(page, found, now=now)
    return found


def _compare(page: Sequence[Cdr], found: Repriced, *, now: datetime) -> None:
    keys = [cdr.transaction_id for cdr in page]
    rows = list(Transaction.objects.filter(pk__in=keys).select_related("location", "evse"))
    read = read_facts(rows, pins=known_prices(rows), now=now)
    for cdr in page:
        known = read.known.get(cdr.transaction_id)
        found.count(cdr, _digest(cdr.transaction_id, known.facts) if known else None)


def _digest(transaction_id: UUID, facts: Facts) -> str | None:
    try:
        return priced(facts).digest
    except Exception:
        logger.exception("session %s cannot be priced again", transaction_id)
        return None


def _pages(rows: QuerySet[Cdr], most: int | None, found: Repriced) -> Iterator[Sequence[Cdr]]:
    cursor: str | None = ""
    while cursor is not None:
        left = CHUNK if most is None else min(CHUNK, most - found.checked)
        if left <= 0:
            found.complete = False
            return
        page = keyset_page(rows, order=_ORDER, cursor=cursor, limit=left)
        yield page.rows
        cursor = page.next_cursor


@atomic
def price_again(*, cdr: Cdr, actor: Actor, now: datetime) -> Cdr:
    """Price a session anew by what is known now; where no tariff was found, look for one again.

    A tariff that was locked stays locked.

    Returns:
        The record that counts: a new version, or the one that there was.

    Raises:
        UnableToPriceAgain: with the error that prevents it.
    """
    look_again(cdr.transaction_id, now=now)
    latest = make_cdr(transaction_id=cdr.transaction_id, now=now)
    failure = CdrFailure.objects.filter(pk=cdr.transaction_id).first()
    if latest is None or failure is not None:
        raise UnableToPriceAgain(failure.error if failure else "This session is not priced.")
    if latest.pk != cdr.pk:
        audit.record(
            operator=latest.operator,
            actor=actor,
            action="cdr.priced_again",
            obj=latest,
            changes={"gross_minor": [cdr.gross_minor, latest.gross_minor]},
            now=now,
        )
    return latest
