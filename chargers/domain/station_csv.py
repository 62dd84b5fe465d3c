"""A CSV file of stations as lines that can be acted on, with the faults of each row. Pure.

One row is one station. Columns are known by their names in any order, whatever their letters'
case; blanks, hyphens and underscores are the same. An empty cell says nothing: what is stored
stays. `docs/station-import.md` lists the columns.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypedDict

MAX_ROWS = 10_000
MAX_BYTES = 8 * 1024 * 1024
MAX_CELL = 500
_DELIMITERS = ",;\t|"
_MIN_KEY = 12
_MAX_EVSES = 16
_MAX_POWER_W = 5_000_000


class EvseLine(TypedDict):
    """Rated power in W, connectors by their OCPI names."""

    current_type: str
    max_power_w: int
    connectors: list[str]


class RowFault(TypedDict):
    """What is wrong in one cell; the value is left out where it is a secret."""

    column: str
    value: str
    reason: str


@dataclass(slots=True, kw_only=True)
class StationLine:
    """One row: plain values that JSON can hold, and its faults.

    Attributes:
        row: number of the row in the file, the header being 1.
        station: fields of the station that the row gives (name, code, identity, …).
        location: fields of its location that the row gives; numbers as text.
        key_hash: of a typed key; the key itself is kept nowhere.
    """

    row: int
    station: dict[str, str] = field(default_factory=dict)
    location: dict[str, str] = field(default_factory=dict)
    evses: list[EvseLine] = field(default_factory=list)
    key_hash: str = ""
    faults: list[RowFault] = field(default_factory=list)


class UnreadableFileError(ValueError):
    """The file as a whole cannot be used; the message says why in plain words."""


COLUMNS: Mapping[str, str] = {
    "station_name": "What people call the station.",
    "code": "What drivers and partners see; made up when empty.",
    "identity": "OCPP identity of a station whose own is fixed; random when empty.",
    "key": "Its key, when that is fixed (at least 12 characters); random when empty.",
    "external_id": "The station's id in your own system.",
    "vendor": "Make, as known beforehand.",
    "model": "Model, as known beforehand.",
    "serial_number": "Serial number.",
    "evses": "Current, kW and connectors of each EVSE: 2x AC 22 TYPE2; DC 150 CCS2+CHADEMO.",
    "location_name": "A location that exists, or the name of a new one.",
    "location_external_id": "The location's id in your own system.",
    "address": "Street and number of a new location.",
    "postal_code": "Its postal code.",
    "city": "Its city.",
    "country": "Its country's two letters, such as DE.",
    "latitude": "Degrees north, such as 52.520008.",
    "longitude": "Degrees east, such as 13.404954.",
    "time_zone": "IANA name, such as Europe/Berlin.",
}
EXAMPLE: Mapping[str, str] = {
    "station_name": "Harbour 1",
    "code": "HB-001",
    "external_id": "asset-4711",
    "vendor": "Alfen",
    "model": "Eve Double",
    "evses": "2x AC 22 TYPE2",
    "location_name": "Harbour",
    "address": "Quay 1",
    "postal_code": "20457",
    "city": "Hamburg",
    "country": "DE",
    "latitude": "53.543764",
    "longitude": "9.966321",
    "time_zone": "Europe/Berlin",
}
_STATION = {
    "station_name": ("name", 120),
    "code": ("code", 40),
    "identity": ("identity", 48),
    "external_id": ("external_id", 120),
    "vendor": ("vendor", 50),
    "model": ("model", 50),
    "serial_number": ("serial_number", 50),
}
_LOCATION = {
    "location_name": ("name", 120),
    "location_external_id": ("external_id", 120),
    "address": ("address", 120),
    "postal_code": ("postal_code", 12),
    "city": ("city", 80),
    "country": ("country", 2),
    "time_zone": ("time_zone", 64),
}
_ALIASES = {
    "name": "station_name",
    "station": "station_name",
    "location": "location_name",
    "site": "location_name",
    "zip": "postal_code",
    "postcode": "postal_code",
    "timezone": "time_zone",
    "lat": "latitude",
    "lon": "longitude",
    "lng": "longitude",
    "serial": "serial_number",
    "charge_point_id": "identity",
    "chargepoint_id": "identity",
    "ocpp_identity": "identity",
    "password": "key",
    "authorization_key": "key",
    "connectors": "evses",
}
_IDENTITY = re.compile(r"[A-Za-z0-9*\-_=+|@.]{1,48}")
_PLUGS = {
    "TYPE2": "IEC_62196_T2",
    "T2": "IEC_62196_T2",
    "MENNEKES": "IEC_62196_T2",
    "IEC62196T2": "IEC_62196_T2",
    "CCS2": "IEC_62196_T2_COMBO",
    "CCS": "IEC_62196_T2_COMBO",
    "IEC62196T2COMBO": "IEC_62196_T2_COMBO",
    "TYPE1": "IEC_62196_T1",
    "T1": "IEC_62196_T1",
    "IEC62196T1": "IEC_62196_T1",
    "CCS1": "IEC_62196_T1_COMBO",
    "IEC62196T1COMBO": "IEC_62196_T1_COMBO",
    "CHADEMO": "CHADEMO",
    "SCHUKO": "DOMESTIC_F",
    "DOMESTICF": "DOMESTIC_F",
    "NACS": "SAE_J3400",
    "SAEJ3400": "SAE_J3400",
}
_EVSE = re.compile(
    r"(?:(\d{1,2})\s*[xX*\u00d7]\s*)?(AC|DC)\s+(\d{1,4}(?:[.,]\d{1,3})?)\s*(?:kW\s+)?(.+)",
    re.IGNORECASE,
)


def read_lines(data: bytes, *, hash_key: Callable[[str], str]) -> list[StationLine]:
    """Read a file: UTF-8 with or without a mark, UTF-16 with one, else Windows-1252.

    Args:
        hash_key: turns a typed key into what is stored of it.

    Raises:
        UnreadableFileError: no header, unknown columns, too many rows or bytes.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableFileError(f"The file has more than {MAX_BYTES // 1024 // 1024} MB.")
    rows = _rows(_text(data))
    if not rows:
        raise UnreadableFileError("The file is empty.")
    names = _header(rows[0][1])
    if len(rows) - 1 > MAX_ROWS:
        raise UnreadableFileError(f"The file has more than {MAX_ROWS:,} rows.")
    lines = [_line(number, names, cells, hash_key) for number, cells in rows[1:]]
    if not lines:
        raise UnreadableFileError("The file has a header but no rows.")
    _find_twins(lines)
    return lines


def _text(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Rows that say something, with their numbers."""
    text = text.replace("\x00", "")
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        found = [
            (number, row) for number, row in enumerate(reader, start=1) if any(map(str.strip, row))
        ]
    except csv.Error:
        raise UnreadableFileError("The file is no CSV: a quoted cell has no end.") from None
    return found


def _header(cells: Sequence[str]) -> list[str]:
    names = [_name(cell) for cell in cells]
    unknown = [cell.strip()[:40] for cell, name in zip(cells, names, strict=True) if not name]
    if unknown:
        raise UnreadableFileError(f"Unknown columns: {', '.join(unknown)}.")
    twice = sorted({name for name in names if name != "-" and names.count(name) > 1})
    if twice:
        raise UnreadableFileError(f"Columns that come twice: {', '.join(twice)}.")
    if not {"station_name", "identity", "code", "external_id"} & set(names):
        raise UnreadableFileError("The first row must name the columns, station_name among them.")
    return names


def _name(cell: str) -> str:
    """A column by its name; "-" for one without a header, "" for an unknown one."""
    plain = re.sub(r"[\s\-_]+", "_", cell.strip().casefold()).strip("_")
    if not plain:
        return "-"
    plain = _ALIASES.get(plain, plain)
    return plain if plain in COLUMNS else ""


def _line(
    number: int, names: Sequence[str], cells: Sequence[str], hash_key: Callable[[str], str]
) -> StationLine:
    line = StationLine(row=number)
    if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
        _fault(line, "row", "", f"{len(cells)} cells, but the header names {len(names)} columns.")
    for name, cell in zip(names, cells, strict=False):
        value = _unescaped(cell.strip())
        if value and name != "-":
            _take(line, name, value, hash_key)
    return line


def _unescaped(value: str) -> str:
    """Without the apostrophe that our own export puts before what looks like a formula."""
    return value[1:] if value[:1] == "'" and value[1:2] in "=+-@" and value[1:2] else value


def _take(line: StationLine, name: str, value: str, hash_key: Callable[[str], str]) -> None:
    if len(value) > MAX_CELL:
        _fault(line, name, value[:40], f"At most {MAX_CELL} characters.")
    elif name == "key":
        if len(value) < _MIN_KEY:
            _fault(line, name, "", f"A key needs at least {_MIN_KEY} characters.")
        else:
            line.key_hash = hash_key(value)
    elif name == "evses":
        _take_evses(line, value)
    elif name in ("latitude", "longitude"):
        _take_degrees(line, name, value)
    else:
        _take_text(line, name, value)


def _take_text(line: StationLine, name: str, value: str) -> None:
    in_station = name in _STATION
    target, limit = _STATION[name] if in_station else _LOCATION[name]
    if len(value) > limit:
        _fault(line, name, value, f"At most {limit} characters.")
    elif name == "identity" and not _IDENTITY.fullmatch(value):
        _fault(line, name, value, "1 to 48 letters, digits and * - _ = + | @ . only.")
    else:
        (line.station if in_station else line.location)[target] = value


def _take_degrees(line: StationLine, name: str, value: str) -> None:
    limit = 90 if name == "latitude" else 180
    try:
        number = Decimal(value.replace(",", "."))
    except ArithmeticError:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) > limit:
        _fault(line, name, value, f"Degrees between -{limit} and {limit}.")
    else:
        line.location[name] = f"{number.quantize(Decimal('0.000001')):f}"


def _take_evses(line: StationLine, value: str) -> None:
    found, reason = read_evses(value)
    if reason:
        _fault(line, "evses", value, reason)
    else:
        line.evses = found


def read_evses(value: str) -> tuple[list[EvseLine], str]:
    """EVSEs written like `2x AC 22 TYPE2; DC 150 CCS2+CHADEMO`, and why not when it is not so."""
    found: list[EvseLine] = []
    for part in re.split(r"[;/\n]", value):
        match = _EVSE.fullmatch(part.strip())
        plugs = [_PLUGS.get(_plain(plug)) for plug in re.split(r"[+&,]", match[4])] if match else []
        if match is None or None in plugs:
            return [], "Written like 2x AC 22 TYPE2; DC 150 CCS2+CHADEMO."
        one = EvseLine(
            current_type=match[2].upper(),
            max_power_w=int(Decimal(match[3].replace(",", ".")) * 1000),
            connectors=[plug for plug in plugs if plug],
        )
        found += [one] * int(match[1] or 1)
    if not 1 <= len(found) <= _MAX_EVSES:
        return [], f"A station has 1 to {_MAX_EVSES} EVSEs."
    if any(not 1 <= one["max_power_w"] <= _MAX_POWER_W for one in found):
        return [], "Rated power is more than nothing, and at most 5 MW."
    return found, ""


def _plain(plug: str) -> str:
    return re.sub(r"[\s_\-]", "", plug).upper()


def _fault(line: StationLine, column: str, value: str, reason: str) -> None:
    line.faults.append(RowFault(column=column, value=value[:80], reason=reason))


def _find_twins(lines: Iterable[StationLine]) -> None:
    """Two rows that name the same station: the second is at fault."""
    seen: dict[tuple[str, str], int] = {}
    for line in lines:
        for name in ("identity", "code", "external_id"):
            value = line.station.get(name)
            if value is None:
                continue
            first = seen.setdefault((name, value), line.row)
            if first != line.row:
                _fault(line, name, value, f"Row {first} has the same.")


def as_json(line: StationLine) -> dict[str, Any]:
    """A line for a JSON column; `line_of` reads it back."""
    return {
        "row": line.row,
        "station": line.station,
        "location": line.location,
        "evses": line.evses,
        "key_hash": line.key_hash,
        "faults": line.faults,
    }


def line_of(stored: Mapping[str, Any]) -> StationLine:
    """A line as `as_json` wrote it."""
    return StationLine(**stored)
