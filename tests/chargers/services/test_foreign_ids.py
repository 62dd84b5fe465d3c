"""Ids of another station, in every message that carries one: no effect there (F19, CVE-2026-28230).

Payloads are made from the schemas of each version, so that a new message is attacked from its
first day; every property that could name an object gets the victim's.
"""

from __future__ import annotations

import random
from copy import deepcopy
from typing import Any

import pytest
from django.apps import apps

from bench.grammar import made
from chargers.domain.context import StationContext
from chargers.models import ChargingStation
from chargers.ocpp.codec import Codec, Decoded
from chargers.services.handling import handle
from common.tenancy import system_scope
from events.models import OutboxEvent
from tests.chargers.ocpp.support import ALL, V16, V201
from tests.factories import (
    NOW,
    ConnectorFactory,
    CustomerInformationFactory,
    DisplayMessageFactory,
    EvseFactory,
    FirmwareUpdateFactory,
    IdTokenFactory,
    LogUploadFactory,
    MeterValueFactory,
    ReservationFactory,
    StationCommandFactory,
    StationFactory,
    TransactionFactory,
    context_of,
)

pytestmark = pytest.mark.django_db

NUMBER = 4711
REFERENCE = str(NUMBER)
# Whatever the standard calls an id that somebody else gave out.
NAMED = {
    "transactionId": REFERENCE,
    "reservationId": NUMBER,
    "requestId": NUMBER,
    "remoteStartId": NUMBER,
    "chargingProfileId": NUMBER,
    "id": NUMBER,
    "idTag": "04A2B9C2",
    "evseId": 1,
    "connectorId": 1,
    "messageId": REFERENCE,
    "pspRef": REFERENCE,
}
ROUNDS = 3
ACTIONS = [
    pytest.param(codec, action, id=f"{codec.subprotocol}-{action}")
    for codec in ALL
    for action in sorted(codec.inbound)
]


def victim() -> ChargingStation:
    """A station with something of everything that has a number, all of it `NUMBER`."""
    station = StationFactory.create(operator__name="Victim")
    token = IdTokenFactory.create(operator=station.operator, uid="04A2B9C2")
    charging = TransactionFactory.create(
        station=station,
        station_ref=REFERENCE,
        assigned_id=NUMBER,
        remote_start_id=NUMBER,
        meter_start_wh=1_000,
        id_token=token,
        id_token_uid=token.uid,
    )
    evse = EvseFactory.create(station=station, active_transaction=charging)
    ConnectorFactory.create(evse=evse)
    MeterValueFactory.create(transaction=charging, energy_wh=1_200)
    for kind in ("get_log", "get_base_report", "request_start_transaction"):
        arguments = {"request_id": NUMBER, "remote_start_id": NUMBER, "id_token_uid": token.uid}
        StationCommandFactory.create(station=station, kind=kind, status="sent", arguments=arguments)
    FirmwareUpdateFactory.create(station=station, request_id=NUMBER)
    LogUploadFactory.create(station=station, request_id=NUMBER)
    CustomerInformationFactory.create(station=station, request_id=NUMBER)
    DisplayMessageFactory.create(station=station, number=NUMBER)
    ReservationFactory.create(station=station, number=NUMBER)
    return station


def owned(station: ChargingStation) -> dict[str, list[Any]]:
    """Every row of a station, of what hangs on it, and of what was told about it."""
    found: dict[str, list[Any]] = {}
    with system_scope("tests compare all rows"):
        for model in apps.get_app_config("chargers").get_models():
            names = {field.name for field in model._meta.concrete_fields}
            if "station" in names:
                rows = model._default_manager.filter(station=station)
                found[model.__name__] = list(rows.order_by("pk").values())
        found["ChargingStation"] = list(ChargingStation.objects.filter(pk=station.pk).values())
        told = OutboxEvent.objects.filter(operator_id=station.operator_id)
        found["OutboxEvent"] = list(told.order_by("id").values("kind", "subject_id", "payload"))
    return found


def aimed(value: Any) -> Any:
    """The payload with every id of the victim's."""
    if isinstance(value, list):
        return [aimed(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: deepcopy(NAMED[name])
        if name in NAMED and not isinstance(inner, dict | list)
        else aimed(inner)
        for name, inner in value.items()
    }


def attack(codec: Codec, action: str, station: StationContext) -> int:
    """Say the action in several forms; returns how many of them had something to decide on."""
    schema = codec.checker.request(action).document
    decided = 0
    for number in range(ROUNDS):
        payload = aimed(made(schema, schema, random.Random(number), 0))
        for name in schema["properties"]:
            if name in NAMED and schema["properties"][name].get("type") != "object":
                payload[name] = deepcopy(NAMED[name])
        decoded = codec.decode(action, payload)
        if isinstance(decoded, Decoded) and decoded.message is not None:
            decided += 1
            with system_scope("tests: what the ingest does"):
                handle(decoded.message, station=station, received_at=NOW)
    return decided


@pytest.mark.parametrize(("codec", "action"), ACTIONS)
def test_ids_of_another_station_have_no_effect_on_it(codec: Codec, action: str) -> None:
    robbed = victim()
    colleague = StationFactory.create(operator=robbed.operator)
    stranger = StationFactory.create()
    before = owned(robbed)
    for station in (stranger, colleague):
        attack(codec, action, context_of(station, codec.subprotocol))
    after = owned(robbed)
    # A colleague's own events are its operator's, too.
    own = {str(colleague.pk)}
    with system_scope("tests"):
        own |= {
            str(pk)
            for model in apps.get_app_config("chargers").get_models()
            if "station" in {field.name for field in model._meta.concrete_fields}
            for pk in model._default_manager.filter(station=colleague).values_list("pk", flat=True)
        }
    after["OutboxEvent"] = [
        row for row in after["OutboxEvent"] if str(row["subject_id"]) not in own
    ]
    assert after == before


def test_most_actions_have_something_to_decide_on() -> None:
    """Otherwise the attacks above would prove nothing."""
    station = context_of(StationFactory.create())
    decided = sum(attack(param.values[0], param.values[1], station) > 0 for param in ACTIONS)  # type: ignore[arg-type]
    assert decided >= len(ACTIONS) * 3 // 4


@pytest.mark.parametrize(
    ("codec", "action", "table"),
    [
        (V16, "StopTransaction", "Transaction"),
        (V16, "MeterValues", "MeterValue"),
        (V201, "TransactionEvent", "Transaction"),
        (V201, "FirmwareStatusNotification", "FirmwareUpdate"),
        (V201, "ReservationStatusUpdate", "Reservation"),
    ],
)
def test_at_home_the_same_ids_do_have_an_effect(codec: Codec, action: str, table: str) -> None:
    station = victim()
    before = owned(station)[table]
    attack(codec, action, context_of(station, codec.subprotocol))
    assert owned(station)[table] != before
