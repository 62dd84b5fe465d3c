from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts.models import Operator
from chargers.events import StationBooted, TransactionEnded
from chargers.models import ChargingStation, Transaction
from chargers.selectors import (
    FrameFilters,
    StationCounts,
    StationFilters,
    TransactionCursor,
    TransactionFilters,
    capped_count,
    count_stations,
    frame_page,
    locations,
    power_curve,
    station_actions,
    station_by_id,
    station_display,
    stations,
    stations_with_parts,
    timeline,
    transaction_page,
    transactions,
)
from events.outbox import publish
from tests.factories import (
    NOW,
    ConnectorFactory,
    DriverFactory,
    EvseFactory,
    LocationFactory,
    MeterValueFactory,
    OcppFrameFactory,
    StationFactory,
    TransactionFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_scope")]

MINUTE = timedelta(minutes=1)


def equipped(
    operator: Operator, *, status: str = "Available", charging: str | None = None, **values: Any
) -> ChargingStation:
    station = StationFactory.create(operator=operator, **values)
    active = None
    if charging is not None:
        active = TransactionFactory.create(station=station, charging_state=charging)
    evse = EvseFactory.create(station=station, active_transaction=active)
    ConnectorFactory.create(evse=evse, status=status)
    return station


def names(filters: StationFilters) -> list[str]:
    return [station.name for station in stations(filters)]


@pytest.fixture
def network(operator: Operator, other_operator: Operator) -> None:
    harbour = LocationFactory.create(operator=operator, name="Harbour", city="Aarhus")
    equipped(operator, name="A", location=harbour, charging="Charging", vendor="Alfa")
    equipped(operator, name="B", location=harbour, charging="SuspendedEV", protocol="ocpp1.6")
    equipped(operator, name="C", status="Faulted", model="Alfa Two")
    equipped(operator, name="D", status="Faulted", is_online=False, charging="")
    equipped(operator, name="E")
    equipped(other_operator, name="F", charging="", vendor="Alfa")


@pytest.mark.usefixtures("network")
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (StationFilters(), "ABCDE"),
        (StationFilters(state="any"), "ABCDE"),
        (StationFilters(state="charging"), "A"),
        (StationFilters(state="available"), "E"),
        (StationFilters(state="faulted"), "C"),
        (StationFilters(state="offline"), "D"),
        (StationFilters(protocol="ocpp1.6"), "B"),
        (StationFilters(search="alfa"), "AC"),
        (StationFilters(search="alfa two"), "C"),
        (StationFilters(search="harbour"), "AB"),
        (StationFilters(search="harbour alfa"), "A"),
        (StationFilters(search="%"), ""),
        (StationFilters(search="nul\x00"), ""),
        (StationFilters(location_id=UUID(int=1)), ""),
    ],
)
def test_stations_are_filtered(filters: StationFilters, expected: str) -> None:
    assert names(filters) == list(expected)


@pytest.mark.usefixtures("network")
def test_counts_of_the_chips_follow_the_other_filters(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert count_stations() == StationCounts(
            any=5, charging=1, available=1, faulted=1, offline=1
        )
    assert count_stations(StationFilters(search="alfa", state="offline")) == StationCounts(
        any=2, charging=1, available=0, faulted=1, offline=0
    )


@pytest.mark.usefixtures("network")
def test_a_page_of_stations_costs_three_queries(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):
        page = list(stations_with_parts(stations(StationFilters()))[:50])
        shown = [(station.name, station_display(station).value) for station in page]
        assert page[0].location.name == "Harbour"
    assert shown == [
        ("A", "charging"),
        ("B", "occupied"),
        ("C", "faulted"),
        ("D", "offline"),
        ("E", "available"),
    ]


def test_a_station_of_another_operator_does_not_exist(
    operator: Operator, other_operator: Operator
) -> None:
    mine, foreign = equipped(operator), equipped(other_operator)
    assert station_by_id(foreign.pk) is None
    assert station_by_id(mine.pk) == mine


def test_locations_count_their_stations(operator: Operator, other_operator: Operator) -> None:
    harbour = LocationFactory.create(operator=operator, name="Harbour")
    StationFactory.create(operator=operator, location=harbour)
    StationFactory.create(operator=operator, location=harbour, is_online=False)
    LocationFactory.create(operator=other_operator, name="Harbour")
    (row,) = locations("harb")
    assert (row.pk, vars(row)["station_count"], vars(row)["online_count"]) == (harbour.pk, 2, 1)
    assert list(locations("nowhere")) == []


# -- transactions --------------------------------------------------------------------------------


@pytest.fixture
def station(operator: Operator) -> ChargingStation:
    return equipped(operator)


def test_transactions_are_paged_without_gaps_or_repetition(
    station: ChargingStation, django_assert_num_queries: Any
) -> None:
    made = [
        TransactionFactory.create(station=station, started_at=NOW + (n // 3) * MINUTE)
        for n in range(10)
    ]
    seen: list[UUID] = []
    cursor: TransactionCursor | None = None
    for expected in (4, 4, 2):
        with django_assert_num_queries(1):
            page = transaction_page(filters=TransactionFilters(), after=cursor, limit=4)
            assert [row.station.name for row in page.rows] == [station.name] * expected
        seen += [row.pk for row in page.rows]
        cursor = page.following
    assert cursor is None
    assert seen == [
        row.pk for row in sorted(made, key=lambda row: (row.started_at, row.pk), reverse=True)
    ]


def test_transactions_are_filtered(operator: Operator, station: ChargingStation) -> None:
    driver = DriverFactory.create(operator=operator)
    active = TransactionFactory.create(station=station, driver=driver, id_token_uid="04A2")
    odd = TransactionFactory.create(
        station=station, state="provisional", needs_review=True, started_at=NOW + 5 * MINUTE
    )
    elsewhere = TransactionFactory.create(station=StationFactory.create(operator=operator))
    TransactionFactory.create(id_token_uid="04A2", needs_review=True)

    def found(**values: Any) -> set[Transaction]:
        return set(transactions(TransactionFilters(**values)))

    assert found() == {active, odd, elsewhere}
    assert found(state="provisional") == found(needs_review=True) == {odd}
    assert found(station_id=station.pk) == {active, odd}
    assert found(location_id=elsewhere.location_id) == {elsewhere}
    assert found(driver_id=driver.pk) == found(token_uid="04a2") == {active}
    assert found(since=NOW + 5 * MINUTE) == {odd}
    assert found(until=NOW + 5 * MINUTE) == {active, elsewhere}


def test_counting_stops_at_the_cap(station: ChargingStation) -> None:
    for _ in range(4):
        TransactionFactory.create(station=station)
    assert capped_count(transactions(), cap=3) == (3, True)
    assert capped_count(transactions(), cap=4) == (4, False)


def test_power_curve_is_short(station: ChargingStation, django_assert_num_queries: Any) -> None:
    row = TransactionFactory.create(station=station)
    for n in range(30):
        MeterValueFactory.create(transaction=row, taken_at=NOW + n * MINUTE, power_w=n)
    MeterValueFactory.create()

    with django_assert_num_queries(1):
        drawn = power_curve(row, limit=10)
    assert len(drawn) == 10
    assert (drawn[0].power_w, drawn[-1].power_w) == (0, 29)


# -- frames and timeline -------------------------------------------------------------------------


def test_frames_are_paged_and_filtered(station: ChargingStation) -> None:
    frames = [
        OcppFrameFactory.create(
            station=station,
            action="Heartbeat" if n % 2 else "BootNotification",
            direction="in" if n < 4 else "out",
            raw=f"frame {n}",
            reply="echo" if n == 2 else "",
        )
        for n in range(6)
    ]
    OcppFrameFactory.create()

    def numbers(**values: Any) -> list[int]:
        page = frame_page(station_id=station.pk, filters=FrameFilters(**values))
        return [frames.index(frame) for frame in page.frames]

    assert numbers() == [5, 4, 3, 2, 1, 0]
    assert numbers(action="Heartbeat") == [5, 3, 1]
    assert numbers(direction="out") == [5, 4]
    assert numbers(text="ECHO") == [2]
    assert numbers(text="frame 3", action="Heartbeat") == [3]
    assert station_actions(station.pk) == ["BootNotification", "Heartbeat"]

    first = frame_page(station_id=station.pk, limit=4)
    rest = frame_page(station_id=station.pk, before_id=first.before, limit=4)
    assert [frames.index(frame) for frame in (*first.frames, *rest.frames)] == [5, 4, 3, 2, 1, 0]
    assert rest.before is None


def test_frame_search_reads_a_bounded_stretch_and_goes_on(
    station: ChargingStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chargers.selectors.frames._SEARCH_WINDOW", 3)
    old = OcppFrameFactory.create(station=station, raw="needle")
    for _ in range(5):
        OcppFrameFactory.create(station=station)

    first = frame_page(station_id=station.pk, filters=FrameFilters(text="needle"))
    assert first.frames == []
    second = frame_page(
        station_id=station.pk, filters=FrameFilters(text="needle"), before_id=first.before
    )
    assert second.frames == [old]


def test_frames_of_another_operators_station_are_out_of_sight(other_operator: Operator) -> None:
    foreign = OcppFrameFactory.create(station__operator=other_operator)
    assert frame_page(station_id=foreign.station_id).frames == []


def test_timeline_of_a_station_has_its_transactions(
    station: ChargingStation, other_operator: Operator, django_assert_num_queries: Any
) -> None:
    row = TransactionFactory.create(station=station)
    own: dict[str, Any] = {"operator_id": station.operator_id}
    booted = StationBooted(subject_id=station.pk, reason="PowerUp", **own)
    ended = TransactionEnded(
        subject_id=row.pk, parent_id=station.pk, energy_wh=1_500, ended_at=NOW, **own
    )
    foreign = StationBooted(subject_id=station.pk, operator_id=other_operator.pk)
    publish(booted, ended, foreign, now=NOW)

    with django_assert_num_queries(2):
        entries = timeline(subject_id=station.pk)
    assert [entry.text for entry in entries] == ["Transaction ended, 1.5 kWh", "Booted (PowerUp)"]
    assert [(entry.subject_type, entry.subject_id) for entry in entries] == [
        ("transaction", row.pk),
        ("station", station.pk),
    ]
    assert [e.text for e in timeline(subject_id=row.pk)] == ["Transaction ended, 1.5 kWh"]
    older = timeline(subject_id=station.pk, before_id=entries[0].id)
    assert [entry.text for entry in older] == ["Booted (PowerUp)"]
