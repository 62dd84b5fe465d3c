"""Records for lists and pages; made for millions of rows, so there is no total of all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from billing.models import Cdr

ORDER = ("-ended_at", "-id")
# Sums read every row of the period; more than so many are not summed while a person waits.
MOST_SUMMED = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CdrFilters:
    """What a list shows; empty fields do not filter.

    Attributes:
        since, until: ended at or after, and before; UTC.
        needs_review: True: waits for a person; False: may be billed.
    """

    since: datetime | None = None
    until: datetime | None = None
    location_id: UUID | None = None
    driver_id: UUID | None = None
    transaction_id: UUID | None = None
    needs_review: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What the records of one currency add up to, in its minor units.

    Attributes:
        currency: "" for records without a price.
    """

    currency: str
    sessions: int
    energy_wh: int
    net_minor: int | None
    tax_minor: int | None
    gross_minor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Of a list, by currency; `too_many`: of so many records that nothing was summed."""

    rows: list[Total]
    too_many: bool = False


def cdrs(filters: CdrFilters = CdrFilters()) -> QuerySet[Cdr]:
    """The records that count, by end, newest first."""
    equal = {
        "ended_at__gte": filters.since,
        "ended_at__lt": filters.until,
        "location_id": filters.location_id,
        "driver_id": filters.driver_id,
        "transaction_id": filters.transaction_id,
    }
    rows = Cdr.objects.filter(is_latest=True).filter(
        **{name: value for name, value in equal.items() if value is not None}
    )
    if filters.needs_review is True:
        rows = open_cdrs(rows)
    elif filters.needs_review is False:
        rows = rows.exclude(needs_review=True, accepted_at=None)
    return rows.order_by(*ORDER)


def open_cdrs(rows: QuerySet[Cdr] | None = None) -> QuerySet[Cdr]:
    """Those that wait for a person, along their own index."""
    found = Cdr.objects.all() if rows is None else rows
    return found.filter(is_latest=True, needs_review=True, accepted_at=None)


def cdrs_with_parts(rows: QuerySet[Cdr]) -> QuerySet[Cdr]:
    """With session, station, location and driver, in the same query; without the long documents."""
    return rows.select_related(
        "transaction__station", "transaction__evse", "location", "driver"
    ).defer("terms", "charging", "spot_prices", "lines", "taxes")


def totals(filters: CdrFilters) -> Totals:
    """What a list adds up to. Two queries."""
    rows = cdrs(filters).order_by()
    if rows.values("pk")[: MOST_SUMMED + 1].count() > MOST_SUMMED:
        return Totals(rows=[], too_many=True)
    sums = rows.values("currency").annotate(
        sessions=Count("pk"),
        energy=Sum("energy_wh"),
        net=Sum("net_minor"),
        tax=Sum("tax_minor"),
        gross=Sum("gross_minor"),
    )
    return Totals(
        rows=[
            Total(
                currency=row["currency"],
                sessions=row["sessions"],
                energy_wh=row["energy"],
                net_minor=row["net"],
                tax_minor=row["tax"],
                gross_minor=row["gross"],
            )
            for row in sums.order_by("-gross", "currency")
        ]
    )


def versions(transaction_id: UUID) -> list[Cdr]:
    """Every record of a session, newest first. One query."""
    rows = Cdr.objects.filter(transaction_id=transaction_id).select_related(
        "tariff_version__tariff"
    )
    return list(rows.order_by("-version"))
