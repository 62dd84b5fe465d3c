from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, Operator
from chargers.models import Evse
from common.tenancy import operator_scope
from tariffs.exceptions import UnableToAssignTariff
from tariffs.models import Tariff, TariffAssignment, TariffGroup
from tariffs.services import assignments as service
from tariffs.services.assignments import (
    Assigned,
    assign,
    assign_many,
    change_validity,
    remove,
)
from tariffs.services.places import Places
from tests.factories import ACTOR, NOW, LocationFactory
from tests.tariffs.support import give, make_group, make_plug, make_tariff, stored

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _scope(operator: Operator) -> Iterator[None]:
    with operator_scope(operator.pk):
        yield


@pytest.fixture
def group(operator: Operator) -> TariffGroup:
    return make_group(operator)


@pytest.fixture
def tariff(operator: Operator) -> Tariff:
    return make_tariff(operator)


def _assign(group: TariffGroup, tariff: Tariff | None, **values: Any) -> Assigned:
    given: dict[str, Any] = {"operator": group.operator, **values}
    return assign(group=group, tariff=tariff, actor=ACTOR, now=NOW, **given)


def _many(
    groups: list[TariffGroup], places: Places, tariff: Tariff | None, **values: Any
) -> Assigned:
    given: dict[str, Any] = {"operator": groups[0].operator, **values}
    return assign_many(groups=groups, places=places, tariff=tariff, actor=ACTOR, now=NOW, **given)


def _days(row: TariffAssignment) -> tuple[int | None, int | None]:
    return _day(row.valid_from), _day(row.valid_until)


def _day(at: datetime | None) -> int | None:
    return None if at is None else (at - NOW).days


def _spans(**cell: Any) -> list[tuple[str, tuple[int | None, int | None]]]:
    """What holds in a cell, in order of time: tariff and days from now."""
    rows = TariffAssignment.objects.filter(**cell).select_related("tariff")
    told = [(row.tariff.name if row.tariff else "-", _days(row)) for row in rows]
    return sorted(told, key=lambda one: -(10**6) if one[1][0] is None else one[1][0])


@pytest.mark.parametrize("place", ["network", "location", "station", "evse"])
def test_a_tariff_is_assigned_to_a_place(
    group: TariffGroup, tariff: Tariff, operator: Operator, place: str
) -> None:
    plug = make_plug(operator)
    places: dict[str, Any] = {
        "network": {},
        "location": {"location": plug.station.location},
        "station": {"station": plug.station},
        "evse": {"evse": plug},
    }
    done = _assign(group, tariff, **places[place])
    (row,) = stored()
    assert list(done.rows) == list(done.created) == [row]
    assert (row.group, row.tariff, row.created_at) == (group, tariff, NOW)
    assert (row.location, row.station, row.evse) == tuple(
        places[place].get(name) for name in ("location", "station", "evse")
    )
    assert _days(row) == (None, None)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_id) == ("tariff_group.assigned", str(group.pk))
    assert entry.changes["tariff"] == "Day"
    assert entry.changes["place_count"] == 1


def test_no_charging_is_assigned(group: TariffGroup) -> None:
    _assign(group, None)
    assert stored()[0].tariff is None


def _refused(group: TariffGroup, tariff: Tariff | None, **values: Any) -> set[str]:
    before = [(row.pk, _days(row)) for row in stored()]
    with pytest.raises(UnableToAssignTariff) as refused:
        _assign(group, tariff, **values)
    assert [(row.pk, _days(row)) for row in stored()] == before
    assert not AuditEntry.objects.exists()
    return set(refused.value.errors)


def test_bad_input_names_the_field_and_saves_nothing(
    group: TariffGroup, tariff: Tariff, operator: Operator
) -> None:
    plug = make_plug(operator)
    archived = make_tariff(operator, "Old", archived_at=NOW)
    assert _refused(group, archived) == {"tariff"}
    assert _refused(group, tariff, current_type="XX") == {"current_type"}
    assert _refused(group, tariff, evse=plug, current_type="DC") == {"current_type"}
    assert _refused(group, tariff, evse=plug, station=plug.station) == {"evse"}
    assert _refused(group, tariff, valid_until=NOW) == {"valid_until"}
    span = {"valid_from": NOW + DAY, "valid_until": NOW + DAY}
    assert _refused(group, tariff, **span) == {"valid_until"}


def test_rows_of_another_operator_are_refused(
    group: TariffGroup, tariff: Tariff, operator: Operator, other_operator: Operator
) -> None:
    plug = make_plug(other_operator)
    assert _refused(group, make_tariff(other_operator)) == {"tariff"}
    assert _refused(make_group(other_operator), tariff, operator=operator) == {"groups"}
    assert _refused(group, tariff, evse=plug) == {"evses"}
    assert _refused(group, tariff, station=plug.station) == {"stations"}
    assert _refused(group, tariff, location=plug.station.location) == {"locations"}


def test_two_prices_at_one_time_are_refused_by_the_end_that_is_in_the_way(
    group: TariffGroup, tariff: Tariff, operator: Operator
) -> None:
    other = make_tariff(operator, "Night")
    give(group, tariff, valid_from=NOW + 5 * DAY, valid_until=NOW + 9 * DAY)
    for start, end, field in (
        (None, None, "valid_until"),
        (None, 6, "valid_until"),
        (5, 6, "valid_from"),
        (8, None, "valid_from"),
    ):
        span = {"valid_from": _at(start), "valid_until": _at(end)}
        assert _refused(group, other, **span) == {field}
    _assign(group, other, valid_until=NOW + 5 * DAY)
    _assign(group, other, valid_from=NOW + 9 * DAY)
    assert _spans() == [("Night", (None, 5)), ("Day", (5, 9)), ("Night", (9, None))]


def _at(day: int | None) -> datetime | None:
    return None if day is None else NOW + day * DAY


def test_other_places_groups_and_current_types_are_not_in_the_way(
    group: TariffGroup, tariff: Tariff, operator: Operator
) -> None:
    plug = make_plug(operator)
    give(group, tariff)
    _assign(group, tariff, evse=plug)
    _assign(group, tariff, current_type="AC")
    _assign(make_group(operator, "Others"), tariff)
    assert len(stored()) == 4


@pytest.mark.parametrize(
    ("held", "wanted", "left"),
    [
        ((None, None), (3, 6), [("Day", (None, 3)), ("Night", (3, 6)), ("Day", (6, None))]),
        ((None, None), (3, None), [("Day", (None, 3)), ("Night", (3, None))]),
        ((5, 9), (3, 6), [("Night", (3, 6)), ("Day", (6, 9))]),
        ((5, 9), (5, 9), [("Night", (5, 9))]),
        ((5, 9), (3, None), [("Night", (3, None))]),
        ((5, 9), (None, 7), [("Night", (None, 7)), ("Day", (7, 9))]),
    ],
)
def test_what_is_in_the_way_gives_way_when_asked(
    operator: Operator,
    held: tuple[int | None, int | None],
    wanted: tuple[int | None, int | None],
    left: list[tuple[str, tuple[int | None, int | None]]],
) -> None:
    group, tariff = make_group(operator), make_tariff(operator)
    give(group, tariff, valid_from=_at(held[0]), valid_until=_at(held[1]))
    done = _assign(
        group,
        make_tariff(operator, "Night"),
        valid_from=_at(wanted[0]),
        valid_until=_at(wanted[1]),
        replace=True,
    )
    assert _spans() == left
    assert len(done.replaced) == 1


def test_without_a_beginning_the_past_is_not_rewritten(
    group: TariffGroup, tariff: Tariff, operator: Operator
) -> None:
    give(group, tariff, valid_until=NOW - DAY)
    _assign(group, tariff)
    assert _spans() == [("Day", (None, -1)), ("Day", (0, None))]
    _assign(group, make_tariff(operator, "Night"), replace=True)
    assert _spans() == [("Day", (None, -1)), ("Night", (0, None))]


def test_the_same_again_changes_nothing(group: TariffGroup, tariff: Tariff) -> None:
    row = give(group, tariff)
    done = _assign(group, tariff, valid_from=NOW + DAY, valid_until=NOW + 2 * DAY)
    assert (list(done.rows), done.unchanged, list(done.created)) == ([row], 1, [])
    assert stored() == [row]
    assert not AuditEntry.objects.exists()


def test_a_validity_is_changed(group: TariffGroup, tariff: Tariff) -> None:
    row = give(group, tariff)
    for _ in range(2):
        change_validity(
            assignment=row, valid_from=None, valid_until=NOW + DAY, actor=ACTOR, now=NOW
        )
    assert _spans() == [("Day", (None, 1))]
    entry = AuditEntry.objects.get()
    assert entry.action == "tariff_assignment.changed"
    assert set(entry.changes) == {"valid_until"}


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [(2, 2, "valid_until"), (None, 4, "valid_until"), (4, None, "valid_from")],
)
def test_a_bad_validity_names_the_field_and_changes_nothing(
    group: TariffGroup, tariff: Tariff, start: int | None, end: int | None, field: str
) -> None:
    row = give(group, tariff, valid_until=NOW + DAY)
    give(group, tariff, valid_from=NOW + 3 * DAY, valid_until=NOW + 5 * DAY)
    with pytest.raises(UnableToAssignTariff) as refused:
        change_validity(
            assignment=row, valid_from=_at(start), valid_until=_at(end), actor=ACTOR, now=NOW
        )
    assert set(refused.value.errors) == {field}
    assert _spans() == [("Day", (None, 1)), ("Day", (3, 5))]
    assert not AuditEntry.objects.exists()


def test_what_holds_ends_and_what_does_not_is_deleted(group: TariffGroup, tariff: Tariff) -> None:
    rows = [
        give(group, tariff, valid_from=_at(start), valid_until=_at(end))
        for start, end in ((-9, -8), (-5, 5), (7, None))
    ]
    for row in rows:
        remove(assignment=row, actor=ACTOR, now=NOW)
    assert _spans() == [("Day", (-5, 0))]
    assert AuditEntry.objects.filter(action="tariff_assignment.removed").count() == 3


def _plugs(operator: Operator, count: int) -> list[Evse]:
    location = LocationFactory.create(operator=operator)
    return [make_plug(operator, location) for _ in range(count)]


def test_many_places_and_groups_at_once(operator: Operator, tariff: Tariff) -> None:
    groups = [make_group(operator, name) for name in "AB"]
    first, second = _plugs(operator, 2)
    old = make_tariff(operator, "Old")
    in_the_way = give(groups[0], old, evse=first)
    give(groups[1], tariff, station=second.station)
    places = Places(
        network=True,
        locations=[first.station.location_id],
        stations=[second.station_id],
        evses=[first.pk, second.pk],
    )
    dry = _many(groups, places, tariff, dry_run=True)
    assert (len(dry.rows), len(dry.created), dry.unchanged) == (10, 9, 1)
    assert [
        (one.row, [(_day(s.start), _day(s.end)) for s in one.rest]) for one in dry.replaced
    ] == [(in_the_way, [(None, 0)])]
    assert len(stored()) == 2
    with pytest.raises(UnableToAssignTariff) as refused:
        _many(groups, places, tariff)
    assert set(refused.value.errors) == {"valid_from"}
    assert len(stored()) == 2
    assert not AuditEntry.objects.exists()
    done = _many(groups, places, tariff, replace=True)
    assert (len(done.created), done.unchanged, len(done.replaced)) == (9, 1, 1)
    assert len(stored()) == 11
    assert _spans(evse=first, group=groups[0]) == [("Old", (None, 0)), ("Day", (0, None))]
    assert AuditEntry.objects.filter(action="tariff_group.assigned").count() == 2
    again = _many(groups, places, tariff, replace=True)
    assert (len(again.created), again.unchanged) == (0, 10)
    assert len(stored()) == 11


def test_many_foreign_or_unknown_places_are_refused(
    operator: Operator, other_operator: Operator, group: TariffGroup, tariff: Tariff
) -> None:
    own, foreign = make_plug(operator), make_plug(other_operator)
    places = Places(
        locations=[own.station.location_id, foreign.station.location_id],
        stations=[foreign.station_id],
        evses=[own.pk, foreign.pk, 0],
    )
    with pytest.raises(UnableToAssignTariff) as refused:
        _many([group], places, tariff)
    assert refused.value.errors == {
        "locations": "One of these locations does not exist.",
        "stations": "One of these stations does not exist.",
        "evses": "2 of these evses do not exist.",
    }
    with pytest.raises(UnableToAssignTariff) as refused:
        _many([group], Places(), tariff)
    assert set(refused.value.errors) == {"places"}
    assert stored() == []


def test_too_many_cells_are_refused(
    operator: Operator, tariff: Tariff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_CELLS", 3)
    groups = [make_group(operator, name) for name in "AB"]
    places = Places(evses=[plug.pk for plug in _plugs(operator, 2)])
    with pytest.raises(UnableToAssignTariff) as refused:
        _many(groups, places, tariff)
    assert set(refused.value.errors) == {"places"}
    assert stored() == []


def test_the_number_of_places_does_not_change_the_number_of_queries(
    operator: Operator, group: TariffGroup, tariff: Tariff
) -> None:
    plugs = _plugs(operator, 9)
    for plug in plugs:
        give(group, make_tariff(operator, f"Old {plug.pk}"), evse=plug)
    counts = []
    for chosen in (plugs[:2], plugs[2:]):
        with CaptureQueriesContext(connection) as queries:
            _many([group], Places(evses=[plug.pk for plug in chosen]), tariff, replace=True)
        counts.append(len(queries))
    assert counts[0] == counts[1] == 10


def test_prices_in_several_currencies_at_one_place_are_told(
    operator: Operator, group: TariffGroup
) -> None:
    plug, elsewhere = make_plug(operator), make_plug(operator)
    tariff = make_tariff(operator, "Crown", currency="DKK")
    euro = make_tariff(operator, "Euro", currency="EUR")
    assert list(_assign(group, tariff, location=plug.station.location).warnings) == []
    assert list(_assign(group, euro, evse=elsewhere).warnings) == []
    done = _assign(group, euro, evse=plug)
    assert [str(warning) for warning in done.warnings] == [
        f"Prices at {plug.station.location.name} are in DKK and EUR."
    ]
    assert [warning.location for warning in _assign(group, tariff).warnings] == sorted(
        [plug.station.location_id, elsewhere.station.location_id]
    )
