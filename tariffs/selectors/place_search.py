"""Places that a search, a make or "all of them" means, for assigning to many at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from chargers import selectors
from chargers.models import ChargingStation, Evse, Location
from chargers.selectors import StationFilters
from tariffs.models import TariffAssignment
from tariffs.resolution import Place
from tariffs.selectors.places import PlaceKey, locations_found
from tariffs.selectors.resolution import place_of
from tariffs.services.places import Places


@dataclass(frozen=True, slots=True)
class Make:
    """A vendor's model that stands in the network."""

    vendor: str
    model: str
    stations: int

    @property
    def key(self) -> str:
        """As an address says it; the bar is in no vendor's name that matters to a choice."""
        return f"{self.vendor}|{self.model}"

    @property
    def name(self) -> str:
        return f"{self.vendor} {self.model}".strip()


def makes() -> list[Make]:
    """Every make with the number of its stations, by name. One query."""
    rows = ChargingStation.objects.exclude(vendor="", model="").order_by("vendor", "model")
    counted = rows.values_list("vendor", "model").annotate(n=Count("pk"))
    return [Make(vendor, model, count) for vendor, model, count in counted]


def found_places(*, level: str, search: str, make: Make | None) -> Places:
    """What a level ("network", "locations", "stations") and its filters mean. One query."""
    if level == "network":
        return Places(network=True)
    if level == "locations":
        keys = locations_found(search=search).order_by("name", "id").values_list("pk", flat=True)
        return Places(locations=list(keys))
    stations = selectors.stations(StationFilters(search=search))
    if make is not None:
        stations = stations.filter(vendor=make.vendor, model=make.model)
    return Places(stations=list(stations.values_list("pk", flat=True)))


def names_of(rows: Iterable[TariffAssignment]) -> dict[PlaceKey, str]:
    """Names of the places of some assignments; the network has none. At most three queries."""
    keys = {PlaceKey(*place_of(row)) for row in rows}
    found: dict[PlaceKey, str] = {}
    for level, query in _NAMES.items():
        ids = [key.id for key in keys if key.level is level]
        if ids:
            found |= {PlaceKey(level, pk): name for pk, name in query(ids)}
    return found


def _locations(ids: Sequence[Any]) -> Iterable[tuple[Any, str]]:
    rows = Location.objects.filter(pk__in=ids).values_list("pk", "name", "city")
    return [(pk, f"{name}, {city}") for pk, name, city in rows]


def _stations(ids: Sequence[Any]) -> Iterable[tuple[Any, str]]:
    rows = ChargingStation.objects.filter(pk__in=ids).values_list("pk", "name", "code")
    return [(pk, f"{name} ({code})") for pk, name, code in rows]


def _evses(ids: Sequence[Any]) -> Iterable[tuple[Any, str]]:
    rows = Evse.objects.filter(pk__in=ids).values_list("pk", "station__name", "number")
    return [(pk, f"{name}, EVSE {number}") for pk, name, number in rows]


_NAMES = {Place.LOCATION: _locations, Place.STATION: _stations, Place.EVSE: _evses}
