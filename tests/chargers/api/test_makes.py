"""Makes, rules on them and forgiven faults over the API."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import AuditEntry, Operator
from chargers.domain.quirks import FIELDS
from chargers.models import QuirkRule
from common.tenancy import operator_scope
from tests.factories import ForgivenFaultFactory, QuirkRuleFactory, StationFactory
from tests.support.api import everything, with_key

pytestmark = pytest.mark.django_db


def problems(response: Any) -> dict[str, str]:
    return {error["name"]: error["message"] for error in response.json()["errors"]}


def test_a_rule_from_birth_to_death(operator: Operator) -> None:
    api = with_key(operator)
    body = {"vendor": "Acme*", "sets": {"energy_scale": 1000}, "note": "seen at the harbour"}
    response = api.post("quirk-rules", body)
    assert response.status_code == 201
    made = response.json()
    assert {**body, "model": "", "firmware": ""} == {
        name: made[name] for name in (*body, "model", "firmware")
    }
    path = f"quirk-rules/{made['id']}"
    assert response["Location"].endswith(path)
    changed = api.patch(path, {"sets": {"sample_register": "session"}})
    assert (changed.json()["vendor"], changed.json()["sets"]) == (
        "Acme*",
        {"sample_register": "session"},
    )
    assert [row["id"] for row in api.get("quirk-rules").json()["data"]] == [made["id"]]
    assert api.get(path).json() == changed.json()
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    with operator_scope(operator.pk):
        assert not QuirkRule.objects.exists()
        assert AuditEntry.objects.filter(api_key__isnull=False).count() == 3


def test_faults_are_named(operator: Operator) -> None:
    api = with_key(operator)
    before = everything()
    assert problems(api.post("quirk-rules", {"vendor": "A"})) == {"sets": "This field is required."}
    answer = api.post("quirk-rules", {"vendor": "A", "sets": {"quiet_seconds": "long", "x": 1}})
    assert answer.status_code == 400
    assert problems(answer) == {
        "quiet_seconds": "Enter a whole number from 0 to 600.",
        "x": "There is no such field.",
    }
    assert everything() == before


def test_what_is_special_about_a_station_and_who_says_so(operator: Operator) -> None:
    station = StationFactory.create(operator=operator, vendor="Wallbox", model="Pulsar")
    rule = QuirkRuleFactory.create(operator=operator, vendor="wallbox", note="ours")
    body = with_key(operator).get(f"stations/{station.pk}/quirks").json()
    assert tuple(body["values"]) == FIELDS
    assert (body["values"]["quiet_seconds"], body["values"]["energy_scale"]) == (120, 1000)
    assert body["sources"] == {
        "quiet_seconds": {
            "own_rule": None,
            "rule": "wallbox",
            "why": "Drops the connection when a command comes before its boot was answered (Q13).",
        },
        "energy_scale": {"own_rule": str(rule.pk), "rule": str(rule.pk), "why": "ours"},
    }


def test_makes_are_listed_with_their_firmwares(operator: Operator) -> None:
    station = StationFactory.create(
        operator=operator, vendor="Wallbox", model="Pulsar", firmware_version="5"
    )
    StationFactory.create(operator=operator, vendor="Acme", model="One")
    ForgivenFaultFactory.create(station=station, occurrences=7)
    data = with_key(operator).get("makes").json()["data"]
    assert [(row["vendor"], row["stations"], row["forgiven"]) for row in data] == [
        ("Acme", 1, 0),
        ("Wallbox", 1, 7),
    ]
    [firmware] = data[1]["firmwares"]
    assert (firmware["firmware"], firmware["stations"], firmware["online"]) == ("5", 1, 1)
    assert set(firmware["quirks"]["sources"]) == {"quiet_seconds"}
    found = with_key(operator).get("makes", search="acme").json()["data"]
    assert [row["vendor"] for row in found] == ["Acme"]


def test_what_was_forgiven_to_a_station(operator: Operator) -> None:
    station = StationFactory.create(operator=operator)
    ForgivenFaultFactory.create(station=station)
    ForgivenFaultFactory.create(station=station, kind="broken_json", action="", occurrences=9)
    data = with_key(operator).get(f"stations/{station.pk}/forgiven-faults").json()["data"]
    assert [(row["kind"], row["action"], row["occurrences"]) for row in data] == [
        ("broken_json", "", 9),
        ("wrong_type", "MeterValues", 3),
    ]
    assert data[1]["detail"] == "meterValue.sampledValue.value: type"
    assert data[1]["message_id"] == "m-1"
