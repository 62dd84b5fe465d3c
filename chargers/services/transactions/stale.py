"""Sessions whose stop will not come: closed by rule, provisionally."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from chargers.domain.review import Finding, Oddity
from chargers.domain.vocabulary import ConnectorStatus
from chargers.models import Transaction, TransactionState
from chargers.services.transactions.closing import end_provisionally
from common.tenancy import system_scope

OFFLINE_LIMIT = timedelta(hours=6)
# A station that resumes says so within minutes of its boot.
_AFTER_BOOT = timedelta(minutes=5)
# A replayed older session is stopped by the same replay.
_DISPLACED_FOR = timedelta(hours=1)
_PER_CALL = 500


def end_stale_transactions(*, now: datetime, offline_limit: timedelta = OFFLINE_LIMIT) -> int:
    """Close sessions that nothing speaks for any more. Returns how many.

    Rules: the station has been offline longer than `offline_limit`; it has restarted and shows
    the connector free, and no reading has come since; another session took the EVSE.
    """
    with system_scope("sweep: sessions of every operator"):
        return sum(
            end_provisionally(transaction_id=pk, reason=reason, now=now)
            for pk, reason in _stale(now, offline_limit)
        )


def _stale(now: datetime, offline_limit: timedelta) -> Iterator[tuple[UUID, Finding]]:
    active = Transaction.objects.filter(state=TransactionState.ACTIVE).annotate(
        latest_at=Coalesce("last_reading_at", "started_received_at")
    )
    rules = (
        (Oddity.OFFLINE_TOO_LONG, _offline(active, now - offline_limit)),
        (Oddity.FORGOTTEN_AFTER_BOOT, _forgotten(active, now - _AFTER_BOOT)),
        (Oddity.SUPERSEDED, _displaced(active, now - _DISPLACED_FOR)),
    )
    for code, rows in rules:
        for pk in list(rows.values_list("pk", flat=True)[:_PER_CALL]):
            yield pk, Finding(code)


def _offline(active: QuerySet[Transaction], before: datetime) -> QuerySet[Transaction]:
    return active.filter(
        Q(station__disconnected_at__lt=before) | Q(station__disconnected_at=None),
        station__is_online=False,
        started_received_at__lt=before,
    )


def _forgotten(active: QuerySet[Transaction], before: datetime) -> QuerySet[Transaction]:
    return active.filter(
        station__is_online=True,
        station__booted_at__lt=before,
        station__booted_at__gt=F("latest_at"),
        connector__status=ConnectorStatus.AVAILABLE,
        connector__status_at__gte=F("station__booted_at"),
    )


def _displaced(active: QuerySet[Transaction], before: datetime) -> QuerySet[Transaction]:
    return active.filter(
        Q(last_reading_at__lt=before) | Q(last_reading_at=None),
        evse__active_transaction__isnull=False,
        started_received_at__lt=before,
    ).exclude(evse__active_transaction=F("pk"))
