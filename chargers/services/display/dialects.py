"""In which words a station is told prices, where its version has none of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from chargers.domain.dialects import Dialect, Template, fill_in
from chargers.domain.quirks import Make, resolve
from chargers.models import ChargingStation, StationVariable, Transaction
from chargers.quirks.displays import STANDARD_DIALECT, dialects
from chargers.services.quirks import rules_of

_TRUE = ("true", "True", "TRUE", "1")


def dialect_of(station: ChargingStation) -> Dialect | None:
    """The dialect that rules name for the make, else one that the station itself announces."""
    return dialects_of([station]).get(station.pk)


def dialects_of(stations: Collection[ChargingStation]) -> dict[UUID, Dialect]:
    """The same for many, by id; one query for each operator and one for all."""
    rules = {pk: rules_of(pk) for pk in {station.operator_id for station in stations}}
    found = announced_dialects([station.pk for station in stations])
    for station in stations:
        make = Make(station.vendor, station.model, station.firmware_version)
        named = resolve(rules[station.operator_id], make).quirks.display_dialect
        if named in dialects():
            found[station.pk] = dialects()[named]
    return found


def announced_dialects(station_ids: Iterable[UUID]) -> dict[UUID, Dialect]:
    """Stations whose variables say that they speak a dialect. One query."""
    by_name = {name: dialect for dialect in dialects().values() for name in dialect.announced_by}
    said = StationVariable.objects.filter(
        station_id__in=list(station_ids), name__in=by_name, value__in=_TRUE
    )
    return {pk: by_name[name] for pk, name in said.values_list("station_id", "name")}


def standard_dialect() -> Dialect:
    """What is tried at a station of which nothing is known, when a person wants it."""
    return dialects()[STANDARD_DIALECT]


def in_words(template: Template | None, values: dict[str, Any]) -> dict[str, str]:
    """The vendor's part of a command; empty when the dialect has no such message."""
    if template is None:
        return {}
    return {
        "vendor_id": template.vendor_id,
        "vendor_message": template.message_id,
        "vendor_data": fill_in(template, values),
    }


def session_values(
    row: Transaction,
    *,
    now: datetime,
    cost: Decimal | None = None,
    currency: str = "",
    text: str = "",
) -> dict[str, Any]:
    """What templates may name of a session; `meter_wh` is the register of the last reading."""
    number = row.assigned_id
    return {
        "transaction_id": row.station_ref if number is None else number,
        "id_token": row.id_token_uid,
        "text": text,
        "language": "",
        "cost": cost,
        "currency": currency,
        "timestamp": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "meter_wh": row.last_energy_wh if row.last_energy_wh is not None else row.meter_start_wh,
        "state": "Charging" if row.is_charging else "Idle",
    }
