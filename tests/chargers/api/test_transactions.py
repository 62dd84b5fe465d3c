from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry, Operator
from common.tenancy import operator_scope
from tests.factories import (
    NOW,
    ChargingStateChangeFactory,
    ConnectorFactory,
    DriverFactory,
    EvseFactory,
    IdTokenFactory,
    MeterValueFactory,
    StationFactory,
    TransactionFactory,
)
from tests.support.api import everything, with_key

pytestmark = pytest.mark.django_db


def test_a_transaction_as_it_is_shown(operator: Operator) -> None:
    station = StationFactory.create(operator=operator)
    evse = EvseFactory.create(station=station, number=2)
    connector = ConnectorFactory.create(evse=evse)
    driver = DriverFactory.create(operator=operator)
    token = IdTokenFactory.create(operator=operator, driver=driver, uid="04A2B9C2")
    row = TransactionFactory.create(
        station=station, evse=evse, connector=connector, driver=driver, id_token=token,
        id_token_uid="04A2B9C2", id_token_type="ISO14443", station_ref="4711", state="ended",
        ended_at=NOW + timedelta(hours=1), stop_reason="Local", energy_wh=7, meter_start_wh=1_000,
        meter_stop_wh=1_007, max_power_w=11_040, external_id="inv-1", metadata={"a": 1},
        warnings=[{"code": "untrusted_clock", "detail": "", "at": "2026-03-14T12:00:00Z"}],
    )  # fmt: skip
    assert with_key(operator).get(f"transactions/{row.pk}").json() == {
        "id": str(row.pk),
        "state": "ended",
        "charging_state": "",
        "location_id": str(station.location_id),
        "station_id": str(station.pk),
        "evse": 2,
        "connector": 1,
        "driver_id": str(driver.pk),
        "id_token_id": str(token.pk),
        "id_token_uid": "04A2B9C2",
        "id_token_type": "ISO14443",
        "station_ref": "4711",
        "started_at": "2026-03-14T12:00:00Z",
        "ended_at": "2026-03-14T13:00:00Z",
        "stop_reason": "Local",
        "energy_kwh": "0.007",
        "meter_start_kwh": "1.000",
        "meter_stop_kwh": "1.007",
        "power_w": None,
        "max_power_w": 11_040,
        "soc_percent": None,
        "last_reading_at": None,
        "warnings": [{"code": "untrusted_clock", "detail": "", "at": "2026-03-14T12:00:00Z"}],
        "needs_review": False,
        "external_id": "inv-1",
        "metadata": {"a": 1},
        "created_at": "2026-03-14T12:00:00Z",
        "charging_states": [],
    }


def test_the_history_of_charging_states_stands_on_the_one_transaction(operator: Operator) -> None:
    row = TransactionFactory.create(station=StationFactory.create(operator=operator))
    for minutes, state in ((40, "SuspendedEV"), (2, "Charging")):
        ChargingStateChangeFactory.create(
            transaction=row, at=NOW + timedelta(minutes=minutes), state=state
        )
    client = with_key(operator)

    assert client.get(f"transactions/{row.pk}").json()["charging_states"] == [
        {"at": "2026-03-14T12:02:00Z", "state": "Charging"},
        {"at": "2026-03-14T12:40:00Z", "state": "SuspendedEV"},
    ]
    assert "charging_states" not in client.get("transactions").json()["data"][0]


def test_what_the_hardware_forgot_is_null(operator: Operator) -> None:
    row = TransactionFactory.create(station=StationFactory.create(operator=operator))
    shown = with_key(operator).get(f"transactions/{row.pk}").json()
    names = ("evse", "connector", "driver_id", "id_token_id", "meter_start_kwh", "ended_at")
    assert [shown[name] for name in names] == [None] * 6
    assert shown["energy_kwh"] == "0.000"


def test_transactions_are_filtered(operator: Operator) -> None:
    station = StationFactory.create(operator=operator)
    driver = DriverFactory.create(operator=operator)
    TransactionFactory.create(station=station, station_ref="a", external_id="x", driver=driver)
    TransactionFactory.create(
        station=StationFactory.create(operator=operator),
        station_ref="b",
        state="ended",
        started_at=NOW + timedelta(hours=1),
        ended_at=NOW + timedelta(hours=2),
        needs_review=True,
        id_token_uid="04AB",
    )
    api = with_key(operator)

    def refs(**query: Any) -> list[str]:
        return [row["station_ref"] for row in api.get("transactions", **query).json()["data"]]

    assert refs() == ["b", "a"]
    assert refs(state="active") == ["a"]
    assert refs(station=str(station.pk)) == ["a"]
    assert refs(location=str(station.location_id)) == ["a"]
    assert refs(driver=str(driver.pk)) == ["a"]
    assert refs(since="2026-03-14T13:00:00Z") == ["b"]
    assert refs(until="2026-03-14T14:00:00+01:00") == ["a"]
    assert refs(ended_since="2026-03-14T14:00:00Z") == ["b"]
    assert refs(ended_until="2026-03-14T14:00:00Z") == []
    assert refs(needs_review="true") == ["b"]
    assert refs(needs_review="false") == ["a"]
    assert refs(id_token_uid="04ab") == ["b"]
    assert refs(external_id="x") == ["a"]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"state": "gone"}, "state"),
        ({"station": "x"}, "station"),
        ({"since": "yesterday"}, "since"),
        ({"since": "0001-01-01T00:00:00+14:00"}, "since"),
        ({"needs_review": "perhaps"}, "needs_review"),
    ],
)
def test_bad_filters_are_named(operator: Operator, query: dict[str, str], name: str) -> None:
    response = with_key(operator).get("transactions", **query)
    assert response.status_code == 400
    assert [error["name"] for error in response.json()["errors"]] == [name]


def test_external_id_and_metadata_may_be_set_and_facts_may_not(operator: Operator) -> None:
    row = TransactionFactory.create(station=StationFactory.create(operator=operator))
    api = with_key(operator)
    changes = {"external_id": "inv-7", "metadata": {"booked": True}}
    response = api.patch(f"transactions/{row.pk}", changes)
    assert response.status_code == 200
    assert {name: response.json()[name] for name in changes} == changes
    with operator_scope(operator.pk):
        assert AuditEntry.objects.get().action == "transaction.labelled"
    before = everything()
    refused = api.patch(f"transactions/{row.pk}", {"energy_kwh": "1.000"})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["name"] == "energy_kwh"
    assert api.patch(f"transactions/{row.pk}", changes).status_code == 200
    assert everything() == before


def test_readings_are_paged_in_order_of_time(operator: Operator) -> None:
    row = TransactionFactory.create(station=StationFactory.create(operator=operator))
    for minute in (2, 0, 1):
        MeterValueFactory.create(
            transaction=row,
            taken_at=NOW + timedelta(minutes=minute),
            device_at=NOW + timedelta(minutes=minute),
            energy_wh=1_000 + minute,
            power_w=11_000,
            current_l1_ma=15_900,
            voltage_mv=230_100,
        )
    api = with_key(operator)
    first = api.get(f"transactions/{row.pk}/meter-values", limit=2).json()
    assert first["data"][0] == {
        "taken_at": "2026-03-14T12:00:00Z",
        "context": "Sample.Periodic",
        "energy_kwh": "1.000",
        "power_w": 11_000,
        "current_l1_a": "15.900",
        "current_l2_a": None,
        "current_l3_a": None,
        "voltage_v": "230.100",
        "soc_percent": None,
    }
    second = api.get(first["next"].removeprefix("http://testserver")).json()
    energies = [value["energy_kwh"] for value in first["data"] + second["data"]]
    assert energies == ["1.000", "1.001", "1.002"]
    assert second["next"] is None


def test_the_power_curve_keeps_the_peak(operator: Operator) -> None:
    row = TransactionFactory.create(station=StationFactory.create(operator=operator))
    for minute in range(10):
        MeterValueFactory.create(
            transaction=row,
            taken_at=NOW + timedelta(minutes=minute),
            device_at=NOW + timedelta(minutes=minute),
            power_w=50_000 if minute == 4 else 1_000,
        )
    curve = with_key(operator).get(f"transactions/{row.pk}/power-curve", points=3).json()["data"]
    assert [point["power_w"] for point in curve] == [1_000, 50_000, 1_000]
    assert curve[1] == {
        "at": "2026-03-14T12:04:00Z",
        "energy_kwh": None,
        "power_w": 50_000,
        "soc_percent": None,
    }


def test_a_review_is_finished_once(operator: Operator) -> None:
    row = TransactionFactory.create(
        station=StationFactory.create(operator=operator), needs_review=True
    )
    api = with_key(operator)
    path = f"transactions/{row.pk}/actions/finish-review"
    assert api.post(path, {"note": "seen"}).json()["needs_review"] is False
    before = everything()
    refused = api.post(path, {})
    assert refused.status_code == 409
    assert refused.json()["detail"] == "This transaction is not waiting for a review."
    assert everything() == before
