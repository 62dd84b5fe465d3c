"""Transactions for lists and pages; made for millions of rows, so there is no total."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Upper

from chargers.domain.curve import CurvePoint, downsample
from chargers.models import ChargingStateChange, MeterValue, Transaction

_MAX_READINGS = 50_000
_MAX_FOUND = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionFilters:
    """What a list shows; empty fields do not filter.

    Attributes:
        state: "active", "ended" or "provisional".
        since: started at or after, UTC.
        until: started before, UTC.
        needs_review: True for the review queue only.
        token_uid: the token it was charged with, in any case.
    """

    state: str = ""
    station_id: UUID | None = None
    location_id: UUID | None = None
    driver_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    needs_review: bool = False
    token_uid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionCursor:
    """The last row of a page; the next page starts below it."""

    started_at: datetime
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionPage:
    """Rows with their parts, newest first; `following` is None on the last page."""

    rows: list[Transaction]
    following: TransactionCursor | None


def transactions(filters: TransactionFilters = TransactionFilters()) -> QuerySet[Transaction]:
    """Transactions, newest start first, in a total order along an index."""
    rows: QuerySet[Transaction] = Transaction.objects.all()
    equal = {
        "state": filters.state or None,
        "station_id": filters.station_id,
        "location_id": filters.location_id,
        "driver_id": filters.driver_id,
        "started_at__gte": filters.since,
        "started_at__lt": filters.until,
        "needs_review": filters.needs_review or None,
    }
    if filters.token_uid:
        # Upper() has an index on every database, iexact on none of SQLite's.
        rows = rows.alias(folded_uid=Upper("id_token_uid")).filter(
            folded_uid=filters.token_uid.upper()
        )
    rows = rows.filter(**{name: value for name, value in equal.items() if value is not None})
    return rows.order_by("-started_at", "-id")


def transactions_by_number(number: str) -> QuerySet[Transaction]:
    """By exact reference or token, newest first: a part of one would read a million rows.

    Each kind is looked up along its own index; an OR of both would use neither.
    """
    by_reference = Transaction.objects.filter(station_ref=number).values("pk")
    by_token = transactions(TransactionFilters(token_uid=number)).values("pk")
    keys = [row["pk"] for rows in (by_reference, by_token) for row in rows[:_MAX_FOUND]]
    return Transaction.objects.filter(pk__in=keys).order_by("-started_at", "-id")


def transactions_with_parts(rows: QuerySet[Transaction]) -> QuerySet[Transaction]:
    """With station, location, EVSE, connector and driver, in the same query."""
    return rows.select_related("station", "location", "evse", "connector", "driver")


def transaction_page(
    *, filters: TransactionFilters, after: TransactionCursor | None = None, limit: int = 50
) -> TransactionPage:
    """One page by keyset: the hundredth costs as little as the first. One query."""
    rows = transactions_with_parts(transactions(filters))
    if after is not None:
        # The plain bound lets the index start there; the rest settles equal instants.
        rows = rows.filter(started_at__lte=after.started_at).filter(
            Q(started_at__lt=after.started_at) | Q(id__lt=after.id)
        )
    found = list(rows[: limit + 1])
    page = found[:limit]
    more = len(found) > limit
    last = TransactionCursor(started_at=page[-1].started_at, id=page[-1].pk) if more else None
    return TransactionPage(rows=page, following=last)


def power_curve(transaction: Transaction, *, limit: int = 500) -> list[CurvePoint]:
    """Readings of a session in order of time, at most `limit` points, peaks kept. One query."""
    rows = MeterValue.objects.filter(transaction_id=transaction.pk).order_by("taken_at", "id")
    values = rows.values_list("taken_at", "energy_wh", "power_w", "soc_percent")
    return downsample([CurvePoint(*value) for value in values[:_MAX_READINGS]], limit=limit)


def charging_states(transaction: Transaction) -> list[ChargingStateChange]:
    """The history of a session's charging states in order of time. One query."""
    rows = ChargingStateChange.objects.filter(transaction_id=transaction.pk)
    return list(rows.order_by("at", "id"))
