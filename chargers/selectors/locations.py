"""Locations for lists, maps and choices."""

from __future__ import annotations

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from chargers.models import ChargingStation, Location


def locations(search: str = "") -> QuerySet[Location]:
    """Locations by name, each with `station_count` and `online_count`."""
    rows: QuerySet[Location] = Location.objects.all()
    for word in search.replace("\x00", "").split()[:8]:
        rows = rows.filter(
            Q(name__icontains=word) | Q(city__icontains=word) | Q(address__icontains=word)
        )
    here = ChargingStation.objects.filter(location=OuterRef("pk"))
    return rows.annotate(
        station_count=_count(here),
        online_count=_count(here.filter(is_online=True)),
    ).order_by("name", "id")


def _count(stations: QuerySet[ChargingStation]) -> Coalesce:
    """Counted per row shown; a join would count the whole network for one page."""
    counted = stations.order_by().values("location").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)
