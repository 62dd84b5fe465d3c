from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import AuditEntry, Operator
from chargers import ports
from chargers.exceptions import (
    UnableToDeleteLocation,
    UnableToDeleteStation,
    UnableToReview,
    UnableToSaveLocation,
    UnableToSaveStation,
    UnableToSetKey,
)
from chargers.models import ChargingStation, ConnectorType, CurrentType, Location
from chargers.services import locations, station_keys, stations
from chargers.services.stations import AddedStation, NewEvse
from chargers.services.transactions.review import finish_review
from tests.factories import (
    ACTOR,
    NOW,
    STATION_KEY,
    LocationFactory,
    StationFactory,
    TransactionFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_scope")]


@pytest.fixture
def location(operator: Operator) -> Location:
    return LocationFactory.create(operator=operator)


def add(operator: Operator, location: Location, **values: Any) -> AddedStation:
    given = {"name": "North 1", "evses": [NewEvse()], **values}
    return stations.add_station(operator=operator, location=location, actor=ACTOR, now=NOW, **given)


def refused(operator: Operator, location: Location, **values: Any) -> dict[str, str]:
    with pytest.raises(UnableToSaveStation) as error:
        add(operator, location, **values)
    return error.value.errors


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))


def test_a_new_station_has_random_identity_code_and_key(
    operator: Operator, location: Location
) -> None:
    evses = [
        NewEvse(
            current_type=CurrentType.DC,
            max_power_w=150_000,
            connectors=(ConnectorType.CCS2, ConnectorType.CHADEMO),
        ),
        NewEvse(),
    ]
    added = add(operator, location, evses=evses)

    station = ChargingStation.objects.get(pk=added.station.pk)
    assert (len(added.key), len(station.identity), len(station.code)) == (32, 16, 8)
    assert added.warnings == ()
    assert station_keys.check_key(station=station, candidate=added.key.encode())
    assert not station_keys.check_key(station=station, candidate=b"0" * 32)
    assert not station_keys.check_key(station=None, candidate=added.key.encode())
    assert added.key not in str(station.__dict__)
    parts = [
        (evse.number, evse.current_type, evse.max_power_w, [c.type for c in evse.connectors.all()])
        for evse in station.evses.all()
    ]
    assert parts == [
        (1, "DC", 150_000, ["IEC_62196_T2_COMBO", "CHADEMO"]),
        (2, "AC", 22_000, ["IEC_62196_T2"]),
    ]
    assert actions() == ["station.added"]


def test_typed_identity_and_key_are_warned_of(operator: Operator, location: Location) -> None:
    added = add(operator, location, identity="CP1", key="0123456789ab", code="N-1")
    assert (added.station.identity, added.station.code, added.key) == (
        "CP1",
        "N-1",
        "0123456789ab",
    )
    assert len(added.warnings) == 2


def test_bad_input_names_its_fields_and_saves_nothing(
    operator: Operator, location: Location, other_operator: Operator
) -> None:
    taken = StationFactory.create(operator=operator, code="N-1")
    foreign = StationFactory.create(operator=other_operator)

    assert refused(
        operator,
        LocationFactory.create(operator=other_operator),
        name=" ",
        code=taken.code,
        identity="a:b",
        key="short",
        evses=[],
    ) == {
        "name": "This is needed.",
        "code": "Another station has this code.",
        "location": "This location does not exist.",
        "identity": "1 to 48 letters, digits and * - _ = + | @ . only.",
        "key": "A key needs at least 12 characters.",
        "evses": "A station has 1 to 64 EVSEs.",
    }
    in_use = {"identity": "This identity is in use."}
    assert refused(operator, location, identity=taken.identity) == in_use
    assert refused(operator, location, identity=foreign.identity) == in_use
    assert refused(operator, location, name="n" * 121) == {"name": "At most 120 characters."}
    assert set(refused(operator, location, evses=[NewEvse(connectors=())])) == {"evses"}
    assert set(refused(operator, location, evses=[NewEvse(max_power_w=0)])) == {"evses"}
    assert (ChargingStation.objects.count(), actions()) == (1, [])


def test_the_same_code_may_exist_at_another_operator(
    operator: Operator, location: Location, other_operator: Operator
) -> None:
    StationFactory.create(operator=other_operator, code="N-1")
    assert add(operator, location, code="N-1").station.code == "N-1"


def test_update_writes_what_differs_and_says_so(operator: Operator) -> None:
    station = StationFactory.create(operator=operator, name="Old", code="C")

    for _ in range(2):
        stations.update_station(
            station=station, changes={"name": " New ", "code": "C"}, actor=ACTOR, now=NOW
        )

    station.refresh_from_db()
    assert station.name == "New"
    assert actions() == ["station.changed"]
    assert AuditEntry.objects.get().changes == {"name": ["Old", "New"]}


def test_update_refuses_field_by_field(operator: Operator) -> None:
    StationFactory.create(operator=operator, code="TAKEN")
    station = StationFactory.create(operator=operator, name="Old", code="C")
    with pytest.raises(UnableToSaveStation) as error:
        stations.update_station(
            station=station,
            changes={"name": "New", "code": "TAKEN", "heartbeat_interval_seconds": 5},
            actor=ACTOR,
            now=NOW,
        )
    assert set(error.value.errors) == {"code", "heartbeat_interval_seconds"}
    station.refresh_from_db()
    assert (station.name, actions()) == ("Old", [])


def test_keys_are_rotated_and_typed(operator: Operator) -> None:
    station = StationFactory.create(operator=operator)
    assert station_keys.check_key(station=station, candidate=STATION_KEY.encode())

    key = station_keys.rotate_key(station=station, actor=ACTOR, now=NOW)
    station.refresh_from_db()
    assert station_keys.check_key(station=station, candidate=key.encode())
    assert not station_keys.check_key(station=station, candidate=STATION_KEY.encode())

    with pytest.raises(UnableToSetKey) as error:
        station_keys.set_fixed_key(station=station, key="elevenchars", actor=ACTOR, now=NOW)
    assert set(error.value.errors) == {"key"}
    station.refresh_from_db()
    assert station_keys.check_key(station=station, candidate=key.encode())

    assert station_keys.set_fixed_key(station=station, key="twelve chars", actor=ACTOR, now=NOW)
    assert station_keys.check_key(station=station, candidate=b"twelve chars")
    assert actions() == ["station.key_rotated", "station.key_typed"]
    assert "twelve" not in str(list(AuditEntry.objects.values()))


class RecordingWaker:
    def __init__(self) -> None:
        self.disconnected: list[UUID] = []

    def wake(self, station_id: UUID) -> None:
        raise AssertionError(station_id)

    def disconnect(self, station_id: UUID) -> None:
        self.disconnected.append(station_id)

    def quirks_changed(self, operator_id: UUID) -> None:
        raise AssertionError(operator_id)


@pytest.fixture
def waker() -> Iterator[RecordingWaker]:
    before, recording = ports.command_waker(), RecordingWaker()
    ports.set_command_waker(recording)
    yield recording
    ports.set_command_waker(before)


def test_a_disabled_station_is_disconnected_after_the_commit(
    operator: Operator,
    waker: RecordingWaker,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    station = StationFactory.create(operator=operator)
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            stations.set_enabled(station=station, is_enabled=False, actor=ACTOR, now=NOW)
        assert waker.disconnected == []

    assert waker.disconnected == [station.pk]
    assert not ChargingStation.objects.get(pk=station.pk).is_enabled

    stations.set_enabled(station=station, is_enabled=True, actor=ACTOR, now=NOW)
    assert ChargingStation.objects.get(pk=station.pk).is_enabled
    assert actions() == ["station.disabled", "station.enabled"]


def test_a_deleted_station_is_disconnected(
    operator: Operator,
    waker: RecordingWaker,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    station = StationFactory.create(operator=operator)
    with django_capture_on_commit_callbacks(execute=True):
        stations.delete_station(station=station, actor=ACTOR, now=NOW)

    assert len(waker.disconnected) == 1
    assert not ChargingStation.objects.exists()


def test_a_station_with_a_history_is_kept(operator: Operator) -> None:
    used = StationFactory.create(operator=operator)
    TransactionFactory.create(station=used)
    with pytest.raises(UnableToDeleteStation, match="Disable it instead"):
        stations.delete_station(station=used, actor=ACTOR, now=NOW)
    assert (ChargingStation.objects.count(), actions()) == (1, [])

    unused = StationFactory.create(operator=operator)
    stations.delete_station(station=unused, actor=ACTOR, now=NOW)
    assert list(ChargingStation.objects.all()) == [used]
    assert actions() == ["station.deleted"]


# -- locations -----------------------------------------------------------------------------------

SITE: dict[str, Any] = {
    "name": "Harbour",
    "address": "Havnegade 1",
    "city": "Aarhus",
    "country": "dk",
    "latitude": Decimal("56.1500001"),
    "longitude": Decimal("10.21"),
    "time_zone": "Europe/Copenhagen",
}


def test_a_location_is_added_and_changed(operator: Operator) -> None:
    location = locations.add_location(operator=operator, actor=ACTOR, now=NOW, **SITE)
    assert (location.country, location.latitude) == ("DK", Decimal("56.150000"))

    for _ in range(2):
        locations.update_location(
            location=location, changes={"is_public": False, "city": "Aarhus"}, actor=ACTOR, now=NOW
        )
    location.refresh_from_db()
    assert not location.is_public
    assert actions() == ["location.added", "location.changed"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("address", ""),
        ("city", "c" * 81),
        ("country", "ZZ"),
        ("country", "DNK"),
        ("latitude", Decimal("90.000001")),
        ("latitude", Decimal("NaN")),
        ("longitude", Decimal("-180.1")),
        ("longitude", Decimal("Infinity")),
        ("time_zone", "Europe/Copenhagne"),
        ("time_zone", "../etc/passwd"),
        ("time_zone", ""),
    ],
)
def test_bad_location_fields_are_named(operator: Operator, field: str, value: Any) -> None:
    location = LocationFactory.create(operator=operator, name="Harbour")
    changes: Any = {"is_public": False, field: value}
    with pytest.raises(UnableToSaveLocation) as added:
        locations.add_location(operator=operator, actor=ACTOR, now=NOW, **{**SITE, field: value})
    with pytest.raises(UnableToSaveLocation) as updated:
        locations.update_location(location=location, changes=changes, actor=ACTOR, now=NOW)
    assert set(added.value.errors) == set(updated.value.errors) == {field}
    location.refresh_from_db()
    assert (location.is_public, Location.objects.count(), actions()) == (True, 1, [])


def test_a_location_in_use_is_kept(operator: Operator) -> None:
    station = StationFactory.create(operator=operator)
    with pytest.raises(UnableToDeleteLocation):
        locations.delete_location(location=station.location, actor=ACTOR, now=NOW)
    empty = LocationFactory.create(operator=operator)
    locations.delete_location(location=empty, actor=ACTOR, now=NOW)
    assert list(Location.objects.all()) == [station.location]


# -- review --------------------------------------------------------------------------------------


def test_a_review_is_finished_once(operator: Operator) -> None:
    row = TransactionFactory.create(
        station=StationFactory.create(operator=operator), needs_review=True, state="ended"
    )
    done = finish_review(transaction=row, note="meter was swapped", actor=ACTOR, now=NOW)
    assert not done.needs_review
    assert AuditEntry.objects.get().changes["note"] == "meter was swapped"
    with pytest.raises(UnableToReview):
        finish_review(transaction=row, note="", actor=ACTOR, now=NOW)
    assert actions() == ["transaction.reviewed"]
