from __future__ import annotations

from typing import Any

import pytest

from accounts.models import AuditEntry
from chargers.models import MeterPublicKey, Transaction
from common.tenancy import system_scope
from tests.factories import StationFactory, TransactionFactory
from tests.support.api import World, make_world, with_key
from tests.support.ocmf import Meter
from tests.support.signed import give_signed

pytestmark = pytest.mark.django_db

METER = Meter()


def fresh(world: World) -> Transaction:
    return TransactionFactory.create(station=StationFactory.create(operator=world.operator))


def entered() -> int:
    with system_scope("tests"):
        return MeterPublicKey.objects.filter(source="staff").count()


def test_values_and_their_check() -> None:
    world = make_world("canary-a")
    transaction = fresh(world)
    check = give_signed(transaction, METER)
    caller = with_key(world.operator)
    path = f"transactions/{transaction.pk}"
    first, last = caller.get(f"{path}/signed-meter-values").json()["data"]
    assert first["raw"].startswith('OCMF|{"FV": "1.0"')
    assert (last["status"], last["energy_wh"], last["pagination"], last["meter_serial"]) == (
        "valid",
        "111040.0000",
        "T8",
        "M1",
    )
    assert last["key_fingerprint"] == first["key_fingerprint"] != ""
    told = caller.get(f"{path}/meter-check").json()
    assert told == {
        "verdict": "valid",
        "energy_wh": "11040.0000",
        "begin": {
            "energy_wh": "100000.000",
            "at": "2026-03-14T12:00:00Z",
            "meter": "M1",
            "pagination": "T7",
        },
        "end": {
            "energy_wh": "111040.000",
            "at": "2026-03-14T13:00:00Z",
            "meter": "M1",
            "pagination": "T8",
        },
        "findings": [],
        "remarks": [],
        "checked_at": "2026-03-14T12:00:00Z",
        "check_url": f"http://testserver/check/{check.token}/",
    }


def test_a_session_without_signed_values() -> None:
    world = make_world("canary-a")
    caller = with_key(world.operator)
    path = f"transactions/{fresh(world).pk}"
    assert caller.get(f"{path}/meter-check").status_code == 404
    assert caller.get(f"{path}/signed-meter-values").json()["data"] == []


def test_keys_of_meters() -> None:
    world = make_world("canary-a")
    caller = with_key(world.operator)
    body = {"station": str(world.ids["stations"]), "evse": 1, "key": METER.public_key}
    response = caller.post("meter-keys", body)
    assert response.status_code == 201
    made = response.json()
    assert response["Location"] == f"http://testserver/api/v1/meter-keys/{made['id']}"
    assert (made["source"], made["algorithm"], made["evse"], made["replaced_at"]) == (
        "staff",
        "ECDSA-secp256r1-SHA256",
        1,
        None,
    )
    assert caller.get(f"meter-keys/{made['id']}").json() == made
    found = caller.get("meter-keys", station=body["station"], source="staff").json()["data"]
    assert found == [made]
    assert caller.delete(f"meter-keys/{made['id']}").status_code == 204
    assert caller.get(f"meter-keys/{made['id']}").status_code == 404
    with system_scope("tests"):
        actions = AuditEntry.objects.filter(action__startswith="station.meter_key").order_by("id")
        assert [entry.action for entry in actions] == [
            "station.meter_key_added",
            "station.meter_key_removed",
        ]


@pytest.mark.parametrize(
    ("changes", "status", "errors"),
    [
        ({"key": "hello!"}, 400, {"key": "A key is written in hexadecimal or Base64."}),
        ({"evse": 9}, 400, {"evse": "The station has no such EVSE."}),
        ({"key": ""}, 400, {"key": "This field may not be blank."}),
        ({"station": "0190a0a0-0000-7000-8000-000000000000"}, 404, {}),
    ],
)
def test_what_is_no_key(changes: dict[str, Any], status: int, errors: Any) -> None:
    world = make_world("canary-a")
    body = {"station": str(world.ids["stations"]), "evse": 1, "key": METER.public_key, **changes}
    response = with_key(world.operator).post("meter-keys", body)
    told = {error["name"]: error["message"] for error in response.json().get("errors", ())}
    assert (response.status_code, told) == (status, errors)
    assert entered() == 0


def test_the_station_of_another_operator_has_no_keys() -> None:
    mine, theirs = make_world("canary-a"), make_world("canary-b")
    body = {"station": str(theirs.ids["stations"]), "evse": 1, "key": METER.public_key}
    assert with_key(mine.operator).post("meter-keys", body).status_code == 404
    assert entered() == 0
