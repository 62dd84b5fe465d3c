"""Where tariffs are assigned: places of one operator, named and checked in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Operator
from chargers.models import ChargingStation, Evse, Location
from tariffs.resolution import Place

PlaceKey = tuple[Place, Any]
# Keys that one query names; below what any database takes.
CHUNK = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Places as an interface has them: keys that may be anybody's.

    Attributes:
        network: the whole network, too.
    """

    network: bool = False
    locations: Sequence[UUID] = ()
    stations: Sequence[UUID] = ()
    evses: Sequence[int] = ()

    def __len__(self) -> int:
        return self.network + len(self.locations) + len(self.stations) + len(self.evses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A place that exists: its name, its location (None: every one), its current type ("": any)."""

    key: PlaceKey
    name: str
    location: UUID | None = None
    current_type: str = ""

    def fields(self) -> dict[str, Any]:
        """The columns of `TariffAssignment` that say this place."""
        place, key = self.key
        return {} if place is Place.NETWORK else {f"{place.name.lower()}_id": key}


@dataclass(slots=True)
class Found:
    """What of the places exists, and messages by field for what does not."""

    places: list[Named] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)


def find_places(operator: Operator, wanted: Places) -> Found:
    """The places of the operator among these. One query for each kind and 5,000 keys."""
    found = Found()
    if wanted.network:
        found.places.append(Named(key=(Place.NETWORK, None), name="the whole network"))
    _add(found, "locations", wanted.locations, _locations(operator, wanted.locations))
    _add(found, "stations", wanted.stations, _stations(operator, wanted.stations))
    _add(found, "evses", wanted.evses, _evses(operator, wanted.evses))
    if not wanted:
        found.errors["places"] = "Choose at least one place."
    return found


def chunks(keys: Iterable[Any]) -> list[list[Any]]:
    """Keys without repetition, in lists that one query can name."""
    once = list(dict.fromkeys(keys))
    return [once[start : start + CHUNK] for start in range(0, len(once), CHUNK)]


def _add(found: Found, name: str, keys: Sequence[Any], places: list[Named]) -> None:
    missing = len(set(keys)) - len(places)
    if missing:
        found.errors[name] = (
            f"One of these {name} does not exist."
            if missing == 1
            else f"{missing} of these {name} do not exist."
        )
    found.places.extend(places)


def _locations(operator: Operator, keys: Sequence[UUID]) -> list[Named]:
    rows: QuerySet[Location] = Location.objects.filter(operator=operator)
    return [
        Named(key=(Place.LOCATION, pk), name=name, location=pk)
        for chunk in chunks(keys)
        for pk, name in rows.filter(pk__in=chunk).values_list("pk", "name")
    ]


def _stations(operator: Operator, keys: Sequence[UUID]) -> list[Named]:
    rows: QuerySet[ChargingStation] = ChargingStation.objects.filter(operator=operator)
    return [
        Named(key=(Place.STATION, pk), name=name, location=location)
        for chunk in chunks(keys)
        for pk, name, location in rows.filter(pk__in=chunk).values_list("pk", "name", "location_id")
    ]


def _evses(operator: Operator, keys: Sequence[int]) -> list[Named]:
    rows: QuerySet[Evse] = Evse.objects.filter(operator=operator)
    names = ("pk", "station__name", "number", "station__location_id", "current_type")
    return [
        Named(
            key=(Place.EVSE, pk),
            name=f"{name} EVSE {number}",
            location=location,
            current_type=current_type,
        )
        for chunk in chunks(keys)
        for pk, name, number, location, current_type in rows.filter(pk__in=chunk).values_list(
            *names
        )
    ]
