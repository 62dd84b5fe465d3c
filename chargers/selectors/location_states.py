"""How the stations of locations are doing, in bulk."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from chargers.models import ChargingStation
from chargers.selectors.stations import station_display, stations_with_parts


@dataclass(slots=True)
class LocationStates:
    """Stations by display state, and the power they deliver now in W."""

    counts: Counter[str] = field(default_factory=Counter)
    power_w: int = 0


def location_states(location_ids: Collection[UUID]) -> dict[UUID, LocationStates]:
    """States of the stations of these locations: three queries, whatever their number."""
    found: dict[UUID, LocationStates] = defaultdict(LocationStates)
    rows = stations_with_parts(ChargingStation.objects.filter(location_id__in=location_ids))
    for station in rows:
        states = found[station.location_id]
        states.counts[station_display(station).value] += 1
        if station.is_online:
            running = (evse.active_transaction for evse in station.evses.all())
            states.power_w += sum(tx.power_w or 0 for tx in running if tx)
    return found
