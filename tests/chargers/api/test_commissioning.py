from __future__ import annotations

import pytest

from accounts.models import Operator
from chargers.models import ChargingStation, Commissioning, StationCommand
from common.tenancy import system_scope
from tests.factories import ConnectorFactory, EvseFactory, LocationFactory, StationFactory
from tests.support.api import Caller, everything, with_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def station(operator: Operator) -> ChargingStation:
    row = StationFactory.create(
        operator=operator, location=LocationFactory.create(operator=operator)
    )
    ConnectorFactory.create(evse=EvseFactory.create(station=row))
    return row


@pytest.fixture
def api(operator: Operator) -> Caller:
    return with_key(operator)


def test_the_list_is_read(api: Caller, station: ChargingStation) -> None:
    told = api.get(f"stations/{station.pk}/commissioning").json()
    assert (told["open_items"], told["run"]) == (5, None)
    assert [check["key"] for check in told["checks"]] == [
        "connected",
        "booted",
        "connectors",
        "clock",
        "meter",
        "charge",
    ]
    assert told["checks"][4] == {
        "key": "meter",
        "state": "waiting",
        "text": "No reading yet.",
        "at": None,
        "notes": [],
        "advice": [],
        "remedy": "read_meter",
    }


def test_begun_tried_and_finished(api: Caller, station: ChargingStation) -> None:
    path = f"stations/{station.pk}/actions"
    begun = api.post(f"{path}/start-commissioning", {"vendor": "Alfen", "evses": 1})
    assert begun.status_code == 200
    assert begun.json()["run"]["vendor"] == "Alfen"
    assert api.post(f"{path}/test-charge", {"evse": 1}).status_code == 202
    with system_scope("tests"):
        assert StationCommand.objects.get().kind == "request_start_transaction"
    refused = api.post(f"{path}/finish-commissioning", {})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["name"] == "accept_open"
    done = api.post(f"{path}/finish-commissioning", {"accept_open": True, "note": "ok"}).json()
    assert done["run"]["note"] == "ok"
    assert done["run"]["finished_at"] is not None
    with system_scope("tests"):
        run = Commissioning.objects.get()
    assert run.finished_by_key_id is not None


def test_a_foreign_station_is_none(api: Caller, other_operator: Operator) -> None:
    foreign = StationFactory.create(operator=other_operator)
    before = everything()
    assert api.get(f"stations/{foreign.pk}/commissioning").status_code == 404
    for name in ("start-commissioning", "test-charge", "finish-commissioning"):
        path = f"stations/{foreign.pk}/actions/{name}"
        assert api.post(path, {"accept_open": True} if "finish" in name else {}).status_code == 404
    assert everything() == before
