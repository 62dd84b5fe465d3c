"""What each row of a file would do, found out without writing anything.

A row means the station with its identity, else the one with its external_id, else with its code.
Given cells are compared with what is stored; an empty cell says nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import Operator
from chargers.domain.setups import GENERAL, setup_for
from chargers.domain.station_csv import EvseLine, RowFault, StationLine
from chargers.exceptions import UnableToSaveLocation
from chargers.models import ChargingStation, Location, StationImport
from chargers.quirks.setups import setups
from chargers.services.locations import check_location
from common.ids import uuid7
from common.tenancy import system_scope

ADDED, UPDATED, UNCHANGED, ERROR = "added", "updated", "unchanged", "error"
SKIPPED = "skipped"  # of all or none, nothing
LOCATION_DETAILS = "location details"
DEFAULT_EVSES: list[EvseLine] = [
    {"current_type": "AC", "max_power_w": 22_000, "connectors": ["IEC_62196_T2"]}
]
_CHUNK = 500
_KEYS = ("identity", "external_id", "code")
_NEEDED = ("name", "address", "city", "country", "latitude", "longitude", "time_zone")
_COLUMNS = {"name": "location_name", "external_id": "location_external_id"}


@dataclass(slots=True, kw_only=True)
class Planned:
    """A row and what it would do.

    Attributes:
        changes: columns that differ from what is stored; of a new station those that are given.
        location: one that exists; None where the row describes a new one.
        hints: what a person should look at, though it is no fault.
        place: the row that describes the new location, which is the first to name it.
        is_written: an earlier worker has added it, and died later.
    """

    line: StationLine
    outcome: str = UNCHANGED
    station: ChargingStation | None = None
    location: Location | None = None
    changes: list[str] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    place: StationLine | None = None
    is_written: bool = False

    def as_report(self) -> dict[str, Any]:
        told = self.line.station
        return {
            "row": self.line.row,
            "name": told.get("name") or (self.station.name if self.station else ""),
            "code": told.get("code") or (self.station.code if self.station else ""),
            "outcome": self.outcome,
            "changes": self.changes,
            "faults": self.faults,
            "hints": self.hints,
            "typed_key": bool(self.line.key_hash),
            "station": str(self.station.pk) if self.station else None,
        }


class Planner:
    """Knows the stored stations and locations that a file may mean. A few queries a file."""

    def __init__(self, operator: Operator, lines: Sequence[StationLine]) -> None:
        self._stations = {name: _stations(operator, name, lines) for name in _KEYS}
        self._taken = _identities_of_others(operator, lines)
        rows = list(Location.objects.filter(operator=operator))
        self._by_id = {row.external_id: row for row in rows if row.external_id}
        self._by_name: dict[str, list[Location]] = {}
        for row in rows:
            self._by_name.setdefault(row.name.casefold(), []).append(row)
        self._new_places: dict[str, StationLine] = {}
        self._bad_places: set[str] = set()
        told = {line.station.get("vendor", "") for line in lines}
        known = ChargingStation.objects.filter(operator=operator, vendor__in=told)
        self._own_makes = set(known.values_list("vendor", flat=True).distinct())
        self._odd_makes = {name for name in told if self._is_odd(name)}

    def _is_odd(self, vendor: str) -> bool:
        """Neither in the catalogue nor in the network: new here, or mistyped."""
        unknown = setup_for(vendor, setups()).key == GENERAL
        return bool(vendor) and unknown and vendor not in self._own_makes

    def plan(self, line: StationLine) -> Planned:
        """What one row would do; rows are to come in the file's order."""
        planned = Planned(line=line, faults=list(line.faults))
        self._find_station(planned)
        self._find_location(planned)
        if planned.station is None:
            self._plan_new(planned)
        else:
            self._plan_known(planned, planned.station)
        if planned.faults:
            planned.outcome = ERROR
        vendor = line.station.get("vendor", "")
        if vendor in self._odd_makes:
            planned.hints.append(f"“{vendor[:40]}” is a make that is not known here. Mistyped?")
        return planned

    def _find_station(self, planned: Planned) -> None:
        told = planned.line.station
        found = {name: self._stations[name].get(told[name]) for name in _KEYS if told.get(name)}
        rows = {row.pk: row for row in found.values() if row is not None}
        if told.get("identity") in self._taken:
            _fault(planned, "identity", told["identity"], "This identity is in use.")
        elif len(rows) > 1:
            words = ", ".join(name for name, row in found.items() if row is not None)
            _fault(planned, words, "", "They belong to different stations.")
        else:
            planned.station = next(iter(rows.values()), None)

    def _find_location(self, planned: Planned) -> None:
        told = planned.line.location
        if told.get("external_id"):
            planned.location = self._by_id.get(told["external_id"])
        if planned.location is None and told.get("name"):
            alike = self._by_name.get(told["name"].casefold(), [])
            if len(alike) > 1 and not told.get("external_id"):
                _fault(planned, "location_name", told["name"], "Several locations have this name.")
            fits = [row for row in alike if not (told.get("external_id") and row.external_id)]
            planned.location = next(iter(fits), None)
        if planned.location is None and told and not planned.faults:
            self._plan_place(planned)

    def _plan_place(self, planned: Planned) -> None:
        """A new location: complete, and the same in every row that names it."""
        key = place_of(planned.line)
        first = planned.place = self._new_places.setdefault(key, planned.line)
        if first is not planned.line:
            self._compare_places(planned, first)
            return
        self._check_place(planned)
        if planned.faults:
            self._bad_places.add(key)

    def _check_place(self, planned: Planned) -> None:
        told = planned.line.location
        for name in _NEEDED:
            if not told.get(name):
                column = _COLUMNS.get(name, name)
                _fault(planned, column, "", "This is needed for a new location.")
        if planned.faults:
            return
        try:
            check_location(location_values(planned.line))
        except UnableToSaveLocation as error:
            for name, reason in error.errors.items():
                _fault(planned, _COLUMNS.get(name, name), told.get(name, ""), reason)

    def _compare_places(self, planned: Planned, first: StationLine) -> None:
        if place_of(first) in self._bad_places:
            _fault(planned, "location_name", "", f"See row {first.row}.")
        for name, value in planned.line.location.items():
            if first.location.get(name, value) != value:
                reason = f"Row {first.row} says “{first.location[name]}” of the same location."
                _fault(planned, _COLUMNS.get(name, name), value, reason)

    def _plan_new(self, planned: Planned) -> None:
        planned.outcome = ADDED
        planned.changes = sorted([*planned.line.station, *_details(planned)])
        if not planned.line.station.get("name"):
            _fault(planned, "station_name", "", "This is needed for a new station.")
        if not planned.line.location:
            _fault(planned, "location_name", "", "This is needed for a new station.")

    def _plan_known(self, planned: Planned, station: ChargingStation) -> None:
        line = planned.line
        identity = line.station.get("identity", station.identity)
        if identity != station.identity:
            reason = "A station gets another identity by replacing its hardware."
            _fault(planned, "identity", identity, reason)
        if line.evses and line.evses != evses_of(station):
            reason = "The station has others: replace its hardware."
            _fault(planned, "evses", "", reason)
        changes = [
            n for n, v in line.station.items() if n != "identity" and getattr(station, n) != v
        ]
        if line.location and planned.location != station.location:
            changes.append("location")
        changes += _details(planned)
        if line.key_hash and line.key_hash != station.key_hash:
            changes.append("key")
        planned.changes = sorted(changes)
        planned.outcome = UPDATED if changes else UNCHANGED


def station_id_of(row: StationImport, line: StationLine) -> UUID:
    """The id of the station that a row adds: the same whoever writes it, so that a worker knows
    what the one before it has added.
    """
    digest = hashlib.sha256(f"{row.pk} {line.row}".encode()).digest()
    bits = int.from_bytes(digest, "big")
    milliseconds = int(row.created_at.timestamp() * 1000)
    return uuid7(unix_ms=milliseconds, randbits=lambda count: bits >> count & (1 << count) - 1)


def place_of(line: StationLine) -> str:
    """What tells the location of a row from others in the same file."""
    return line.location.get("external_id") or line.location.get("name", "").casefold()


def location_values(line: StationLine) -> dict[str, Any]:
    """The cells of a location as `add_location` takes them."""
    degrees = ("latitude", "longitude")
    return {n: Decimal(v) if n in degrees else v for n, v in line.location.items()}


def location_changes(line: StationLine, location: Location) -> dict[str, Any]:
    """Given cells that differ from a stored location."""
    told = location_values(line)
    if "country" in told:
        told["country"] = told["country"].upper()
    if told.get("name", "").casefold() == location.name.casefold():
        told.pop("name", None)
    return {name: value for name, value in told.items() if getattr(location, name) != value}


def _details(planned: Planned) -> list[str]:
    where = planned.location
    return [LOCATION_DETAILS] if where and location_changes(planned.line, where) else []


def evses_of(station: ChargingStation) -> list[EvseLine]:
    """A stored station's EVSEs as a file writes them (prefetched)."""
    return [
        EvseLine(
            current_type=evse.current_type,
            max_power_w=evse.max_power_w,
            connectors=[connector.type for connector in evse.connectors.all()],
        )
        for evse in station.evses.all()
    ]


def _fault(planned: Planned, column: str, value: str, reason: str) -> None:
    planned.faults.append(RowFault(column=column, value=value[:80], reason=reason))


def _stations(
    operator: Operator, name: str, lines: Iterable[StationLine]
) -> dict[str, ChargingStation]:
    rows = ChargingStation.objects.filter(operator=operator).select_related("location", "operator")
    found: dict[str, ChargingStation] = {}
    for values in _chunks(line.station[name] for line in lines if line.station.get(name)):
        wanted = rows.filter(**{f"{name}__in": values})
        found |= {getattr(row, name): row for row in wanted.prefetch_related("evses__connectors")}
    return found


def _identities_of_others(operator: Operator, lines: Iterable[StationLine]) -> set[str]:
    found: set[str] = set()
    for values in _chunks(line.station["identity"] for line in lines if "identity" in line.station):
        with system_scope("an OCPP identity is unique per installation"):
            others = ChargingStation.objects.filter(identity__in=values).exclude(operator=operator)
            found |= set(others.values_list("identity", flat=True))
    return found


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    known = sorted(set(values))
    for start in range(0, len(known), _CHUNK):
        yield known[start : start + _CHUNK]
