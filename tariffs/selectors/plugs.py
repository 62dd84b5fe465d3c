"""Plugs to choose from, by the station's name or code or where it stands."""

from __future__ import annotations

from django.db.models import QuerySet

from chargers import selectors
from chargers.models import Evse
from chargers.selectors import StationFilters

_MOST_STATIONS = 12


def plugs_found(search: str) -> list[Evse]:
    """Plugs of the first stations that match, with station and location; two queries."""
    if not search.strip():
        return []
    filters = StationFilters(search=search, search_identity=False)
    stations = list(selectors.stations(filters).values_list("pk", flat=True)[:_MOST_STATIONS])
    return list(with_place(Evse.objects.filter(station__in=stations)))


def with_place(rows: QuerySet[Evse]) -> QuerySet[Evse]:
    """Plugs with station, location and connectors, in order of station and number."""
    return (
        rows.select_related("station__location")
        .prefetch_related("connectors")
        .order_by("station__name", "station_id", "number")
    )
