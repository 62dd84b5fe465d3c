"""The device model on the wire: answers to our calls, monitoring reports and events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chargers.domain.commands import (
    ClearVariableMonitoring,
    GetVariables,
    OutcomeStatus,
    SetVariableMonitoring,
    SetVariables,
)
from chargers.domain.messages import (
    NoticedEvent,
    NotifyEvent,
    NotifyMonitoringReport,
    ReportedMonitor,
    ReportedVariable,
)
from chargers.domain.results import Acknowledged
from chargers.ocpp.codec import Codec
from tests.chargers.ocpp.device_model import HEARTBEAT, POWER
from tests.chargers.ocpp.support import V21, V201, answer, decode, message

AT = datetime(2026, 3, 1, 11, 59, 30, tzinfo=UTC)
TWO = [V201, V21]
POWER_VARIABLE = ReportedVariable(component="EVSE", variable="Power", evse=1)

pytestmark = pytest.mark.parametrize("codec", TWO, ids=lambda codec: codec.subprotocol)

SEVERAL = SetVariables(
    values=(
        {"name": "OCPPCommCtrlr.HeartbeatInterval", "value": "60"},
        {"name": "EVSE@1.Power", "value": "7000", "attribute": "Target"},
    )
)


def _results(first: str, second: str) -> dict[str, Any]:
    return {
        "setVariableResult": [
            {**POWER, "attributeType": "Target", "attributeStatus": second},
            {**HEARTBEAT, "attributeStatus": first},
        ]
    }


@pytest.mark.parametrize(
    ("words", "status", "raw"),
    [
        (("Accepted", "Accepted"), OutcomeStatus.ACCEPTED, "Accepted"),
        (("Accepted", "RebootRequired"), OutcomeStatus.SCHEDULED, "Accepted, RebootRequired"),
        (("Accepted", "UnknownVariable"), OutcomeStatus.REJECTED, "Accepted, UnknownVariable"),
        (("Rejected", "RebootRequired"), OutcomeStatus.REJECTED, "Rejected, RebootRequired"),
    ],
)
def test_several_values_are_answered_one_by_one(
    codec: Codec, words: tuple[str, str], status: OutcomeStatus, raw: str
) -> None:
    payload = _results(*words)
    assert codec.checker.response("SetVariables").accepts(payload)
    outcome = codec.decode_outcome(SEVERAL, payload)
    assert (outcome.status, outcome.raw_status) == (status, raw)
    told = [
        (each["name"], each["attribute"], each["raw_status"]) for each in outcome.detail["results"]
    ]
    assert told == [
        ("OCPPCommCtrlr.HeartbeatInterval", "Actual", words[0]),
        ("EVSE@1.Power", "Target", words[1]),
    ]


def test_names_are_known_however_the_station_spells_them(codec: Codec) -> None:
    """They are CiStrings (2.0.1 part 2, 2.1)."""
    power = {
        "component": {"name": "evse", "evse": {"id": 1}},
        "variable": {"name": "POWER"},
    }
    payload = {"setVariableResult": [{**power, "attributeStatus": "Accepted"}]}
    asked = SetVariables(values=({"name": "EVSE@01.Power", "value": "7000"},))
    outcome = codec.decode_outcome(asked, payload)
    assert outcome.status is OutcomeStatus.ACCEPTED
    assert outcome.detail["results"][0]["name"] == "EVSE@01.Power"

    payload = {
        "getVariableResult": [{**power, "attributeStatus": "Accepted", "attributeValue": "7000"}]
    }
    outcome = codec.decode_outcome(GetVariables(names=("EVSE@1.Power",)), payload)
    assert outcome.detail["variables"] == [
        {"name": "EVSE@1.Power", "value": "7000", "read_only": None}
    ]

    payload = {
        "setMonitoringResult": [
            {**power, "type": "Delta", "severity": 5, "status": "Accepted", "id": 7}
        ]
    }
    monitor = {"name": "EVSE@1.Power", "type": "Delta", "value": 5.0, "severity": 5}
    outcome = codec.decode_outcome(SetVariableMonitoring(monitors=(monitor,)), payload)
    assert (outcome.status, outcome.detail["results"][0]["id"]) == (OutcomeStatus.ACCEPTED, 7)


def test_a_value_that_the_answer_leaves_out_has_failed(codec: Codec) -> None:
    payload = {
        "setVariableResult": [
            {
                **HEARTBEAT,
                "attributeStatus": "Rejected",
                "attributeStatusInfo": {"reasonCode": "OutOfRange", "additionalInfo": "max 30"},
            }
        ]
    }
    outcome = codec.decode_outcome(SEVERAL, payload)
    assert outcome.status is OutcomeStatus.REJECTED
    assert outcome.detail["results"] == [
        {
            "name": "OCPPCommCtrlr.HeartbeatInterval",
            "attribute": "Actual",
            "status": "rejected",
            "raw_status": "Rejected",
            "reason": "OutOfRange max 30",
        },
        {
            "name": "EVSE@1.Power",
            "attribute": "Target",
            "status": "failed",
            "raw_status": "",
            "reason": "",
        },
    ]


def test_read_values_tell_attribute_and_what_was_not_told(codec: Codec) -> None:
    payload = {
        "getVariableResult": [
            {**HEARTBEAT, "attributeStatus": "Accepted"},
            {
                **HEARTBEAT,
                "attributeStatus": "Accepted",
                "attributeType": "MaxSet",
                "attributeValue": "900",
            },
            {**POWER, "attributeStatus": "UnknownVariable"},
            {
                **POWER,
                "attributeStatus": "NotSupportedAttributeType",
                "attributeType": "MaxSet",
            },
        ]
    }
    asked = GetVariables(
        names=("OCPPCommCtrlr.HeartbeatInterval", "EVSE@1.Power"), attributes=("Actual", "MaxSet")
    )
    outcome = codec.decode_outcome(asked, payload)
    assert outcome.status is OutcomeStatus.ACCEPTED
    assert outcome.detail == {
        "variables": [
            {"name": "OCPPCommCtrlr.HeartbeatInterval", "value": None, "read_only": None},
            {
                "name": "OCPPCommCtrlr.HeartbeatInterval",
                "value": "900",
                "read_only": None,
                "attribute": "MaxSet",
            },
        ],
        "unknown": ["EVSE@1.Power"],
    }


def test_monitors_are_answered_in_any_order(codec: Codec) -> None:
    asked = SetVariableMonitoring(
        monitors=(
            {"name": "EVSE@1.Power", "type": "Delta", "value": 5.0, "severity": 2},
            {"name": "EVSE@1.Power", "type": "Delta", "value": 9.0, "severity": 8},
            {"name": "A.B", "type": "Periodic", "value": 60.0, "severity": 9},
        )
    )
    payload = {
        "setMonitoringResult": [
            {**POWER, "status": "Accepted", "type": "Delta", "severity": 8, "id": 18},
            {**POWER, "status": "Duplicate", "type": "Delta", "severity": 2},
        ]
    }
    assert codec.checker.response("SetVariableMonitoring").accepts(payload)
    outcome = codec.decode_outcome(asked, payload)
    assert (outcome.status, outcome.raw_status) == (OutcomeStatus.REJECTED, "Duplicate, Accepted")
    assert [(each["status"], each["id"]) for each in outcome.detail["results"]] == [
        ("rejected", None),
        ("accepted", 18),
        ("failed", None),
    ]


def test_a_monitor_that_is_not_there_is_as_good_as_removed(codec: Codec) -> None:
    payload = {
        "clearMonitoringResult": [
            {"status": "NotFound", "id": 4},
            {"status": "Accepted", "id": 3},
        ]
    }
    outcome = codec.decode_outcome(ClearVariableMonitoring(ids=(3, 4)), payload)
    assert (outcome.status, outcome.raw_status) == (OutcomeStatus.ACCEPTED, "Accepted, NotFound")
    refused = {"clearMonitoringResult": [{"status": "Rejected", "id": 3}]}
    outcome = codec.decode_outcome(ClearVariableMonitoring(ids=(3, 4)), refused)
    assert outcome.status is OutcomeStatus.REJECTED
    assert [each["status"] for each in outcome.detail["results"]] == ["rejected", "failed"]


def test_notify_event(codec: Codec) -> None:
    frame = """[2,"n","NotifyEvent",{"generatedAt":"2026-03-01T11:59:30Z","seqNo":2,"tbc":true,
        "eventData":[{"eventId":7,"timestamp":"2026-03-01T11:59:30Z","trigger":"Alerting","cause":6,
        "actualValue":"9200","techCode":"E12","techInfo":"too hot","cleared":false,
        "transactionId":"T1","variableMonitoringId":18,"eventNotificationType":"CustomMonitor",
        "component":{"name":"EVSE","evse":{"id":1}},"variable":{"name":"Power"}}]}]"""
    assert message(codec, frame) == NotifyEvent(
        device_at=AT,
        seq_no=2,
        is_last=False,
        events=(
            NoticedEvent(
                event_id=7,
                device_at=AT,
                trigger="Alerting",
                notification_type="CustomMonitor",
                variable=POWER_VARIABLE,
                actual_value="9200",
                cause=6,
                monitor_id=18,
                tech_code="E12",
                tech_info="too hot",
                transaction_ref="T1",
            ),
        ),
    )
    assert answer(codec, frame, Acknowledged()) == [3, "n", {}]


def test_an_event_loses_only_its_faulty_entry(codec: Codec) -> None:
    decoded = decode(
        codec,
        """[2,"n","NotifyEvent",{"generatedAt":"soon","seqNo":0,"eventData":[
        {"eventId":1,"component":{"name":"EVSE"},"variable":{}},
        {"eventId":2,"timestamp":"2026-03-01T11:59:30Z","trigger":"Delta","actualValue":true,
        "cleared":true,"severity":11,"eventNotificationType":"HardWiredNotification",
        "component":{"name":"SecurityCtrlr"},"variable":{"name":"BasicAuthPassword"}}]}]""",
    )
    assert isinstance(decoded.message, NotifyEvent)
    (event,) = decoded.message.events
    assert decoded.message.device_at is None
    assert (event.event_id, event.actual_value, event.cleared, event.severity) == (
        2,
        "***",
        True,
        9 if codec is V21 else None,
    )
    assert "eventData: entry without name or id" in decoded.warnings


def test_notify_monitoring_report(codec: Codec) -> None:
    frame = """[2,"m","NotifyMonitoringReport",{"requestId":6,"seqNo":0,
        "generatedAt":"2026-03-01T11:59:30Z","monitor":[
        {"component":{"name":"EVSE","evse":{"id":1}},"variable":{"name":"Power"},
        "variableMonitoring":[
        {"id":18,"transaction":true,"value":9000.5,"type":"UpperThreshold","severity":3},
        {"transaction":false,"value":1,"type":"Delta","severity":3}]}]}]"""
    decoded = decode(codec, frame)
    assert decoded.message == NotifyMonitoringReport(
        request_id=6,
        seq_no=0,
        is_last=True,
        monitors=(
            ReportedMonitor(
                variable=POWER_VARIABLE,
                id=18,
                type="UpperThreshold",
                value=9000.5,
                severity=3,
                only_in_transactions=True,
            ),
        ),
    )
    assert "monitor: entry without name or id" in decoded.warnings
    assert answer(codec, frame, Acknowledged()) == [3, "m", {}]


def test_a_station_without_monitors_says_so(codec: Codec) -> None:
    frame = """[2,"m","NotifyMonitoringReport",{"requestId":6,"seqNo":0,
        "generatedAt":"2026-03-01T11:59:30Z"}]"""
    assert message(codec, frame) == NotifyMonitoringReport(
        request_id=6, seq_no=0, is_last=True, monitors=()
    )
