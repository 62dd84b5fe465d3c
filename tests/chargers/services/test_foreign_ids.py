"""Ids of another station, in every message that carries one: no effect there (F19, CVE-2026-28230).

Payloads are made from the schemas of each version, so that a new message is attacked from its
first day; every property that could name an object gets the victim's.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from copy import deepcopy
from importlib import resources
from typing import Any

import pytest

from bench.grammar import made
from chargers.domain.context import StationContext
from chargers.ocpp.codec import Codec, Decoded, OutboundChoice
from chargers.services.handling import handle
from common.tenancy import system_scope
from events.models import OutboxEvent
from tests.chargers.ocpp.support import ALL, V16, V21, V201
from tests.chargers.services.victims import (
    CSR,
    NUMBER,
    REFERENCE,
    TOKEN,
    rows_of_operator,
    rows_of_station,
    victim,
)
from tests.factories import NOW, StationFactory, context_of

# Whatever the standard calls an id that somebody gave out, and what it is called by us.
NAMED: dict[str, Any] = {
    "transactionId": REFERENCE,
    "reservationId": NUMBER,
    "requestId": NUMBER,
    "remoteStartId": NUMBER,
    "chargingProfileId": NUMBER,
    "id": NUMBER,
    "idTag": TOKEN,
    "parentIdTag": TOKEN,
    "idToken": TOKEN,
    "evseId": 1,
    "connectorId": 1,
    "messageId": REFERENCE,
    "pspRef": REFERENCE,
    "vRef": REFERENCE,
    "receiptId": REFERENCE,
    "tariffId": REFERENCE,
    "controlId": REFERENCE,
    "eventId": NUMBER,
    "variableMonitoringId": NUMBER,
    "priceScheduleId": NUMBER,
    "signatureId": NUMBER,
    "selectedChargingScheduleId": NUMBER,
    "serialNumber": REFERENCE,
    "csr": CSR,
    # No id, but what a limit is found by.
    "chargingLimitSource": "EMS",
}
# They end like ids and name nothing that anybody has a row of.
NO_IDS = {
    "additionalIdToken": "a second form of the same token",
    "chargeBoxSerialNumber": "the station's own",
    "chargePointSerialNumber": "the station's own",
    "evInverterSerialNumber": "the vehicle's",
    "meterSerialNumber": "the station's own",
    "iccid": "the station's own",
    "stackId": "reserved",
    "supersededIds": "of controls, a list",
    "vatNumber": "the same everywhere",
    "vendorId": "a name space",
}
LOOKS_LIKE_AN_ID = re.compile(r"(id|Ids?|Ref|Number|Token|IdTag)$")
# What we send, as far as we do not send it yet: no station speaks so.
OURS = re.compile(
    r"^(AFRRSignal|Adjust|Clear|Get|NotifyAllowedEnergyTransfer$|RequestBatterySwap$|Set)"
)
# Each with the reason why it may leave no trace at the station that sends it.
TRACELESS = {
    "Heartbeat": "the connection keeps that it lives",
    "Authorize": "an answer, no state",
    "DataTransfer": "no vendor of these",
    "Get15118EVCertificate": "passed on",
    "GetCertificateStatus": "an answer, no state",
    "GetCertificateChainStatus": "an answer, no state",
    "BatterySwap": "kept as a raw frame",
    "ClosePeriodicEventStream": "an answer, no state",
    "OpenPeriodicEventStream": "an answer, no state",
    "NotifyPeriodicEventStream": "kept as a raw frame",
    "NotifyDERStartStop": "kept as a raw frame",
    "PullDynamicScheduleUpdate": "an answer, no state",
    "ReportDERControl": "kept as a raw frame",
    "VatNumberValidation": "an answer, no state",
    "PublishFirmwareStatusNotification": "an event, when it is that job's",
}


class Lavish(random.Random):
    """Every optional property is there."""

    def random(self) -> float:
        return 0.0


FORMS = (Lavish(), random.Random(1), random.Random(2))
ACTIONS = [
    pytest.param(codec, action, id=f"{codec.subprotocol}-{action}")
    for codec in ALL
    for action in sorted(codec.inbound)
]


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


def payloads(codec: Codec, action: str) -> Iterator[dict[str, Any]]:
    """The action in several forms, its ids in the place and of the type that the schema wants."""
    schema = codec.checker.request(action).document
    for form in deepcopy(FORMS):
        payload: dict[str, Any] = aimed(made(schema, schema, form, 0))
        for name, inner in schema["properties"].items():
            if name in NAMED and inner.get("type") in ("string", "integer"):
                payload[name] = deepcopy(NAMED[name])
        yield payload


def attack(codec: Codec, action: str, station: StationContext) -> int:
    """Say the action in all forms; returns how many of them had something to decide on."""
    decided = 0
    for payload in payloads(codec, action):
        decoded = codec.decode(action, payload)
        if isinstance(decoded, Decoded) and decoded.message is not None:
            decided += 1
            with system_scope("tests: what the ingest does"):
                handle(decoded.message, station=station, received_at=NOW)
    return decided


def properties(schema: dict[str, Any]) -> Iterator[str]:
    """Names of all properties, at any depth, with a scalar or a list of scalars."""
    scalar = ("string", "integer", "number")
    for part in (schema, *schema.get("definitions", {}).values()):
        for name, inner in part.get("properties", {}).items():
            if inner.get("type") in scalar or inner.get("items", {}).get("type") in scalar:
                yield name
            yield from properties(inner.get("items", inner))


def requests_of(codec: Codec) -> set[str]:
    """Every request that the standard's schemas know, in either direction."""
    suffix = codec.checker.request_suffix
    files = (resources.files("ocpp") / codec.checker.folder / "schemas").iterdir()
    names = [file.name.removesuffix(".json") for file in files]
    ours = [name for name in names if name.endswith(suffix) and not name.endswith("Response")]
    return {name.removesuffix(suffix) if suffix else name for name in ours}


def sent_by_us(codec: Codec) -> set[str]:
    return {
        one.action
        for route in codec.outbound.values()
        for one in (route.routes if isinstance(route, OutboundChoice) else (route,))
    }


@pytest.mark.parametrize("codec", ALL, ids=lambda codec: codec.subprotocol)
def test_every_request_of_the_schemas_is_attacked_or_ours(codec: Codec) -> None:
    known = set(codec.inbound) | sent_by_us(codec) | codec.unsupported
    assert {name for name in requests_of(codec) - known if not OURS.match(name)} == set()
    assert not set(codec.inbound) & codec.unsupported


@pytest.mark.parametrize(("codec", "action"), ACTIONS)
def test_every_property_that_looks_like_an_id_is_known(codec: Codec, action: str) -> None:
    names = set(properties(codec.checker.request(action).document))
    looks = {name for name in names if LOOKS_LIKE_AN_ID.search(name)}
    assert looks - NAMED.keys() - NO_IDS.keys() == set()


@pytest.mark.django_db
@pytest.mark.parametrize(("codec", "action"), ACTIONS)
def test_ids_of_another_tenants_station_change_no_row_of_the_tenant(
    codec: Codec, action: str
) -> None:
    robbed = victim()
    before = rows_of_operator(robbed)
    attack(codec, action, context_of(StationFactory.create(), codec.subprotocol))
    assert rows_of_operator(robbed) == before


@pytest.mark.django_db
@pytest.mark.parametrize(("codec", "action"), ACTIONS)
def test_ids_of_a_colleague_change_no_row_of_its_own(codec: Codec, action: str) -> None:
    robbed = victim()
    colleague = StationFactory.create(operator=robbed.operator)
    before = rows_of_station(robbed)
    with system_scope("tests"):
        OutboxEvent.objects.all().delete()
    attack(codec, action, context_of(colleague, codec.subprotocol))
    assert rows_of_station(robbed) == before
    with system_scope("tests"):
        told = OutboxEvent.objects.values_list("subject_id", "parent_id", "payload")
    theirs = {str(row["id"]) for rows in before.values() for row in rows if "id" in row}
    for subject, parent, payload in told:
        assert theirs.isdisjoint({str(subject), str(parent)})
        assert theirs.isdisjoint({str(value) for value in payload.values()} - {"1"})


@pytest.mark.django_db
@pytest.mark.parametrize(("codec", "action"), ACTIONS)
def test_at_home_the_same_ids_do_have_an_effect(codec: Codec, action: str) -> None:
    """Otherwise the attacks above would prove nothing."""
    station = victim()
    before = rows_of_operator(station)
    decided = attack(codec, action, context_of(station, codec.subprotocol))
    if action not in TRACELESS:
        assert decided > 0
        assert rows_of_operator(station) != before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("codec", "action", "table"),
    [
        (V16, "StopTransaction", "chargers.Transaction"),
        (V16, "MeterValues", "chargers.MeterValue"),
        (V16, "SignedFirmwareStatusNotification", "chargers.FirmwareUpdate"),
        (V16, "LogStatusNotification", "chargers.LogUpload"),
        (V201, "TransactionEvent", "chargers.Transaction"),
        (V201, "FirmwareStatusNotification", "chargers.FirmwareUpdate"),
        (V201, "LogStatusNotification", "chargers.LogUpload"),
        (V201, "ReservationStatusUpdate", "chargers.Reservation"),
        (V201, "NotifyCustomerInformation", "chargers.CustomerInformation"),
        (V201, "NotifyDisplayMessages", "chargers.DisplayMessage"),
        (V201, "ReportChargingProfiles", "chargers.ChargingProfile"),
        (V201, "NotifyEVChargingNeeds", "chargers.ChargingNeeds"),
        (V201, "SignCertificate", "chargers.SigningRequest"),
        (V21, "NotifySettlement", "chargers.ReportedSettlement"),
    ],
)
def test_at_home_each_kind_of_object_is_found_by_its_id(
    codec: Codec, action: str, table: str
) -> None:
    station = victim()
    before = rows_of_operator(station)[table]
    attack(codec, action, context_of(station, codec.subprotocol))
    assert rows_of_operator(station)[table] != before
