"""Stored figures of a network, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, Sum

from chargers.models import Transaction
from operations.measured import Hour, Sample
from operations.models import HourlyFigures, NetworkSample
from operations.periods import Span


def hours_since(start: datetime) -> list[Hour]:
    """Hours from `start` on, in order; those without figures are left out. One query."""
    rows = HourlyFigures.objects.filter(hour__gte=start).order_by("hour")
    fields = ("hour", "energy_wh", "ac_power_w", "dc_power_w", "uptime_ppm")
    return [Hour(*row) for row in rows.values_list(*fields)]


def samples_since(start: datetime) -> list[Sample]:
    """Samples from `start` on, in order. One query."""
    rows = NetworkSample.objects.filter(at__gte=start).order_by("at")
    fields = ("at", "ac_power_w", "dc_power_w", "active_sessions", "in_use")
    return [Sample(*row) for row in rows.values_list(*fields)]


def samples_at(instants: Sequence[datetime]) -> dict[datetime, Sample]:
    """The samples of exactly these minutes, as far as they were taken. One query."""
    rows = NetworkSample.objects.filter(at__in=instants)
    fields = ("at", "ac_power_w", "dc_power_w", "active_sessions", "in_use")
    return {row[0]: Sample(*row) for row in rows.values_list(*fields)}


def energy_ended_in(spans: Sequence[Span]) -> list[int]:
    """Wh of the sessions that ended in each of some short spans. One query along an index."""
    parts = [Q(ended_at__gte=span.start, ended_at__lt=span.end) for span in spans]
    if not parts:
        return []
    anywhere = Q()
    for part in parts:
        anywhere |= part
    sums = Transaction.objects.filter(anywhere).aggregate(
        **{f"span_{i}": Sum("energy_wh", filter=part) for i, part in enumerate(parts)}
    )
    return [sums[f"span_{i}"] or 0 for i in range(len(parts))]
