"""A station has told something: it is to be held against its templates soon."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from chargers.models import ConfigurationCheck

# The pages of a report make one look.
SETTLING = timedelta(seconds=3)


def mark_due(*, station_id: UUID, now: datetime) -> None:
    """One update, of nothing where no template matches the station."""
    soon = now + SETTLING
    rows = ConfigurationCheck.objects.filter(station_id=station_id)
    rows.filter(Q(due_at=None) | Q(due_at__gt=soon)).update(due_at=soon)


def note_unknown(*, station_id: UUID, names: Iterable[str], now: datetime) -> None:
    """The station said that it has no such variables."""
    told = {str(name)[:255] for name in names}
    row = ConfigurationCheck.objects.filter(station_id=station_id).first() if told else None
    if row is None:
        return
    row.unknown_names = sorted({*row.unknown_names, *told})[:500]
    row.save(update_fields=["unknown_names"])
    mark_due(station_id=station_id, now=now)
