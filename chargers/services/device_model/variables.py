"""A station's variables as rows: written by its reports and answers, looked up by full names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from chargers.domain.characteristics import Characteristics, DataType
from chargers.domain.context import StationContext
from chargers.domain.messages import ReportedVariable
from chargers.domain.variables import join_place, split_place, variable_name
from chargers.models import StationVariable
from chargers.ocpp.secrets import is_secret
from chargers.ocpp.well_known import Family, setting_of
from chargers.services.templates.due import mark_due

_PER_QUERY = 400
# A station that reports more than this is out of order; its rows must not fill the database.
MOST_KEPT = 20_000


def row_of(reported: ReportedVariable) -> StationVariable:
    """An unsaved row of what a report says."""
    flags = {"persistent": reported.is_persistent, "constant": reported.is_constant}
    told: dict[str, Any] = {
        "values": dict(reported.attributes),
        "mutability": dict(reported.mutability),
        **reported.characteristics,
        **{name: value for name, value in flags.items() if value is not None},
    }
    return StationVariable(
        name=variable_name(reported),
        evse=reported.evse or 0,
        connector=reported.connector or 0,
        value=reported.attributes.get("Actual", ""),
        is_read_only=reported.is_read_only,
        attributes=told,
    )


def store_variables(
    *, station: StationContext, rows: Iterable[StationVariable], reported_at: datetime
) -> int:
    """Insert or overwrite variables; of the same name twice, the later wins. Secrets are blanked.

    Returns:
        How many different variables there were.
    """
    unique: dict[tuple[str, int, int], StationVariable] = {}
    for row in rows:
        row.operator_id = station.operator_id
        row.station_id = station.station_id
        row.reported_at = reported_at
        row.name = row.name[:255]
        if is_secret(row.name):
            row.value, row.attributes = "", {}
        unique[row.name, row.evse, row.connector] = row
    StationVariable.objects.bulk_create(
        _with_room(station.station_id, unique),
        update_conflicts=True,
        unique_fields=["station", "name", "evse", "connector"],
        update_fields=["value", "is_read_only", "attributes", "reported_at"],
    )
    if unique:
        mark_due(station_id=station.station_id, now=reported_at)
    return len(unique)


def _with_room(
    station_id: UUID, rows: dict[tuple[str, int, int], StationVariable]
) -> list[StationVariable]:
    """All of them, as long as the station has no absurd number; then those that are known alone."""
    mine = StationVariable.objects.filter(station_id=station_id)
    if not rows or mine.count() + len(rows) <= MOST_KEPT:
        return list(rows.values())
    known: set[tuple[str, int, int]] = set()
    names = sorted({name for name, _evse, _connector in rows})
    for start in range(0, len(names), _PER_QUERY):
        found = mine.filter(name__in=names[start : start + _PER_QUERY])
        known.update(found.values_list("name", "evse", "connector"))
    return [row for place, row in rows.items() if place in known]


def known_variables(*, station_id: UUID, names: Iterable[str]) -> dict[str, StationVariable]:
    """Rows by full name (`Connector@1:2.Available`), of those of the names that are known."""
    return known_of_stations(station_ids=[station_id], names=names).get(station_id, {})


def known_of_stations(
    *, station_ids: Iterable[UUID], names: Iterable[str]
) -> dict[UUID, dict[str, StationVariable]]:
    """Station → full name → row, in one query a few hundred names."""
    places = {split_place(name) for name in names}
    bare = sorted({name for name, _evse, _connector in places})
    ids = list(station_ids)
    found: dict[UUID, dict[str, StationVariable]] = {}
    for start in range(0, len(bare), _PER_QUERY):
        rows = StationVariable.objects.filter(
            Q(station_id__in=ids), name__in=bare[start : start + _PER_QUERY]
        )
        for row in rows:
            if (row.name, row.evse, row.connector) in places:
                found.setdefault(row.station_id, {})[full_name(row)] = row
    return found


def full_name(row: StationVariable) -> str:
    """As commands name it."""
    return join_place(row.name, row.evse, row.connector)


def characteristics_of(
    name: str, row: StationVariable | None, family: Family | None
) -> Characteristics:
    """What the station reported of the variable; where it did not, what the standard says."""
    if row is not None and row.attributes.get("dataType"):
        return Characteristics.from_reported(row.attributes)
    setting = setting_of(name, family) if family else None
    return setting.characteristics if setting else Characteristics()


def data_type_of(name: str, row: StationVariable | None, family: Family | None) -> DataType:
    return characteristics_of(name, row, family).data_type


def keep_read(
    *, station: StationContext, told: Iterable[dict[str, Any]], reported_at: datetime
) -> None:
    """Keep what an answer said of variables: `name`, `value`, `read_only`, `attribute` (Actual).

    A value of None was not told, so the known one stays; so does what only a report tells.
    """
    items = list(told)
    known = known_variables(
        station_id=station.station_id, names=[str(item["name"]) for item in items]
    )
    rows: dict[str, StationVariable] = {}
    for item in items:
        name = str(item["name"])
        row = rows.get(name) or known.get(name) or _new(name)
        rows[name] = _updated(row, item)
    store_variables(station=station, rows=rows.values(), reported_at=reported_at)


def _new(full: str) -> StationVariable:
    name, evse, connector = split_place(full)
    return StationVariable(name=name, evse=evse, connector=connector, value="", attributes={})


def _updated(row: StationVariable, item: dict[str, Any]) -> StationVariable:
    attribute = item.get("attribute") or "Actual"
    value = item.get("value")
    attributes = dict(row.attributes)
    if value is not None:
        if attribute == "Actual":
            row.value = str(value)
        if attribute != "Actual" or "values" in attributes:
            attributes["values"] = {**attributes.get("values", {}), attribute: str(value)}
    row.attributes = attributes
    if item.get("read_only") is not None:
        row.is_read_only = bool(item["read_only"])
    # A fresh row: bulk_create must insert or overwrite by name, whatever key the old one has.
    return StationVariable(
        name=row.name,
        evse=row.evse,
        connector=row.connector,
        value=row.value,
        is_read_only=row.is_read_only,
        attributes=row.attributes,
    )
