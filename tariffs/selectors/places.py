"""Places that tariffs are assigned to: the network, locations, their stations, their EVSEs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from chargers.models import ChargingStation, CurrentType, Evse, Location
from tariffs.models import Tariff, TariffAssignment
from tariffs.resolution import Place

_MOST_WORDS = 8


class PlaceKey(NamedTuple):
    """One place; the network has no id. Equal to what `selectors.resolution.place_of` says."""

    level: Place
    id: Any = None


NETWORK = PlaceKey(Place.NETWORK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the matrix.

    Attributes:
        above: the places that it inherits from, nearest first.
        current_types: what its plugs supply.
        parts: how many places there are below.
    """

    key: PlaceKey
    name: str
    sub: str = ""
    above: tuple[PlaceKey, ...] = ()
    current_types: tuple[str, ...] = ()
    parts: int = 0


def network_place() -> Row:
    """The whole network; locations are its parts."""
    return Row(key=NETWORK, name="", current_types=tuple(CurrentType.values))


def locations_found(*, search: str = "", tariff: Tariff | None = None) -> QuerySet[Location]:
    """Locations by name, where a word of the search is in them or in one of their stations.

    Args:
        tariff: only those where it is assigned: to them, or to a part of them.
    """
    rows: QuerySet[Location] = Location.objects.annotate(station_count=Count("stations"))
    for word in search.replace("\x00", "").split()[:_MOST_WORDS]:
        stations = ChargingStation.objects.filter(
            Q(name__icontains=word) | Q(code__icontains=word)
        ).order_by()
        here = Q(name__icontains=word) | Q(city__icontains=word) | Q(address__icontains=word)
        rows = rows.filter(here | Q(pk__in=stations.values("location")))
    if tariff is not None:
        rows = rows.filter(_assigned_at(tariff))
    return rows.order_by("name", "id")


def _assigned_at(tariff: Tariff) -> Q:
    assigned = TariffAssignment.objects.filter(tariff=tariff).order_by()
    ways = ("location", "station__location", "evse__station__location")
    at = Q()
    for way in ways:
        at |= Q(pk__in=assigned.filter(**{f"{way}__isnull": False}).values(way))
    return at


def location_places(rows: Sequence[Location]) -> list[Row]:
    """Rows of locations (with `station_count`). One query."""
    found = Evse.objects.filter(station__location__in=[row.pk for row in rows]).order_by()
    types = _types(found.values_list("station__location", "current_type").distinct())
    return [
        Row(
            key=PlaceKey(Place.LOCATION, row.pk),
            name=row.name,
            sub=row.city,
            above=(NETWORK,),
            current_types=types.get(row.pk, ()),
            parts=row.station_count,  # type: ignore[attr-defined]
        )
        for row in rows
    ]


def stations_at(location_id: UUID) -> QuerySet[ChargingStation]:
    """The stations of a location by name, each with `evse_count`."""
    rows = ChargingStation.objects.filter(location=location_id)
    return rows.annotate(evse_count=Count("evses")).order_by("name", "id")


def station_places(rows: Sequence[ChargingStation]) -> list[Row]:
    """Rows of stations (with `evse_count`). One query."""
    found = Evse.objects.filter(station__in=[row.pk for row in rows]).order_by()
    types = _types(found.values_list("station", "current_type").distinct())
    return [
        Row(
            key=PlaceKey(Place.STATION, row.pk),
            name=row.name,
            sub=row.code,
            above=(PlaceKey(Place.LOCATION, row.location_id), NETWORK),
            current_types=types.get(row.pk, ()),
            parts=row.evse_count,  # type: ignore[attr-defined]
        )
        for row in rows
    ]


def evse_places(evses: Iterable[Evse]) -> list[Row]:
    """Rows of EVSEs whose stations are loaded. No query."""
    return [
        Row(
            key=PlaceKey(Place.EVSE, row.pk),
            name=f"EVSE {row.number}",
            sub=row.current_type,
            above=(
                PlaceKey(Place.STATION, row.station_id),
                PlaceKey(Place.LOCATION, row.station.location_id),
                NETWORK,
            ),
            current_types=(row.current_type,),
        )
        for row in evses
    ]


def _types(pairs: Iterable[tuple[UUID, str]]) -> dict[UUID, tuple[str, ...]]:
    found: dict[UUID, set[str]] = defaultdict(set)
    for key, current_type in pairs:
        found[key].add(current_type)
    return {key: tuple(sorted(types)) for key, types in found.items()}
