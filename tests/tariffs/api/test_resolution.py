from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Operator
from chargers.models import Evse
from tests.factories import NOW, DriverFactory, DriverGroupFactory
from tests.support.api import Caller, everything, with_key
from tests.tariffs.support import give, make_group, make_plug, make_tariff

pytestmark = pytest.mark.django_db


@pytest.fixture
def plug(operator: Operator) -> Evse:
    return make_plug(operator)


def _plug(plug: Evse, **more: Any) -> dict[str, Any]:
    return {"station_id": str(plug.station_id), "evse": plug.number, **more}


def _names(response: Any) -> set[str]:
    assert response.status_code == 400, response.content
    return {error["name"] for error in response.json()["errors"]}


def test_why_a_tariff_holds(operator: Operator, plug: Evse) -> None:
    fleet = DriverGroupFactory.create(operator=operator)
    driver = DriverFactory.create(operator=operator)
    driver.groups.add(fleet)
    members = make_group(operator, "Members", audience="groups")
    members.driver_groups.add(fleet)
    night, day = make_tariff(operator, "Night"), make_tariff(operator, "Day")
    cell = give(members, night, location=plug.station.location)
    give(make_group(operator, "All"), day)
    api = with_key(operator)
    found = api.get("tariff-resolution", **_plug(plug, driver_id=driver.pk)).json()
    assert (found["is_denied"], found["tariff_id"]) == (False, str(night.pk))
    assert found["group_id"] == str(members.pk)
    assert [(one["what"], one["reason"], one["why"]) for one in found["candidates"]] == [
        ("Night for Members, at this location", "won", "This decides the price."),
        ("Day for All, in the whole network", "another_group_first", "Members comes first."),
    ]
    assert found["candidates"][0]["assignment_id"] == str(cell.pk)
    guest = api.get("tariff-resolution", **_plug(plug, is_ad_hoc="true")).json()
    assert [one["reason"] for one in guest["candidates"]] == ["not_for_this_customer", "won"]
    early = {"at": (NOW - timedelta(days=4000)).isoformat()}
    before = api.get("tariff-resolution", **_plug(plug, **early)).json()
    assert (before["tariff_id"], before["version_id"]) == (None, None)


def test_no_charging_is_told(operator: Operator, plug: Evse) -> None:
    give(make_group(operator), None)
    found = with_key(operator).get("tariff-resolution", **_plug(plug)).json()
    assert (found["is_denied"], found["tariff_id"]) == (True, None)
    assert found["candidates"][0]["why"] == "This decides: charging is not allowed."


def _ask(caller: Caller, path: str, asked: dict[str, Any]) -> Any:
    return caller.get(path, **asked) if path == "tariff-resolution" else caller.post(path, asked)


@pytest.mark.parametrize("path", ["tariff-resolution", "price-simulation"])
def test_unknown_and_foreign_rows_name_the_field(
    operator: Operator, other_operator: Operator, plug: Evse, path: str
) -> None:
    foreign = make_plug(other_operator)
    stranger = DriverFactory.create(operator=other_operator)
    api = with_key(operator)
    more = {} if path == "tariff-resolution" else {"energy_kwh": "1", "charging_minutes": 10}
    before = everything()
    for asked, name in (
        (_plug(foreign), "station_id"),
        (_plug(plug, evse=2), "evse"),
        (_plug(plug, evse=0), "evse"),
        (_plug(plug, driver_id=str(stranger.pk)), "driver_id"),
        (_plug(plug, driver_id=str(stranger.pk), is_ad_hoc=True), "is_ad_hoc"),
        (_plug(plug, colour="red"), "colour"),
    ):
        assert _names(_ask(api, path, {**more, **asked})) == {name}, asked
    assert _names(_ask(api, path, more)) == {"station_id", "evse"}
    assert everything() == before


def _session(plug: Evse, **more: Any) -> dict[str, Any]:
    asked = {"start": "2026-03-14T13:00:00", "energy_kwh": "20", "charging_minutes": 120}
    return _plug(plug, **{**asked, **more})


def test_a_session_is_simulated(operator: Operator, plug: Evse) -> None:
    tariff = make_tariff(operator)
    give(make_group(operator), tariff)
    response = with_key(operator).post("price-simulation", _session(plug, idle_minutes=10))
    assert response.status_code == 200
    found = response.json()
    day = found.pop("day")
    (candidate,) = found["resolution"].pop("candidates")
    assert candidate["reason"] == "won"
    assert found["resolution"].pop("tariff_id") == str(tariff.pk)
    (line,) = found.pop("lines")
    assert {name: line[name] for name in ("kind", "title", "amount_minor", "net_exact")} == {
        "kind": "ENERGY", "title": "Energy", "amount_minor": 980, "net_exact": "49/5",
    }  # fmt: skip
    found.pop("resolution")
    assert found == {
        "start": "2026-03-14T12:00:00Z",
        "end": "2026-03-14T14:10:00Z",
        "time_zone": "Europe/Copenhagen",
        "currency": "DKK",
        "tax_included": False,
        "net_minor": 980,
        "tax_minor": 245,
        "gross_minor": 1225,
        "net_exact": "49/5",
        "gross_exact": "49/4",
        "warnings": [],
    }
    assert len(day) == 96
    assert day[0] == {
        "at": "2026-03-13T23:00:00Z",
        "kwh": "0.612500",
        "minute": "0.000000",
        "idle_minute": "0.000000",
        "session_minor": 1225,
        "currency": "DKK",
    }


def test_without_a_price_amounts_are_null(operator: Operator, plug: Evse) -> None:
    found = with_key(operator).post("price-simulation", _session(plug)).json()
    assert (found["gross_minor"], found["net_exact"], found["lines"]) == (None, None, [])
    assert found["currency"] == ""
    assert len(found["warnings"]) == 1
    assert {moment["kwh"] for moment in found["day"]} == {None}


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"start": "2026-03-29T02:30:00"}, "start"),
        ({"start": "yesterday"}, "start"),
        ({"start": "2026-02-30T12:00:00"}, "start"),
        ({"start": 7}, "start"),
        ({"start": "1999-01-01T00:00:00Z"}, "start"),
        ({"energy_kwh": "-1"}, "energy_kwh"),
        ({"energy_kwh": "NaN"}, "energy_kwh"),
        ({"energy_kwh": "0.0001"}, "energy_kwh"),
        ({"charging_minutes": -1}, "charging_minutes"),
        ({"charging_minutes": 44_641}, "charging_minutes"),
        ({"charging_minutes": 44_640, "idle_minutes": 1}, "charging_minutes"),
        ({"charging_minutes": None}, "charging_minutes"),
        ({"idle_minutes": -1}, "idle_minutes"),
        ({"power_kw": "-1"}, "power_kw"),
        ({"power_kw": "1"}, "power_kw"),
    ],
)
def test_bad_input_names_the_field(
    operator: Operator, plug: Evse, more: dict[str, Any], name: str
) -> None:
    api = with_key(operator)
    assert _names(api.post("price-simulation", _session(plug, **more))) == {name}


def test_a_time_that_the_clock_skips_is_said_plainly(operator: Operator, plug: Evse) -> None:
    response = with_key(operator).post(
        "price-simulation", _session(plug, start="2026-03-29T02:30:00")
    )
    assert response.json()["errors"][0]["message"] == (
        "There is no 02:30 there on that day: the clock goes from 02:00 to 03:00."
    )


def test_a_simulation_takes_few_queries(operator: Operator, plug: Evse) -> None:
    group = make_group(operator)
    for number in range(6):
        give(group, make_tariff(operator, f"T{number}"), evse=make_plug(operator))
    give(group, make_tariff(operator))
    api = with_key(operator)
    api.get("me")
    with CaptureQueriesContext(connection) as queries:
        api.post("price-simulation", _session(plug))
    assert len(queries) == 6
