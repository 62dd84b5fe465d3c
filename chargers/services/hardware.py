"""EVSEs and connectors as their station counts them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import BigIntegerField, IntegerField, UUIDField

from chargers.domain.context import StationContext
from chargers.models import ChargingStation, Connector, Evse
from common.prepared import Param, Prepared

# A number beyond this is a fault of the frame, not a piece of hardware.
MAX_NUMBER = 64

_STATION_ID = Param("station_id", UUIDField())
_NUMBER = Param("number", IntegerField())

_EVSE = Prepared(lambda: Evse.objects.filter(station_id=_STATION_ID, number=_NUMBER).order_by())
_LOCATION_ID = Prepared(
    lambda: (
        ChargingStation.objects.filter(pk=_STATION_ID)
        .order_by()
        .values_list("location_id", flat=True)
    )
)
_CONNECTORS = Prepared(
    lambda: Connector.objects.filter(evse_id=Param("evse_id", BigIntegerField())).order_by()[:2]
)
_CONNECTOR = Prepared(
    lambda: Connector.objects.filter(
        evse_id=Param("evse_id", BigIntegerField()), number=_NUMBER
    ).order_by()
)
_CONNECTOR_AT = Prepared(
    lambda: (
        Connector.objects.filter(
            evse__station_id=_STATION_ID,
            evse__number=Param("evse", IntegerField()),
            number=_NUMBER,
        )
        .select_related("evse")
        .order_by()
    )
)


def location_id_of(station: StationContext) -> UUID:
    """Primary key of the location where the station stands."""
    (location_id,) = _LOCATION_ID.all(station_id=station.station_id)
    return location_id


def find_evse(*, station: StationContext, number: int | None) -> Evse | None:
    """The EVSE of this number; created when the station knows one more.

    None for no number, 0 (the whole station) and numbers out of bounds.
    """
    if number is None or not 1 <= number <= MAX_NUMBER:
        return None
    evse = _EVSE.first(station_id=station.station_id, number=number)
    return evse or _discovered_evse(station, number)


def _discovered_evse(station: StationContext, number: int) -> Evse:
    sibling = Evse.objects.filter(station_id=station.station_id).order_by("number").first()
    evse, _ = Evse.objects.get_or_create(
        station=ChargingStation.objects.get(pk=station.station_id),
        number=number,
        defaults={"operator_id": station.operator_id, **_like(sibling)},
    )
    return evse


def _like(sibling: Evse | None) -> dict[str, object]:
    if sibling is None:
        return {}
    return {"current_type": sibling.current_type, "max_power_w": sibling.max_power_w}


def find_connector(*, evse: Evse | None, number: int | None) -> Connector | None:
    """A connector of the EVSE, created when unknown; without a number, the only one there is."""
    if evse is None:
        return None
    if number is None:
        found = _CONNECTORS.all(evse_id=evse.pk)
        return found[0] if len(found) == 1 else None
    if not 1 <= number <= MAX_NUMBER:
        return None
    connector = _CONNECTOR.first(evse_id=evse.pk, number=number)
    return connector or _discovered_connector(evse, number)


def find_connector_at(*, station: StationContext, evse: int, connector: int) -> Connector | None:
    """A connector with its EVSE, by their numbers, in one query; created when unknown."""
    found = _CONNECTOR_AT.first(station_id=station.station_id, evse=evse, number=connector)
    return found or find_connector(evse=find_evse(station=station, number=evse), number=connector)


def _discovered_connector(evse: Evse, number: int) -> Connector:
    connector, _ = Connector.objects.get_or_create(
        evse=evse, number=number, defaults={"operator_id": evse.operator_id}
    )
    return connector
