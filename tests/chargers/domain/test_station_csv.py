from __future__ import annotations

import pytest

from chargers.domain.station_csv import (
    COLUMNS,
    EXAMPLE,
    MAX_ROWS,
    StationLine,
    UnreadableFileError,
    as_json,
    line_of,
    read_lines,
)

TWO = {"current_type": "AC", "max_power_w": 22_000, "connectors": ["IEC_62196_T2"]}


def read(text: str | bytes) -> list[StationLine]:
    data = text.encode() if isinstance(text, str) else text
    return read_lines(data, hash_key=lambda key: f"hash of {key}")


def one(header: str, row: str) -> StationLine:
    (line,) = read(f"{header}\n{row}\n")
    return line


def test_the_template_reads_back() -> None:
    header = ",".join(COLUMNS)
    row = ",".join(EXAMPLE.get(name, "") for name in COLUMNS)
    assert one(header, row) == StationLine(
        row=2,
        station={
            "name": "Harbour 1",
            "code": "HB-001",
            "external_id": "asset-4711",
            "vendor": "Alfen",
            "model": "Eve Double",
        },
        location={
            "name": "Harbour",
            "address": "Quay 1",
            "postal_code": "20457",
            "city": "Hamburg",
            "country": "DE",
            "latitude": "53.543764",
            "longitude": "9.966321",
            "time_zone": "Europe/Berlin",
        },
        evses=[TWO, TWO],  # type: ignore[list-item]
    )


@pytest.mark.parametrize(
    "data",
    [
        "station_name,code\nMüller,M1\n".encode(),
        "station_name;code\nMüller;M1\n".encode("utf-8-sig"),
        "station_name\tcode\r\nMüller\tM1\r\n".encode("utf-16"),
        "Station-Name|CODE\nMüller|M1".encode("cp1252"),
        '\n\n"Station name",Code,\n"Müller", M1 ,\n,,\n'.encode(),
    ],
)
def test_delimiters_marks_and_encodings(data: bytes) -> None:
    (line,) = read(data)
    assert line.station == {"name": "Müller", "code": "M1"}


def test_other_names_of_columns() -> None:
    line = one("Name;Site;Zip;Lat;Charge Point ID", "A;Harbour;1;53,5;CP_1")
    assert line.station == {"name": "A", "identity": "CP_1"}
    assert line.location == {"name": "Harbour", "postal_code": "1", "latitude": "53.500000"}


def test_an_apostrophe_of_an_export_is_taken_off() -> None:
    assert one("station_name,code", "'=1+1,'x").station == {"name": "=1+1", "code": "'x"}


def test_a_typed_key_leaves_its_fingerprint_only() -> None:
    line = one("station_name,key", "A,correct-horse-battery")
    assert line.key_hash == "hash of correct-horse-battery"
    assert "correct-horse-battery" not in str({**as_json(line), "key_hash": ""})


@pytest.mark.parametrize(
    ("text", "evses"),
    [
        ("AC 22 TYPE2", [("AC", 22_000, ["IEC_62196_T2"])]),
        ("2x ac 11,5 kW Type 2", [("AC", 11_500, ["IEC_62196_T2"])] * 2),
        (
            "DC 150 CCS2+CHAdeMO; AC 43 IEC_62196_T2",
            [("DC", 150_000, ["IEC_62196_T2_COMBO", "CHADEMO"]), ("AC", 43_000, ["IEC_62196_T2"])],
        ),
    ],
)
def test_evses(text: str, evses: list[tuple[str, int, list[str]]]) -> None:
    found = one("station_name\tevses", f"A\t{text}").evses
    assert [(e["current_type"], e["max_power_w"], e["connectors"]) for e in found] == evses


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("evses", "22 kW", "Written like 2x AC 22 TYPE2; DC 150 CCS2+CHADEMO."),
        ("evses", "AC 22 PLUG", "Written like 2x AC 22 TYPE2; DC 150 CCS2+CHADEMO."),
        ("evses", "17x AC 22 TYPE2", "A station has 1 to 16 EVSEs."),
        ("evses", "AC 0 TYPE2", "Rated power is more than nothing, and at most 5 MW."),
        ("evses", "DC 5001 CCS2", "Rated power is more than nothing, and at most 5 MW."),
        ("latitude", "91", "Degrees between -90 and 90."),
        ("longitude", "east", "Degrees between -180 and 180."),
        ("longitude", "NaN", "Degrees between -180 and 180."),
        ("identity", "a b", "1 to 48 letters, digits and * - _ = + | @ . only."),
        ("country", "Germany", "At most 2 characters."),
        ("code", "x" * 41, "At most 40 characters."),
        ("vendor", "x" * 501, "At most 500 characters."),
    ],
)
def test_faults_name_row_column_value_and_reason(column: str, value: str, reason: str) -> None:
    line = one(f"station_name\t{column}", f"A\t{value}")
    (fault,) = line.faults
    assert (line.row, fault["column"], fault["reason"]) == (2, column, reason)
    assert value.startswith(fault["value"])
    assert fault["value"]


def test_a_short_key_is_not_repeated_in_its_fault() -> None:
    (fault,) = one("station_name,key", "A,secret").faults
    assert fault == {"column": "key", "value": "", "reason": "A key needs at least 12 characters."}


def test_rows_that_name_the_same_station() -> None:
    lines = read("code,identity\nA,x\nB,x\nA,y\n")
    assert [line.faults for line in lines] == [
        [],
        [{"column": "identity", "value": "x", "reason": "Row 2 has the same."}],
        [{"column": "code", "value": "A", "reason": "Row 2 has the same."}],
    ]


def test_more_cells_than_columns() -> None:
    (fault,) = one("station_name,code", "A,B,C").faults
    assert fault["reason"] == "3 cells, but the header names 2 columns."
    assert one("station_name,code", "A").faults == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "The file is empty."),
        (b"\n\n ,\n", "The file is empty."),
        (b"station_name\n", "The file has a header but no rows."),
        (b"station_name,colour,taste\nA,red,sour\n", "Unknown columns: colour, taste."),
        (b"name,station_name\nA,B\n", "Columns that come twice: station_name."),
        (b"city\nAarhus\n", "The first row must name the columns, station_name among them."),
        (b"x" * (8 * 1024 * 1024 + 1), "The file has more than 8 MB."),
        (b"code\n" + b"a\n" * (MAX_ROWS + 1), "The file has more than 10,000 rows."),
    ],
)
def test_files_that_cannot_be_used(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFileError) as raised:
        read(data)
    assert str(raised.value) == reason


def test_a_zip_is_no_csv() -> None:
    with pytest.raises(UnreadableFileError):
        read(b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00")


def test_a_line_survives_json() -> None:
    line = one("station_name,evses,code", "A,AC 22 TYPE2,B")
    assert line_of(as_json(line)) == line
