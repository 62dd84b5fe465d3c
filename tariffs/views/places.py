"""Places out of an address: "network", "location:<id>", "station:<id>", "evse:<id>"."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count
from django.http import Http404

from chargers.models import ChargingStation, Evse, Location
from tariffs.selectors.places import (
    Row,
    evse_places,
    location_places,
    network_place,
    station_places,
)


def row_or_404(text: str) -> Row:
    """The place that an address names; another operator's is as good as none."""
    kind, _colon, key = text.partition(":")
    rows = _rows(kind, key)
    if not rows:
        raise Http404
    return rows[0]


def _rows(kind: str, key: str) -> list[Row]:
    if kind == "network" and not key:
        return [network_place()]
    if kind == "evse":
        number = int(key) if key.isascii() and key.isdigit() and len(key) < 19 else 0
        return evse_places(Evse.objects.filter(pk=number).select_related("station"))
    try:
        pk = UUID(key)
    except ValueError:
        return []
    if kind == "location":
        found = Location.objects.filter(pk=pk).annotate(station_count=Count("stations"))
        return location_places(list(found))
    if kind == "station":
        stations = ChargingStation.objects.filter(pk=pk).annotate(evse_count=Count("evses"))
        return station_places(list(stations))
    return []
