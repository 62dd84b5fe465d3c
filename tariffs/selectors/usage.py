"""Where a tariff is used: assignments of the price list, sessions that have pinned it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from chargers.models import TransactionState
from tariffs.models import PinnedTariff, Tariff, TariffAssignment

_RECENT = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Counts of one tariff.

    Attributes:
        assignments: cells of the price list that use it now or later.
        groups: names of the groups of those cells, in the order in which they are asked.
        running: sessions under way at one of its versions.
        recent: sessions of the last 30 days, those under way included.
    """

    assignments: int
    groups: list[str]
    running: int
    recent: int


def usage_of(tariff: Tariff, *, at: datetime) -> Usage:
    """By two queries."""
    cells = TariffAssignment.objects.filter(tariff=tariff)
    open_cells = cells.filter(Q(valid_until=None) | Q(valid_until__gt=at))
    groups = open_cells.values_list("group__name").annotate(n=Count("pk"))
    found = list(groups.order_by("group__position", "group_id"))
    sessions = PinnedTariff.objects.filter(version__tariff=tariff).aggregate(
        running=Count("pk", filter=Q(transaction__state=TransactionState.ACTIVE)),
        recent=Count("pk", filter=Q(transaction__started_at__gte=at - _RECENT)),
    )
    return Usage(
        assignments=sum(n for _name, n in found),
        groups=[name for name, _n in found],
        running=sessions["running"],
        recent=sessions["recent"],
    )
