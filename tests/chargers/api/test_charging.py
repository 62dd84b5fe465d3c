"""Smart charging over the API: actions become commands and rows, lists show what is there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry, Operator
from chargers.models import (
    ChargingNeeds,
    ChargingProfile,
    ChargingStation,
    Evse,
    ExternalLimit,
    StationCommand,
    Transaction,
)
from chargers.services.charging import setting
from common.clock import utc_now
from common.tenancy import operator_scope, system_scope
from tests.factories import NOW, EvseFactory, StationFactory, TransactionFactory
from tests.support.api import with_key

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def station(operator: Operator) -> ChargingStation:
    made = StationFactory.create(operator=operator, name="Havn 1")
    EvseFactory.create(station=made, number=1)
    EvseFactory.create(station=made, number=2)
    return made


@pytest.fixture
def session(station: ChargingStation) -> Transaction:
    with system_scope("tests"):
        evse = Evse.objects.get(station=station, number=1)
    return TransactionFactory.create(station=station, evse=evse, station_ref="b7c1")


def post(operator: Operator, station: ChargingStation, action: str, body: Any) -> Any:
    return with_key(operator).post(f"stations/{station.pk}/actions/{action}", body)


def errors(response: Any) -> dict[str, str]:
    assert response.status_code == 400, response.content
    return {error["name"]: error["message"] for error in response.json()["errors"]}


def rows(operator: Operator) -> list[tuple[int, int, str, str]]:
    with operator_scope(operator.pk):
        found = ChargingProfile.objects.order_by("id")
        return [(row.profile_id, row.evse_number, row.purpose, row.status) for row in found]


SCHEDULE = {
    "purpose": "TxDefaultProfile",
    "evse": 2,
    "unit": "A",
    "start_at": "2026-03-14T12:00:00Z",
    "duration_seconds": 7200,
    "periods": [{"start_seconds": 0, "limit": 16}, {"start_seconds": 3600, "limit": 8.5}],
}


def test_a_profile_is_set_and_listed(operator: Operator, station: ChargingStation) -> None:
    response = post(operator, station, "set-charging-profile", SCHEDULE)
    assert response.status_code == 202, response.content
    command = response.json()
    assert command["kind"] == "set_charging_profile"
    (shown,) = with_key(operator).get(f"stations/{station.pk}/charging-profiles").json()["data"]
    assert shown["profile"] == command["arguments"]["profile"]
    periods = shown.pop("profile")["schedules"][0]["periods"]
    assert [(period["start_seconds"], period["limit"]) for period in periods] == [
        (0, 16.0),
        (3600, 8.5),
    ]
    requested_at = shown.pop("requested_at")
    assert shown.pop("set_by_api_key_id") == command["requested_by_api_key_id"]
    assert command["requested_by_api_key_id"] is not None
    assert requested_at == command["requested_at"]
    assert shown == {
        "profile_id": 1,
        "evse": 2,
        "transaction_id": None,
        "purpose": "TxDefaultProfile",
        "stack_level": 0,
        "source": "ours",
        "limit_source": "",
        "status": "requested",
        "command_id": command["id"],
        "set_by_user_id": None,
        "installed_at": None,
        "reported_at": None,
        "cleared_at": None,
    }
    with operator_scope(operator.pk):
        assert AuditEntry.objects.get().action == "station.set_charging_profile"


def test_a_profile_for_a_session(
    operator: Operator, station: ChargingStation, session: Transaction
) -> None:
    body = {
        **SCHEDULE,
        "purpose": "TxProfile",
        "evse": 1,
        "kind": "Relative",
        "start_at": None,
        "transaction_id": str(session.pk),
    }
    response = post(operator, station, "set-charging-profile", body)
    assert response.status_code == 202, response.content
    assert response.json()["arguments"]["profile"]["transaction_ref"] == "b7c1"
    assert rows(operator) == [(1, 1, "TxProfile", "requested")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"periods": []}, {"periods": "This list may not be empty."}),
        ({"evse": 9}, {"evse": "This station has no EVSE 9."}),
        ({"purpose": "TxProfile"}, {"transaction": "Name the session that this is for."}),
        (
            {"purpose": "ChargingStationExternalConstraints"},
            {"purpose": '"ChargingStationExternalConstraints" is not a valid choice.'},
        ),
        ({"kind": "Recurring"}, {"recurrence": "Say whether it returns daily or weekly."}),
        (
            {"periods": [{"start_seconds": 5, "limit": 1}]},
            {"periods": "The first period starts at 0."},
        ),
    ],
)
def test_faults_of_a_profile(
    operator: Operator,
    station: ChargingStation,
    changes: dict[str, Any],
    expected: dict[str, str],
) -> None:
    assert errors(post(operator, station, "set-charging-profile", {**SCHEDULE, **changes})) == (
        expected
    )
    with operator_scope(operator.pk):
        assert (StationCommand.objects.count(), ChargingProfile.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("action", "body", "expected"),
    [
        ("clear-charging-profile", {"profile_id": 4}, ("clear_charging_profile",
         {"profile_id": 4, "evse": None, "purpose": None, "stack_level": None})),
        ("clear-charging-profile", {"evse": 0, "purpose": "TxDefaultProfile"},
         ("clear_charging_profile",
         {"profile_id": None, "evse": 0, "purpose": "TxDefaultProfile", "stack_level": None})),
        ("get-composite-schedule", {}, ("get_composite_schedule",
         {"evse": 0, "duration_seconds": 21600, "unit": None})),
        ("get-composite-schedule", {"evse": 1, "duration_seconds": 60, "unit": "W"},
         ("get_composite_schedule", {"evse": 1, "duration_seconds": 60, "unit": "W"})),
        ("get-charging-profiles", {"evse": 0}, ("get_charging_profiles",
         {"evse": 0, "purpose": None, "stack_level": None, "profile_ids": [], "sources": []})),
    ],
)  # fmt: skip
def test_other_actions(
    operator: Operator,
    station: ChargingStation,
    action: str,
    body: dict[str, Any],
    expected: tuple[str, dict[str, Any]],
) -> None:
    response = post(operator, station, action, body)
    assert response.status_code == 202, response.content
    shown = response.json()
    shown["arguments"].pop("request_id", None)
    assert (shown["kind"], shown["arguments"]) == expected


def test_one_limit(operator: Operator, station: ChargingStation, session: Transaction) -> None:
    assert post(operator, station, "set-limit", {"watts": 22000}).status_code == 202
    assert post(operator, station, "set-limit", {"amps": 10, "evse": 2}).status_code == 202
    body = {"amps": 8, "transaction_id": str(session.pk)}
    assert post(operator, station, "set-limit", body).status_code == 202
    assert rows(operator) == [
        (1, 0, "ChargingStationMaxProfile", "requested"),
        (2, 2, "TxDefaultProfile", "requested"),
        (3, 1, "TxProfile", "requested"),
    ]
    assert errors(post(operator, station, "set-limit", {})) == {"limit": "Give amps or watts."}


def test_priority(operator: Operator, station: ChargingStation, session: Transaction) -> None:
    body = {"transaction_id": str(session.pk)}
    response = post(operator, station, "use-priority-charging", body)
    assert response.json()["arguments"] == {"transaction_ref": "b7c1", "activate": True}
    elsewhere = StationFactory.create(operator=operator)
    assert errors(post(operator, elsewhere, "use-priority-charging", body)) == {
        "transaction_id": "This session is of another station."
    }


def test_a_dynamic_limit(operator: Operator, station: ChargingStation) -> None:
    body = {
        "purpose": "TxDefaultProfile",
        "kind": "Dynamic",
        "unit": "W",
        "update_interval_seconds": 30,
        "periods": [{"start_seconds": 0, "limit": 9000}],
    }
    assert post(operator, station, "set-charging-profile", body).status_code == 202
    update = {"profile_id": 1, "limit": 7000.5}
    response = post(operator, station, "update-dynamic-schedule", update)
    assert response.status_code == 202, response.content
    assert response.json()["arguments"] == update
    assert errors(
        post(operator, station, "update-dynamic-schedule", {**update, "profile_id": 2})
    ) == {"profile_id": "There is no dynamic profile of this id."}


def test_a_session_of_another_operator_does_not_exist(
    operator: Operator, other_operator: Operator, station: ChargingStation
) -> None:
    foreign = TransactionFactory.create(station=StationFactory.create(operator=other_operator))
    bodies: dict[str, dict[str, Any]] = {
        "set-limit": {"amps": 6},
        "use-priority-charging": {},
        "set-charging-profile": {**SCHEDULE, "purpose": "TxProfile"},
    }
    for action, body in bodies.items():
        found = errors(post(operator, station, action, {**body, "transaction_id": str(foreign.pk)}))
        assert set(found) == {"transaction_id"}
    with system_scope("tests"):
        assert (StationCommand.objects.count(), ChargingProfile.objects.count()) == (0, 0)


def test_lists_of_a_station(
    operator: Operator, station: ChargingStation, session: Transaction
) -> None:
    with operator_scope(operator.pk):
        row = setting.set_limit(station=station, amps=10, evse=1, now=NOW)
        ChargingProfile.objects.filter(pk=row.pk).update(status="cleared", cleared_at=NOW)
        ExternalLimit.objects.create(
            operator=operator, station=station, source="EMS", reported_at=NOW
        )
        ChargingNeeds.objects.create(
            operator=operator,
            station=station,
            evse_number=1,
            transaction=session,
            energy_wh=20_000,
            departure_at=NOW + timedelta(hours=2),
            reported_at=NOW,
        )
    api = with_key(operator)
    at = f"stations/{station.pk}"
    assert api.get(f"{at}/charging-profiles").json()["data"] == []
    (gone,) = api.get(f"{at}/charging-profiles?live=false").json()["data"]
    assert (gone["status"], gone["cleared_at"]) == ("cleared", "2026-03-14T12:00:00Z")
    assert api.get(f"{at}/external-limits").json()["data"] == [
        {
            "evse": 0,
            "source": "EMS",
            "is_grid_critical": False,
            "schedules": [],
            "reported_at": "2026-03-14T12:00:00Z",
        }
    ]
    (needs,) = api.get(f"{at}/charging-needs").json()["data"]
    assert needs["transaction_id"] == str(session.pk)
    assert (needs["energy_wh"], needs["departure_at"]) == (20_000, "2026-03-14T14:00:00Z")


def test_what_all_limits_add_up_to(operator: Operator, station: ChargingStation) -> None:
    now = utc_now()
    with operator_scope(operator.pk):
        setting.set_limit(station=station, amps=10, evse=1, until=now + HOUR, now=now)
        setting.set_limit(station=station, watts=20_000, now=now)
        ExternalLimit.objects.create(
            operator=operator,
            station=station,
            source="EMS",
            reported_at=now,
            schedules=[
                {
                    "unit": "W",
                    "start_at": (now + 2 * HOUR).isoformat(),
                    "periods": [{"start_seconds": 0, "limit": 5_000.0}],
                }
            ],
        )
    api = with_key(operator)
    path = f"stations/{station.pk}/expected-limits"
    told = api.get(f"{path}?evse=1&hours=6&unit=W").json()
    assert (told["evse"], told["unit"]) == (1, "W")
    steps = told["steps"]
    assert [
        (one["limit"], one["purpose"], one["profile_id"], one["limit_source"]) for one in steps
    ] == [
        (6_900.0, "TxDefaultProfile", 1, None),
        (20_000.0, "ChargingStationMaxProfile", 2, None),
        (5_000.0, "ChargingStationExternalConstraints", None, "EMS"),
    ]
    instants = [datetime.fromisoformat(one["at"]) for one in steps]
    assert abs(instants[0] - now) < timedelta(seconds=30)
    assert instants[2] == now + 2 * HOUR
    whole = api.get(path).json()
    assert [one["limit"] for one in whole["steps"]] == [20_000.0, 5_000.0]
    amps = api.get(f"{path}?evse=2&unit=A").json()["steps"]
    assert [one["limit"] for one in amps] == [29.0, 7.2]


@pytest.mark.parametrize(
    ("query", "field"), [("evse=9", "evse"), ("hours=0", "hours"), ("unit=V", "unit"), ("x=1", "x")]
)
def test_what_cannot_be_expected(
    operator: Operator, station: ChargingStation, query: str, field: str
) -> None:
    response = with_key(operator).get(f"stations/{station.pk}/expected-limits?{query}")
    assert response.status_code == 400
    assert set(errors(response)) == {field}


@pytest.mark.parametrize(
    "name", ["charging-profiles", "external-limits", "charging-needs", "expected-limits"]
)
def test_lists_of_a_foreign_station_do_not_exist(
    operator: Operator, other_operator: Operator, name: str
) -> None:
    foreign = StationFactory.create(operator=other_operator)
    assert with_key(operator).get(f"stations/{foreign.pk}/{name}").status_code == 404
