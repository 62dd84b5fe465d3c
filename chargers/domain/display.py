"""The one state that a page, a map pin or the API shows for a connector and a station."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from chargers.domain.vocabulary import ChargingState, ConnectorStatus


class DisplayState(StrEnum):
    AVAILABLE = "available"
    CHARGING = "charging"
    OCCUPIED = "occupied"
    RESERVED = "reserved"
    UNAVAILABLE = "unavailable"
    FAULTED = "faulted"
    OFFLINE = "offline"


_BY_STATUS: dict[str, DisplayState] = {
    ConnectorStatus.AVAILABLE: DisplayState.AVAILABLE,
    ConnectorStatus.OCCUPIED: DisplayState.OCCUPIED,
    ConnectorStatus.RESERVED: DisplayState.RESERVED,
    ConnectorStatus.UNAVAILABLE: DisplayState.UNAVAILABLE,
    ConnectorStatus.FAULTED: DisplayState.FAULTED,
}
# The first that any connector shows is the station's.
_STATION_ORDER = (
    DisplayState.FAULTED,
    DisplayState.CHARGING,
    DisplayState.OCCUPIED,
    DisplayState.RESERVED,
    DisplayState.AVAILABLE,
    DisplayState.UNAVAILABLE,
)


def connector_state(
    *,
    is_online: bool,
    is_operative: bool,
    status: str,
    has_transaction: bool,
    charging_state: str = "",
) -> DisplayState:
    """State of a connector.

    Args:
        is_online: its station is connected.
        is_operative: not taken out of service by us.
        status: ConnectorStatus as reported last; unknown words count as unavailable.
        has_transaction: a transaction runs at this connector; transactions outrank statuses.
        charging_state: of that transaction, "" when it was not said (taken for charging).
    """
    if not is_online:
        return DisplayState.OFFLINE
    if status == ConnectorStatus.FAULTED:
        return DisplayState.FAULTED
    if has_transaction:
        charging = charging_state in ("", ChargingState.CHARGING)
        return DisplayState.CHARGING if charging else DisplayState.OCCUPIED
    if not is_operative:
        return DisplayState.UNAVAILABLE
    return _BY_STATUS.get(status, DisplayState.UNAVAILABLE)


def station_state(
    *, is_online: bool, status: str, connectors: Iterable[DisplayState]
) -> DisplayState:
    """State of a station: offline, its own fault, else the most telling of its connectors.

    Args:
        is_online: it is connected.
        status: of the station as a whole (1.6 connectorId 0), "" when never reported.
        connectors: states of its connectors.
    """
    if not is_online:
        return DisplayState.OFFLINE
    if status == ConnectorStatus.FAULTED:
        return DisplayState.FAULTED
    shown = set(connectors)
    first = next((state for state in _STATION_ORDER if state in shown), DisplayState.AVAILABLE)
    if status == ConnectorStatus.UNAVAILABLE and first == DisplayState.AVAILABLE:
        return DisplayState.UNAVAILABLE
    return first
