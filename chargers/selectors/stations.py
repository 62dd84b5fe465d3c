"""Stations for lists, maps and the API."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from chargers.domain.display import DisplayState, connector_state, station_state
from chargers.domain.vocabulary import ChargingState, ConnectorStatus
from chargers.models import ChargingStation, Connector, Evse
from chargers.selectors.templates import is_drifting

_SEARCHED = (
    "code",
    "name",
    "identity",
    "vendor",
    "model",
    "serial_number",
    "location__name",
    "location__city",
)
# Many stations take their serial number as identity.
_TELLING = ("identity", "serial_number")


@dataclass(frozen=True, slots=True, kw_only=True)
class StationFilters:
    """What a list shows; empty fields do not filter.

    Attributes:
        search: every word must occur in code, name, identity, make, serial number or location.
        state: "charging", "available", "faulted" or "offline"; "" or "any" for all.
        protocol: WebSocket subprotocol, such as "ocpp1.6".
        is_drifting: only those that differ from a template that is enforced.
        search_identity: False for callers who may not know identities: a search would tell them.
    """

    search: str = ""
    state: str = ""
    location_id: UUID | None = None
    protocol: str = ""
    is_drifting: bool = False
    search_identity: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StationCounts:
    """Numbers on the filter chips."""

    any: int
    charging: int
    available: int
    faulted: int
    offline: int


def stations(filters: StationFilters = StationFilters()) -> QuerySet[ChargingStation]:
    """Stations by name; the order is total, so pages by (name, id) are stable."""
    return _in_state(_matching(filters), filters.state).order_by("name", "id")


def _matching(filters: StationFilters) -> QuerySet[ChargingStation]:
    rows: QuerySet[ChargingStation] = ChargingStation.objects.all()
    if filters.location_id is not None:
        rows = rows.filter(location_id=filters.location_id)
    if filters.is_drifting:
        rows = rows.filter(is_drifting())
    if filters.protocol:
        rows = rows.filter(protocol=filters.protocol)
    searched = [name for name in _SEARCHED if name not in _TELLING or filters.search_identity]
    for word in filters.search.replace("\x00", "").split()[:8]:
        somewhere = Q()
        for field in searched:
            somewhere |= Q(**{f"{field}__icontains": word})
        rows = rows.filter(somewhere)
    return rows


def _is_charging() -> Q:
    # A set and not EXISTS: it is made once, whatever the planner thinks of the inner query.
    charging = Evse.objects.filter(
        active_transaction__isnull=False,
        active_transaction__charging_state__in=["", ChargingState.CHARGING],
    )
    return Q(pk__in=charging.order_by().values("station"), is_online=True)


def _is_faulted() -> Q:
    faulted = Connector.objects.filter(status=ConnectorStatus.FAULTED)
    at_connector = Q(pk__in=faulted.order_by().values("evse__station"))
    return Q(is_online=True) & (at_connector | Q(status=ConnectorStatus.FAULTED))


def _is_available() -> Q:
    """A connector is free for the next vehicle."""
    idle = Evse.objects.filter(is_operative=True, active_transaction__isnull=True).order_by()
    free = Connector.objects.filter(evse__in=idle.values("pk"), status=ConnectorStatus.AVAILABLE)
    out_of_use = [ConnectorStatus.FAULTED, ConnectorStatus.UNAVAILABLE]
    at_connector = Q(pk__in=free.order_by().values("evse__station"))
    return Q(is_online=True) & at_connector & ~Q(status__in=out_of_use)


def _in_state(rows: QuerySet[ChargingStation], state: str) -> QuerySet[ChargingStation]:
    if state == DisplayState.CHARGING:
        return rows.filter(_is_charging())
    if state == DisplayState.AVAILABLE:
        return rows.filter(_is_available())
    if state == DisplayState.FAULTED:
        return rows.filter(_is_faulted())
    if state == DisplayState.OFFLINE:
        return rows.filter(is_online=False)
    return rows


def count_stations(filters: StationFilters = StationFilters()) -> StationCounts:
    """How many stations each state chip would show under the other filters. One query."""
    found = (
        _matching(filters)
        .order_by()
        .aggregate(
            any=Count("pk"),
            charging=Count("pk", filter=_is_charging()),
            available=Count("pk", filter=_is_available()),
            faulted=Count("pk", filter=_is_faulted()),
            offline=Count("pk", filter=Q(is_online=False)),
        )
    )
    return StationCounts(**found)


def stations_with_parts(rows: QuerySet[ChargingStation]) -> QuerySet[ChargingStation]:
    """With location, EVSEs, their active transactions and connectors: three queries a page."""
    evses = Evse.objects.select_related(
        "active_transaction", "active_transaction__driver"
    ).order_by("number")
    connectors = Connector.objects.order_by("number")
    return rows.select_related("location").prefetch_related(
        Prefetch("evses", queryset=evses),
        Prefetch("evses__connectors", queryset=connectors),
    )


def station_by_id(station_id: UUID) -> ChargingStation | None:
    """One station with its parts, None when there is none in this scope."""
    return stations_with_parts(ChargingStation.objects.filter(pk=station_id)).first()


def connector_display(station: ChargingStation, evse: Evse, connector: Connector) -> DisplayState:
    """State to show for a connector; no query when the parts are loaded."""
    active = evse.active_transaction
    return connector_state(
        is_online=station.is_online,
        is_operative=evse.is_operative,
        status=connector.status,
        has_transaction=active is not None and active.connector_id in (None, connector.pk),
        charging_state=active.charging_state if active is not None else "",
    )


def station_display(station: ChargingStation) -> DisplayState:
    """State to show for a station; no query when the parts are loaded."""
    shown = [
        connector_display(station, evse, connector)
        for evse in station.evses.all()
        for connector in evse.connectors.all()
    ]
    return station_state(is_online=station.is_online, status=station.status, connectors=shown)
