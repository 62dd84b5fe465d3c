"""How large the network is, and what its stations do now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from chargers.domain.display import DisplayState
from chargers.domain.vocabulary import ChargingState, ConnectorStatus
from chargers.models import (
    ChargingStation,
    Connector,
    Evse,
    Location,
    Transaction,
    TransactionState,
)
from operations.services.sampling import IN_USE

# The first that any part shows is the station's (`chargers.domain.display.station_state`).
_ORDER = (
    DisplayState.OFFLINE,
    DisplayState.FAULTED,
    DisplayState.CHARGING,
    DisplayState.OCCUPIED,
    DisplayState.RESERVED,
    DisplayState.UNAVAILABLE,
)
_RANK = {state: rank for rank, state in enumerate(_ORDER)}
_SHOWN = {
    ConnectorStatus.OCCUPIED: DisplayState.OCCUPIED,
    ConnectorStatus.RESERVED: DisplayState.RESERVED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """What is installed; `places` counts locations by (country, city)."""

    locations: int
    stations: int
    connectors: int
    max_power_w: int
    places: dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """What runs at this moment; power in W."""

    active_sessions: int
    power_w: int
    in_use: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A location that has stations."""

    id: UUID
    name: str
    city: str
    latitude: float
    longitude: float
    stations: int


class Busy(NamedTuple):
    """A station that is not simply available."""

    location_id: UUID
    state: DisplayState


def sizes() -> Sizes:
    """Counts of what is installed. Four queries, none of them looks at states."""
    rows = Location.objects.order_by().values_list("country", "city").annotate(n=Count("pk"))
    places = {(country, city): count for country, city, count in rows}
    return Sizes(
        locations=sum(places.values()),
        stations=ChargingStation.objects.count(),
        connectors=Connector.objects.count(),
        max_power_w=Evse.objects.aggregate(sum=Sum("max_power_w"))["sum"] or 0,
        places=places,
    )


def now_running() -> Now:
    """Sessions, power and plugs in use. Two queries along indexes."""
    running = Transaction.objects.filter(state=TransactionState.ACTIVE).aggregate(
        count=Count("pk"), power=Sum("power_w")
    )
    in_use = Connector.objects.filter(status__in=IN_USE, evse__station__is_online=True)
    return Now(
        active_sessions=running["count"], power_w=running["power"] or 0, in_use=in_use.count()
    )


def places() -> list[Place]:
    """Locations with stations, in a fixed order. One query."""
    rows = (
        Location.objects.annotate(count=Count("stations"))
        .filter(count__gt=0)
        .order_by("name", "pk")
        .values_list("pk", "name", "city", "latitude", "longitude", "count")
    )
    return [
        Place(id=pk, name=name, city=city, latitude=float(lat), longitude=float(lon), stations=n)
        for pk, name, city, lat, lon, n in rows
    ]


def busy_stations() -> dict[UUID, Busy]:
    """The state of every station that is not available; all others are.

    Says of each what `chargers.selectors.station_display` says, but reads only the exceptions,
    along indexes: most stations of a network stand idle. Four queries.
    """
    found: dict[UUID, Busy] = {}
    for station_id, location_id, state in _exceptions():
        known = found.get(station_id)
        if known is None or _RANK[state] < _RANK[known.state]:
            found[station_id] = Busy(location_id, state)
    return found


def _exceptions() -> Iterator[tuple[UUID, UUID, DisplayState]]:
    yield from _stations_as_a_whole()
    yield from _charging()
    yield from _taken_connectors()
    yield from _unavailable()


def _stations_as_a_whole() -> Iterator[tuple[UUID, UUID, DisplayState]]:
    rows = ChargingStation.objects.order_by().filter(
        Q(is_online=False) | Q(status__in=[ConnectorStatus.FAULTED, ConnectorStatus.UNAVAILABLE])
    )
    for pk, location_id, is_online, status in rows.values_list(
        "pk", "location_id", "is_online", "status"
    ):
        if not is_online:
            yield pk, location_id, DisplayState.OFFLINE
        elif status == ConnectorStatus.FAULTED:
            yield pk, location_id, DisplayState.FAULTED
        else:
            yield pk, location_id, DisplayState.UNAVAILABLE


def _charging() -> Iterator[tuple[UUID, UUID, DisplayState]]:
    rows = Evse.objects.order_by().filter(
        active_transaction__isnull=False, station__is_online=True, connectors__isnull=False
    )
    fields = ("station_id", "station__location_id", "active_transaction__charging_state")
    for pk, location_id, charging_state in rows.values_list(*fields):
        charging = charging_state in ("", ChargingState.CHARGING)
        yield pk, location_id, DisplayState.CHARGING if charging else DisplayState.OCCUPIED


def _taken_connectors() -> Iterator[tuple[UUID, UUID, DisplayState]]:
    rows = _online().filter(
        Q(status=ConnectorStatus.FAULTED) | Q(status__in=list(_SHOWN), evse__is_operative=True)
    )
    fields = ("evse__station_id", "evse__station__location_id", "status")
    for pk, location_id, status in rows.values_list(*fields):
        yield pk, location_id, _SHOWN.get(status, DisplayState.FAULTED)


def _unavailable() -> Iterator[tuple[UUID, UUID, DisplayState]]:
    free = Connector.objects.filter(
        evse__station=OuterRef("evse__station"),
        evse__is_operative=True,
        status=ConnectorStatus.AVAILABLE,
    )
    rows = _online().filter(~Q(status=ConnectorStatus.AVAILABLE) | Q(evse__is_operative=False))
    rows = rows.exclude(Q(status__in=list(_SHOWN), evse__is_operative=True)).exclude(Exists(free))
    fields = ("evse__station_id", "evse__station__location_id")
    for pk, location_id in rows.values_list(*fields).distinct():
        yield pk, location_id, DisplayState.UNAVAILABLE


def _online() -> QuerySet[Connector]:
    return Connector.objects.order_by().filter(evse__station__is_online=True)
