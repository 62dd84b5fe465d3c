"""Locations for lists, maps and choices."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from chargers.models import Location


def locations(search: str = "") -> QuerySet[Location]:
    """Locations by name, each with `station_count` and `online_count`."""
    rows: QuerySet[Location] = Location.objects.all()
    for word in search.replace("\x00", "").split()[:8]:
        rows = rows.filter(
            Q(name__icontains=word) | Q(city__icontains=word) | Q(address__icontains=word)
        )
    return rows.annotate(
        station_count=Count("stations"),
        online_count=Count("stations", filter=Q(stations__is_online=True)),
    ).order_by("name", "id")
