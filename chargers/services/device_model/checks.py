"""Whether a value may be sent to a station at all, by what is known of its variables."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from chargers.models import StationVariable
from chargers.ocpp.well_known import Family
from chargers.services.device_model.variables import characteristics_of, known_variables

READ_ONLY = "The station says that this can only be read."
STATION_KEY = "A new key of the station is given out on its Security page, where it is kept, too."
MAX_NAME = 255


def value_fault(
    name: str,
    value: str,
    row: StationVariable | None,
    family: Family | None,
    attribute: str = "Actual",
) -> str:
    """Why the station would refuse this value, as a sentence; empty when nothing is known against it."""
    if row is not None and _is_read_only(row, attribute):
        return READ_ONLY
    return characteristics_of(name, row, family).fault(value)


def _is_read_only(row: StationVariable, attribute: str) -> bool:
    mutability = row.attributes.get("mutability") or {}
    if attribute in mutability:
        return bool(mutability[attribute] == "ReadOnly")
    return row.is_read_only


def faults_of(
    *, station_id: UUID, family: Family | None, values: Mapping[str, str]
) -> dict[str, str]:
    """Name → fault, of those values that do not fit. One query.

    Args:
        values: the station's own full names → values.
    """
    known = known_variables(station_id=station_id, names=values)
    faults = {
        name: value_fault(name, value, known.get(name), family) for name, value in values.items()
    }
    return {name: fault for name, fault in faults.items() if fault}
