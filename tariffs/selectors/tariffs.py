"""Tariffs with the version that counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tariffs.models import Tariff, TariffAssignment, TariffVersion


@dataclass(frozen=True, kw_only=True)
class TariffRow:
    """A tariff as lists show it.

    Attributes:
        current: the version that is valid; None: it has no price yet.
        scheduled: the version that follows it, if one does.
        assignments: cells of the price list that use it now or later.
    """

    tariff: Tariff
    current: TariffVersion | None
    scheduled: TariffVersion | None
    assignments: int


def tariffs(*, search: str = "", archived: bool | None = False) -> QuerySet[Tariff]:
    """Tariffs by name; `archived` None for all."""
    rows: QuerySet[Tariff] = Tariff.objects.order_by("name", "id")
    if archived is not None:
        rows = rows.filter(archived_at__isnull=not archived)
    for word in search.replace("\x00", "").split()[:8]:
        rows = rows.filter(Q(name__icontains=word) | Q(description__icontains=word))
    return rows


def with_versions(rows: QuerySet[Tariff], *, at: datetime) -> QuerySet[Tariff]:
    """The same rows, annotated for `tariff_rows`: which versions count, how often it is assigned."""
    return rows.annotate(
        current_version_id=Subquery(_begun(at).values("pk")[:1]),
        scheduled_version_id=Subquery(_coming(at).values("pk")[:1]),
        assignment_count=Coalesce(Subquery(_assigned(at)), 0),
    )


def tariff_rows(rows: Iterable[Tariff]) -> list[TariffRow]:
    """Annotated rows with their versions, by one more query."""
    found = list(rows)
    keys = {key for row in found for key in _keys_of(row) if key}
    versions = TariffVersion.objects.in_bulk(keys) if keys else {}
    return [
        TariffRow(
            tariff=row,
            current=versions.get(_keys_of(row)[0]),
            scheduled=versions.get(_keys_of(row)[1]),
            assignments=row.assignment_count,  # type: ignore[attr-defined]
        )
        for row in found
    ]


def tariff_row(tariff: Tariff, *, at: datetime) -> TariffRow:
    """One tariff as lists show it."""
    (row,) = tariff_rows(with_versions(Tariff.objects.filter(pk=tariff.pk), at=at))
    return row


def _keys_of(row: Tariff) -> tuple[UUID | None, UUID | None]:
    return row.current_version_id, row.scheduled_version_id  # type: ignore[attr-defined]


def _begun(at: datetime) -> QuerySet[TariffVersion]:
    rows = TariffVersion.objects.filter(tariff=OuterRef("pk"), withdrawn_at=None)
    return rows.filter(valid_from__lte=at).order_by("-valid_from")


def _coming(at: datetime) -> QuerySet[TariffVersion]:
    rows = TariffVersion.objects.filter(tariff=OuterRef("pk"), withdrawn_at=None)
    return rows.filter(valid_from__gt=at).order_by("valid_from")


def _assigned(at: datetime) -> QuerySet[TariffAssignment, Any]:
    rows = TariffAssignment.objects.filter(tariff=OuterRef("pk"))
    open_ones = rows.filter(Q(valid_until=None) | Q(valid_until__gt=at))
    return open_ones.order_by().values("tariff").annotate(n=Count("pk")).values("n")


def version_at(tariff: Tariff, at: datetime) -> TariffVersion | None:
    """The version that is valid at an instant: the last one that has begun and was not withdrawn."""
    return versions_at([tariff.pk], at).get(tariff.pk)


def versions_at(tariff_ids: Collection[UUID], at: datetime) -> dict[UUID, TariffVersion]:
    """The valid version of each tariff that has one, by one query."""
    mine = TariffVersion.objects.filter(
        tariff=OuterRef("tariff"), withdrawn_at=None, valid_from__lte=at
    )
    rows = TariffVersion.objects.filter(
        tariff__in=tariff_ids, pk=Subquery(mine.order_by("-valid_from").values("pk")[:1])
    )
    return {row.tariff_id: row for row in rows}


def latest_version(tariff: Tariff, *, at: datetime) -> TariffVersion | None:
    """The version that is valid, else the one that will be first."""
    begun = version_at(tariff, at)
    if begun is not None:
        return begun
    return tariff.versions.filter(withdrawn_at=None).order_by("valid_from").first()


def versions_of(tariff: Tariff) -> QuerySet[TariffVersion]:
    """Every version, the newest first, withdrawn ones too."""
    return tariff.versions.select_related("created_by").order_by("-number")
