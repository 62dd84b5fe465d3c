"""How many items one message to a station may hold, as the station says itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar
from uuid import UUID

from chargers.ocpp.well_known import DEFAULT_ITEMS, Asking, Family, limit_name
from chargers.services.device_model.variables import known_variables

MOST_AT_ONCE = 500
_Item = TypeVar("_Item")


def items_per_message(station_id: UUID, family: Family, asking: Asking) -> int:
    """At least 1. A station that tells nothing, or nonsense, counts as a small one. One query."""
    name, default = limit_name(asking, family), DEFAULT_ITEMS[asking]
    if not name:
        return default
    row = known_variables(station_id=station_id, names=[name]).get(name)
    told = row.value.strip() if row else ""
    if not told.isascii() or not told.isdigit() or int(told[:9]) == 0:
        return default
    return min(int(told[:9]), MOST_AT_ONCE)


def chunks(items: Sequence[_Item], size: int) -> Iterator[Sequence[_Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
