from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Operator
from chargers.models import Evse
from common.clock import utc_now
from tariffs.models import Tariff, TariffGroup
from tests.factories import LocationFactory
from tests.support.api import everything, with_key
from tests.tariffs.support import give, make_group, make_plug, make_tariff, stored

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def group(operator: Operator) -> TariffGroup:
    return make_group(operator)


@pytest.fixture
def tariff(operator: Operator) -> Tariff:
    return make_tariff(operator)


def _text(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _body(group: TariffGroup, tariff: Tariff | None, **more: Any) -> dict[str, Any]:
    return {"group_id": str(group.pk), "tariff_id": tariff and str(tariff.pk), **more}


def test_a_tariff_is_assigned_shown_changed_and_removed(
    operator: Operator, group: TariffGroup, tariff: Tariff
) -> None:
    plug = make_plug(operator)
    api = with_key(operator)
    at = {"station_id": str(plug.station_id), "evse": 1, "current_type": "AC"}
    made = api.post("tariff-assignments", _body(group, tariff, **at))
    assert made.status_code == 201
    shown = made.json()
    assert shown.pop("warnings") == []
    assert made["Location"].endswith(f"/tariff-assignments/{shown['id']}")
    assert {name: shown[name] for name in shown if name not in {"id", "created_at"}} == {
        **_body(group, tariff, **at),
        "place": "evse",
        "location_id": None,
        "valid_from": None,
        "valid_until": None,
    }
    assert api.get(f"tariff-assignments/{shown['id']}").json() == shown
    assert api.get("tariff-assignments").json()["data"] == [shown]
    end = _text(utc_now() + DAY)
    changed = api.patch(f"tariff-assignments/{shown['id']}", {"valid_until": end})
    assert (changed.status_code, changed.json()["valid_until"]) == (200, end)
    assert api.delete(f"tariff-assignments/{shown['id']}").status_code == 204
    (row,) = stored()
    assert row.valid_until is not None
    assert row.valid_until <= utc_now()


def test_the_same_again_is_no_new_one(
    operator: Operator, group: TariffGroup, tariff: Tariff
) -> None:
    api = with_key(operator)
    first = api.post("tariff-assignments", _body(group, tariff))
    before = everything()
    again = api.post("tariff-assignments", _body(group, tariff))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert everything() == before


def test_assignments_are_found(operator: Operator, group: TariffGroup, tariff: Tariff) -> None:
    plug = make_plug(operator)
    now = utc_now()
    rows = {
        "network": give(group, tariff),
        "location": give(group, tariff, location=plug.station.location),
        "station": give(make_group(operator, "B"), None, station=plug.station),
        "evse": give(group, tariff, evse=plug, valid_until=now - DAY),
        "later": give(group, make_tariff(operator, "New"), evse=plug, valid_from=now + DAY),
    }
    api = with_key(operator)
    for query, wanted in (
        ({"group": group.pk}, {"network", "location", "evse", "later"}),
        ({"tariff": tariff.pk}, {"network", "location", "evse"}),
        ({"location": plug.station.location_id}, {"location"}),
        ({"station": plug.station_id}, {"station", "evse", "later"}),
        ({"valid_at": _text(now)}, {"network", "location", "station"}),
        ({"valid_at": _text(now + DAY)}, {"network", "location", "station", "later"}),
    ):
        found = {row["id"] for row in api.get("tariff-assignments", **query).json()["data"]}
        assert found == {str(rows[name].pk) for name in wanted}, query


def _errors(operator: Operator, path: str, body: dict[str, Any]) -> set[str]:
    api = with_key(operator)
    before = everything()
    response = api.post(path, body)
    assert response.status_code == 400, response.content
    assert everything() == before
    return {error["name"].partition(".")[0] for error in response.json()["errors"]}


def test_bad_input_names_the_field(operator: Operator, group: TariffGroup, tariff: Tariff) -> None:
    plug = make_plug(operator)
    give(group, tariff, station=plug.station)
    other = make_tariff(operator, "Other")
    archived = make_tariff(operator, "Old", archived_at=utc_now())
    station = {"station_id": str(plug.station_id)}
    nobody = "01900000-0000-7000-8000-000000000000"
    now = utc_now()
    for more, name in (
        ({"tariff_id": str(archived.pk)}, "tariff_id"),
        ({"tariff_id": nobody}, "tariff_id"),
        ({"group_id": nobody}, "group_id"),
        ({"location_id": nobody}, "location_id"),
        ({"station_id": nobody}, "station_id"),
        ({"evse": 1}, "station_id"),
        ({**station, "evse": 2}, "evse"),
        ({**station, "evse": 0}, "evse"),
        ({**station, "evse": 1, "current_type": "DC"}, "current_type"),
        ({**station, "location_id": str(plug.station.location_id)}, "station_id"),
        ({"current_type": "XX"}, "current_type"),
        ({"valid_until": _text(now - DAY)}, "valid_until"),
        ({"valid_from": _text(now + DAY), "valid_until": _text(now + DAY)}, "valid_until"),
        ({"valid_from": "tomorrow"}, "valid_from"),
        ({"tariff_id": str(other.pk), **station}, "valid_from"),
        ({"colour": "red"}, "colour"),
    ):
        body = _body(group, tariff, **more)
        assert _errors(operator, "tariff-assignments", body) == {name}, more
    without = {"group_id": str(group.pk)}
    assert _errors(operator, "tariff-assignments", without) == {"tariff_id"}


def test_foreign_rows_are_none(
    operator: Operator, other_operator: Operator, group: TariffGroup, tariff: Tariff
) -> None:
    plug = make_plug(other_operator)
    for more, name in (
        ({"tariff_id": str(make_tariff(other_operator).pk)}, "tariff_id"),
        ({"group_id": str(make_group(other_operator).pk)}, "group_id"),
        ({"location_id": str(plug.station.location_id)}, "location_id"),
        ({"station_id": str(plug.station_id)}, "station_id"),
    ):
        body = _body(group, tariff, **more)
        assert _errors(operator, "tariff-assignments", body) == {name}
    bulk = {"group_ids": [str(group.pk)], "tariff_id": str(tariff.pk)}
    plugs = [{"station_id": str(plug.station_id), "evse": 1}]
    bad: list[tuple[dict[str, Any], str]] = [
        ({"location_ids": [str(plug.station.location_id)]}, "location_ids"),
        ({"station_ids": [str(plug.station_id)]}, "station_ids"),
        ({"plugs": plugs}, "plugs"),
        ({"group_ids": [str(make_group(other_operator, "X").pk)], "network": True}, "group_ids"),
        ({}, "places"),
    ]
    for wrong, name in bad:
        path = "tariff-assignments/actions/bulk"
        assert _errors(operator, path, {**bulk, **wrong}) == {name}


def _plugs(operator: Operator, count: int) -> list[Evse]:
    location = LocationFactory.create(operator=operator)
    return [make_plug(operator, location) for _ in range(count)]


def test_many_at_once_after_a_dry_run(
    operator: Operator, group: TariffGroup, tariff: Tariff
) -> None:
    plugs = _plugs(operator, 3)
    old = make_tariff(operator, "Old", currency="EUR")
    in_the_way = give(group, old, evse=plugs[0])
    give(group, old, current_type="DC")
    body = {
        "group_ids": [str(group.pk), str(make_group(operator, "B").pk)],
        "tariff_id": str(tariff.pk),
        "network": True,
        "location_ids": [str(plugs[0].station.location_id)],
        "station_ids": [str(plugs[1].station_id)],
        "plugs": [{"station_id": str(plug.station_id), "evse": 1} for plug in plugs],
        "replace": True,
    }
    api = with_key(operator)
    path = "tariff-assignments/actions/bulk"
    before = everything()
    dry = api.post(path, {**body, "dry_run": True})
    assert dry.status_code == 200
    shown = dry.json()
    assert everything() == before
    counts = ("dry_run", "created_count", "unchanged_count", "replaced_count")
    assert [shown[name] for name in counts] == [True, 12, 0, 1]
    (replaced,) = shown["replaced"]
    assert replaced["assignment"]["id"] == str(in_the_way.pk)
    assert [left["valid_from"] for left in replaced["left"]] == [None]
    assert len(shown["warnings"]) == 1
    refused = api.post(path, {**body, "replace": False})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["name"] == "valid_from"
    assert everything() == before
    done = api.post(path, body).json()
    assert [done[name] for name in counts] == [False, 12, 0, 1]
    assert len(stored()) == 14
    again = api.post(path, body).json()
    assert [again[name] for name in counts] == [False, 0, 12, 0]


@pytest.mark.parametrize("count", [2, 9])
def test_many_places_take_as_many_queries_as_few(
    operator: Operator, group: TariffGroup, tariff: Tariff, count: int
) -> None:
    plugs = _plugs(operator, count)
    body = {
        "group_ids": [str(group.pk)],
        "tariff_id": str(tariff.pk),
        "location_ids": [str(plugs[0].station.location_id)],
        "station_ids": [str(plug.station_id) for plug in plugs],
        "plugs": [{"station_id": str(plug.station_id), "evse": 1} for plug in plugs],
    }
    api = with_key(operator)
    api.get("me")
    with CaptureQueriesContext(connection) as queries:
        response = api.post("tariff-assignments/actions/bulk", body)
    assert response.json()["created_count"] == 2 * count + 1
    assert len(queries) == 15
