"""Stations from a CSV file: what a dry run tells, what the worker writes, and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry, Operator
from chargers.domain.station_csv import COLUMNS, EXAMPLE
from chargers.exceptions import UnableToImport
from chargers.models import ChargingStation, ImportMode, Location, StationImport
from chargers.services.station_import.checking import check_file, confirm_import
from chargers.services.station_import.keys import hand_out_keys
from chargers.services.station_import.running import run_waiting
from chargers.services.station_keys import check_key, rotate_key
from chargers.services.stations import add_station
from common.tenancy import system_scope
from tests.factories import ACTOR, NOW, LocationFactory, StationFactory
from tests.support.api import everything

pytestmark = pytest.mark.django_db

ALL, GOOD = ImportMode.ALL_OR_NOTHING, ImportMode.GOOD_ROWS
PLACE = "Harbour;Quay 1;Hamburg;DE;53.5;9.9;Europe/Berlin"
HEADER = (
    "station_name;code;identity;key;external_id;vendor;evses;"
    "location_name;address;city;country;latitude;longitude;time_zone"
)


def row(name: str, code: str = "", identity: str = "", **more: str) -> str:
    cells = [
        name,
        code,
        identity,
        *(more.get(n, "") for n in ("key", "external_id", "vendor", "evses")),
    ]
    return ";".join(cells) + ";" + more.get("place", PLACE)


def check(operator: Operator, *rows: str) -> StationImport:
    data = "\n".join([HEADER, *rows]).encode()
    with system_scope("tests"):
        return check_file(operator=operator, data=data, file_name="f.csv", actor=ACTOR, now=NOW)


def run(made: StationImport, mode: ImportMode = ALL) -> StationImport:
    with system_scope("tests"):
        confirm_import(station_import=made, mode=mode, actor=ACTOR, now=NOW)
        assert run_waiting(now=NOW) == 1
        return StationImport.objects.get(pk=made.pk)


def outcomes(made: StationImport) -> list[str]:
    return [one["outcome"] for one in made.report]


def faults(made: StationImport) -> list[tuple[int, str, str, str]]:
    return [
        (one["row"], fault["column"], fault["value"], fault["reason"])
        for one in made.report
        for fault in one["faults"]
    ]


def stations(operator: Operator) -> list[ChargingStation]:
    with system_scope("tests"):
        rows = ChargingStation.objects.filter(operator=operator).order_by("name")
        return list(rows.select_related("location").prefetch_related("evses__connectors"))


def test_a_dry_run_writes_its_report_alone(operator: Operator) -> None:
    before = everything()
    made = check(operator, row("A", "A1"), row("B"))
    after = everything()
    del before["chargers.StationImport"], after["chargers.StationImport"]
    assert after == before
    assert (made.status, made.counts, made.rows_total) == ("checked", {"added": 2}, 2)
    assert made.report[0] == {
        "row": 2, "name": "A", "code": "A1", "outcome": "added", "changes": ["code", "name"],
        "faults": [], "hints": [], "typed_key": False, "station": None,
    }  # fmt: skip


def test_a_make_that_nobody_knows_is_pointed_out_and_taken(operator: Operator) -> None:
    StationFactory.create(operator=operator, vendor="Volta Works")
    made = check(
        operator,
        row("A", vendor="Alfen BV"),
        row("B", vendor="Volta Works"),
        row("C", vendor="Alfn"),
        row("D"),
    )
    assert outcomes(made) == ["added"] * 4
    hint = "“Alfn” is a make that is not known here. Mistyped?"
    assert [one["hints"] for one in made.report] == [[], [], [hint], []]


def test_two_thousand_rows_cost_a_few_queries(
    operator: Operator, django_assert_max_num_queries: Any
) -> None:
    rows = [row(f"Station {n}", f"C{n}", external_id=f"asset-{n}") for n in range(2_000)]
    with django_assert_max_num_queries(20):
        made = check(operator, *rows)
    assert made.counts == {"added": 2_000}


def test_stations_and_their_location_are_written(operator: Operator) -> None:
    made = run(check(
        operator,
        row("A", "A1", "CP_1", vendor="Alfen", evses="2x AC 11 TYPE2"),
        row("B", external_id="e-2", evses="DC 150 CCS2+CHADEMO"),
    ))  # fmt: skip
    assert (made.status, made.counts, made.rows_done, made.lines) == ("done", {"added": 2}, 2, [])
    first, second = stations(operator)
    assert (first.code, first.identity, first.vendor, second.external_id) == (
        "A1",
        "CP_1",
        "Alfen",
        "e-2",
    )
    assert [(e.number, e.current_type, e.max_power_w) for e in first.evses.all()] == [
        (1, "AC", 11_000),
        (2, "AC", 11_000),
    ]
    (evse,) = second.evses.all()
    assert [plug.type for plug in evse.connectors.all()] == ["IEC_62196_T2_COMBO", "CHADEMO"]
    assert first.location_id == second.location_id
    assert (first.location.name, str(first.location.latitude)) == ("Harbour", "53.500000")
    assert [one["station"] for one in made.report] == [str(first.pk), str(second.pk)]
    with system_scope("tests"):
        actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert actions == [
        "station_import.started", "location.added", "station.added", "station.changed",
        "station.added", "station.changed",
    ] or actions[:3] == ["station_import.started", "location.added", "station.added"]  # fmt: skip


def test_a_second_run_changes_nothing(operator: Operator) -> None:
    rows = (
        row("A", "A1", "CP_1", key="correct-horse-battery", vendor="Alfen", evses="AC 22 TYPE2"),
        row("B", "B1"),
        row("C", external_id="e-3"),
    )
    run(check(operator, *rows))
    before = stations(operator)
    again = check(operator, *rows)
    assert outcomes(again) == ["unchanged"] * 3
    assert run(again).counts == {"unchanged": 3}
    assert stations(operator) == before


def test_what_changed_is_updated(operator: Operator) -> None:
    run(check(operator, row("A", "A1", "CP_1"), row("B", "B1")))
    other = "Yard;Road 2;Kiel;DE;54.3;10.1;Europe/Berlin"
    made = check(
        operator,
        row("A new", "A1", vendor="Alfen"),
        row("B", "B1", key="correct-horse-battery", place=other),
    )
    assert [(one["outcome"], one["changes"]) for one in made.report] == [
        ("updated", ["name", "vendor"]),
        ("updated", ["key", "location"]),
    ]
    run(made)
    first, second = stations(operator)
    assert (first.name, first.vendor, first.identity) == ("A new", "Alfen", "CP_1")
    assert second.location.name == "Yard"
    with system_scope("tests"):
        assert check_key(station=second, candidate=b"correct-horse-battery")


def test_empty_cells_leave_what_is_stored(operator: Operator) -> None:
    run(check(operator, row("A", "A1", vendor="Alfen")))
    made = check(operator, row("", "A1", place=";;;;;;"))
    assert outcomes(made) == ["unchanged"]


def test_details_of_a_location_are_updated(operator: Operator) -> None:
    run(check(operator, row("A", "A1")))
    made = check(operator, row("A", "A1", place=PLACE.replace("Quay 1", "Quay 9")))
    assert made.report[0]["changes"] == ["location details"]
    run(made)
    with system_scope("tests"):
        assert Location.objects.get().address == "Quay 9"


def test_a_new_station_tells_what_it_changes_of_its_location(operator: Operator) -> None:
    run(check(operator, row("A", "A1")))
    made = check(operator, row("B", "B1", place=PLACE.replace("Quay 1", "Quay 9")))
    assert made.report[0]["changes"] == ["code", "location details", "name"]


def test_who_may_not_change_locations_changes_none(operator: Operator) -> None:
    run(check(operator, row("A", "A1")))
    moved = PLACE.replace("Quay 1", "Quay 9")
    rows = [row("A", "A1", place=moved), row("B", "B1", place=moved), row("C", "C1")]
    data = "\n".join([HEADER, *rows, row("D", place=PLACE.replace("Harbour", "Yard"))]).encode()
    with system_scope("tests"):
        made = check_file(
            operator=operator,
            data=data,
            file_name="f.csv",
            actor=ACTOR,
            now=NOW,
            may_change_locations=False,
        )
    assert outcomes(made) == ["error", "error", "added", "added"]
    assert {(number, column) for number, column, _value, _reason in faults(made)} == {
        (2, "location_name"),
        (3, "location_name"),
    }
    assert run(made, GOOD).counts == {"error": 2, "added": 2}
    with system_scope("tests"):
        assert Location.objects.get(name="Harbour").address == "Quay 1"


def test_rows_with_faults(operator: Operator) -> None:
    other = StationFactory.create(identity="TAKEN-1")
    StationFactory.create(operator=operator, identity="MINE-1", code="M1")
    StationFactory.create(operator=operator, identity="MINE-2", code="M2")
    StationFactory.create(operator=operator, identity="MINE-3", code="M3")
    LocationFactory.create(operator=operator, name="Twin")
    LocationFactory.create(operator=operator, name="twin")
    before = stations(operator)
    made = check(
        operator,
        row("A", identity="TAKEN-1"),
        row("B", "M1", "MINE-2"),
        row("C", "M3", "NEW-1"),
        row("D", place="Nowhere;;;;;;"),
        row("E", place="Twin;;;;;;"),
        row("", "X1"),
        row("F", place=";;;;;;"),
        row("G", "M2", evses="9x AC 22 TYPE2"),
        row("H", place=PLACE.replace("Europe/Berlin", "Mars/Base").replace("Harbour", "Mars")),
        row("I", place=PLACE.replace("Hamburg", "Bremen")),
    )
    assert faults(made) == [
        (2, "identity", "TAKEN-1", "This identity is in use."),
        (3, "identity, code", "", "They belong to different stations."),
        (4, "identity", "NEW-1", "A station gets another identity by replacing its hardware."),
        (5, "address", "", "This is needed for a new location."),
        (5, "city", "", "This is needed for a new location."),
        (5, "country", "", "This is needed for a new location."),
        (5, "latitude", "", "This is needed for a new location."),
        (5, "longitude", "", "This is needed for a new location."),
        (5, "time_zone", "", "This is needed for a new location."),
        (6, "location_name", "Twin", "Several locations have this name."),
        (7, "station_name", "", "This is needed for a new station."),
        (8, "location_name", "", "This is needed for a new station."),
        (9, "evses", "", "The station has others: replace its hardware."),
        (10, "time_zone", "Mars/Base", "The name of a time zone, such as Europe/Copenhagen."),
        (11, "city", "Bremen", "Row 4 says “Hamburg” of the same location."),
    ]
    with pytest.raises(UnableToImport, match="10 rows have faults"):
        run(made)
    assert stations(operator) == before
    assert run(made, GOOD).counts == {"error": 10}
    assert stations(operator) == before
    assert other.identity == "TAKEN-1"


def test_good_rows_are_written_beside_bad_ones(operator: Operator) -> None:
    made = run(check(operator, row("A"), row("B", identity="a b"), row("C")), GOOD)
    assert (made.status, outcomes(made)) == ("done", ["added", "error", "added"])
    assert [station.name for station in stations(operator)] == ["A", "C"]


def test_all_or_nothing_takes_everything_back(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:

    def refusing(**values: Any) -> Any:
        if values["name"] == "B":
            raise UnableToImport("Somebody was faster.", errors={"code": "Another has this code."})
        return add_station(**values)

    made = check(operator, row("A"), row("B"), row("C"))
    monkeypatch.setattr("chargers.services.station_import.running.add_station", refusing)
    done = run(made)
    assert (done.status, outcomes(done)) == ("refused", ["skipped", "error", "skipped"])
    assert faults(done) == [(3, "code", "", "Another has this code.")]
    assert stations(operator) == []
    with system_scope("tests"):
        assert Location.objects.count() == 0
    second = check(operator, row("A"), row("B"), row("C"))
    assert outcomes(run(second, GOOD)) == ["added", "error", "added"]


def test_an_import_is_started_once(operator: Operator) -> None:
    made = check(operator, row("A"))
    run(made)
    with system_scope("tests"), pytest.raises(UnableToImport, match="started before"):
        confirm_import(station_import=made, mode=ALL, actor=ACTOR, now=NOW)
    with system_scope("tests"):
        assert run_waiting(now=NOW) == 0


def test_a_worker_that_died_is_followed_by_another(operator: Operator) -> None:
    made = check(operator, row("A"))
    with system_scope("tests"):
        confirm_import(station_import=made, mode=GOOD, actor=ACTOR, now=NOW)
        StationImport.objects.update(status="running", claimed_at=NOW)
        assert run_waiting(now=NOW + timedelta(minutes=15)) == 0
        assert run_waiting(now=NOW + timedelta(minutes=16)) == 1
    assert len(stations(operator)) == 1


def dying(monkeypatch: pytest.MonkeyPatch, *, at: str) -> None:
    """Let the worker die when it comes to a station."""

    def add(**values: Any) -> Any:
        if values["name"] == at:
            raise SystemExit
        return add_station(**values)

    monkeypatch.setattr("chargers.services.station_import.running.add_station", add)


@pytest.mark.parametrize("mode", [ALL, GOOD])
def test_who_follows_goes_on_where_it_ended(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, mode: ImportMode
) -> None:
    """Rows without anything to know them by are not added twice, and all get their keys."""
    names = [f"S{number:02}" for number in range(30)]
    made = check(operator, *(row(name) for name in names))
    with system_scope("tests"), monkeypatch.context() as patch:
        confirm_import(station_import=made, mode=mode, actor=ACTOR, now=NOW)
        dying(patch, at="S27")
        with pytest.raises(SystemExit):
            run_waiting(now=NOW, clock=lambda: NOW)
    assert len(stations(operator)) == (0 if mode == ALL else 25)
    with system_scope("tests"):
        assert run_waiting(now=NOW + timedelta(minutes=16)) == 1
        done = StationImport.objects.get(pk=made.pk)
        handed = hand_out_keys(station_import=done, actor=ACTOR, now=NOW + timedelta(minutes=17))
    assert [station.name for station in stations(operator)] == names
    assert (done.status, done.counts, done.rows_done) == ("done", {"added": 30}, 30)
    assert [one["station"] for one in done.report] == [
        str(station.pk) for station in stations(operator)
    ]
    assert [one.station.name for one in handed] == names


def test_whoever_was_overtaken_leaves_the_rest_to_the_other(operator: Operator) -> None:
    made = check(operator, row("A"))
    later = NOW + timedelta(minutes=16)

    def overtaken() -> datetime:
        StationImport.objects.update(claimed_at=later)
        return later

    with system_scope("tests"):
        confirm_import(station_import=made, mode=GOOD, actor=ACTOR, now=NOW)
        assert run_waiting(now=NOW, clock=overtaken) == 0
        left = StationImport.objects.get(pk=made.pk)
    # Undone with it in this test, which has no connection of its own for the other worker.
    assert (left.status, left.claimed_at, left.finished_at) == ("running", NOW, None)
    assert stations(operator) == []


def test_a_file_that_fails_keeps_no_other_from_being_written(
    operator: Operator, other_operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(**values: Any) -> Any:
        if values["operator"] == operator:
            raise KeyError("a fault of ours")
        return add_station(**values)

    with system_scope("tests"):
        for made in (check(operator, row("A")), check(other_operator, row("B"))):
            confirm_import(station_import=made, mode=GOOD, actor=ACTOR, now=NOW)
        monkeypatch.setattr("chargers.services.station_import.running.add_station", failing)
        assert run_waiting(now=NOW) == 1
    assert stations(operator) == []
    assert [station.name for station in stations(other_operator)] == ["B"]


def test_a_new_location_that_is_not_complete_is_a_fault_of_every_row(operator: Operator) -> None:
    nowhere = "Nowhere;;;;;;"
    made = check(operator, row("A", place=nowhere), row("B", place=nowhere))
    assert outcomes(made) == ["error", "error"]
    assert faults(made)[-1] == (3, "location_name", "", "See row 2.")
    assert run(made, GOOD).counts == {"error": 2}


def test_a_new_location_is_described_once(operator: Operator) -> None:
    """By a row that is at fault itself."""
    short = "Harbour;;;;;;"
    made = check(operator, row(""), row("B", place=short), row("C", place=short))
    assert run(made, GOOD).counts == {"error": 1, "added": 2}
    assert [station.location.city for station in stations(operator)] == ["Hamburg", "Hamburg"]


def test_a_key_given_meanwhile_is_kept(operator: Operator) -> None:
    made = run(check(operator, row("A"), row("B")))
    later = NOW + timedelta(minutes=1)
    with system_scope("tests"):
        (_, other) = stations(operator)
        key = rotate_key(station=other, actor=ACTOR, now=later)
        handed = hand_out_keys(station_import=made, actor=ACTOR, now=later)
        assert [one.station.name for one in handed] == ["A"]
        assert check_key(station=stations(operator)[1], candidate=key.encode())


def test_keys_are_handed_out_once(operator: Operator) -> None:
    made = run(check(operator, row("A"), row("B", key="correct-horse-battery"), row("C")))
    with system_scope("tests"):
        ChargingStation.objects.filter(name="C").update(connected_at=NOW)
        handed = hand_out_keys(station_import=made, actor=ACTOR, now=NOW)
        assert [one.station.name for one in handed] == ["A"]
        (station,) = (row for row in stations(operator) if row.name == "A")
        assert check_key(station=station, candidate=handed[0].key.encode())
        with pytest.raises(UnableToImport, match="handed out before"):
            hand_out_keys(station_import=made, actor=ACTOR, now=NOW)
        waiting = check(operator, row("Z"))
        with pytest.raises(UnableToImport, match="not written yet"):
            hand_out_keys(station_import=waiting, actor=ACTOR, now=NOW)


def test_typed_keys_are_nowhere_in_plain(operator: Operator) -> None:
    made = check(operator, row("A", key="correct-horse-battery"))
    assert "correct-horse-battery" not in str([made.lines, made.report])
    run(made)
    with system_scope("tests"):
        entries = list(AuditEntry.objects.values_list("action", "changes"))
    assert "correct-horse-battery" not in str(entries)
    assert ("station.key_typed", {"key": "typed key"}) in entries


def test_files_that_cannot_be_used(operator: Operator) -> None:
    with system_scope("tests"), pytest.raises(UnableToImport) as raised:
        check_file(operator=operator, data=b"", file_name="", actor=ACTOR, now=NOW)
    assert raised.value.errors == {"file": "The file is empty."}
    with system_scope("tests"):
        assert StationImport.objects.count() == 0


def test_stations_of_others_are_not_matched(operator: Operator, other_operator: Operator) -> None:
    theirs = StationFactory.create(operator=other_operator, code="A1", external_id="e-1")
    LocationFactory.create(operator=other_operator, name="Harbour")
    run(check(operator, row("A", "A1", external_id="e-1")))
    assert stations(operator)[0].location.operator_id == operator.pk
    with system_scope("tests"):
        assert ChargingStation.objects.get(pk=theirs.pk).name == theirs.name


def test_the_template_can_be_imported(operator: Operator) -> None:
    data = "\n".join([",".join(COLUMNS), ",".join(EXAMPLE.get(n, "") for n in COLUMNS)]).encode()
    with system_scope("tests"):
        made = check_file(operator=operator, data=data, file_name="t", actor=ACTOR, now=NOW)
    assert (made.counts, run(made).status) == ({"added": 1}, "done")
