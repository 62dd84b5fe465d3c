"""EVSEs and connectors as their station counts them."""

from __future__ import annotations

from chargers.domain.context import StationContext
from chargers.models import ChargingStation, Connector, Evse

# A number beyond this is a fault of the frame, not a piece of hardware.
MAX_NUMBER = 64


def find_evse(*, station: StationContext, number: int | None) -> Evse | None:
    """The EVSE of this number; created when the station knows one more.

    None for no number, 0 (the whole station) and numbers out of bounds.
    """
    if number is None or not 1 <= number <= MAX_NUMBER:
        return None
    evse = Evse.objects.filter(station_id=station.station_id, number=number).first()
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
        found = list(evse.connectors.all()[:2])
        return found[0] if len(found) == 1 else None
    if not 1 <= number <= MAX_NUMBER:
        return None
    connector = evse.connectors.filter(number=number).first()
    return connector or _discovered_connector(evse, number)


def find_connector_at(*, station: StationContext, evse: int, connector: int) -> Connector | None:
    """A connector with its EVSE, by their numbers, in one query; created when unknown."""
    found = (
        Connector.objects.filter(
            evse__station_id=station.station_id, evse__number=evse, number=connector
        )
        .select_related("evse")
        .first()
    )
    return found or find_connector(evse=find_evse(station=station, number=evse), number=connector)


def _discovered_connector(evse: Evse, number: int) -> Connector:
    connector, _ = Connector.objects.get_or_create(
        evse=evse, number=number, defaults={"operator_id": evse.operator_id}
    )
    return connector
