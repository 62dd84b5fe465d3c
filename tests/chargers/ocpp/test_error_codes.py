"""Each CALLERROR code against its own fault, and against the others' faults."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chargers.ocpp.codec import Codec
from chargers.ocpp.errors import ErrorCode
from tests.chargers.ocpp.support import ALL, V16, V21, V201, decode, refusal

OCCURRENCE = "occurrence"
TYPE = "type"
PROPERTY = "property"
SPELLED = {
    V16.subprotocol: {
        OCCURRENCE: "OccurenceConstraintViolation",
        TYPE: "TypeConstraintViolation",
        PROPERTY: "PropertyConstraintViolation",
    },
    V201.subprotocol: {
        OCCURRENCE: "OccurrenceConstraintViolation",
        TYPE: "TypeConstraintViolation",
        PROPERTY: "PropertyConstraintViolation",
    },
}
SPELLED[V21.subprotocol] = SPELLED[V201.subprotocol]


@pytest.mark.parametrize(
    ("codec", "action", "payload", "kind", "text"),
    [
        (V16, "StatusNotification", "{}", OCCURRENCE, "connectorId is missing"),
        (V16, "StatusNotification", '"junk"', OCCURRENCE, "connectorId is missing"),
        (
            V16,
            "StatusNotification",
            '{"connectorId":null,"status":"Available"}',
            OCCURRENCE,
            "connectorId is missing",
        ),
        (
            V16,
            "StatusNotification",
            '{"connectorId":{},"status":"Available"}',
            TYPE,
            "connectorId has a wrong type",
        ),
        (
            V16,
            "StatusNotification",
            '{"connectorId":"one","status":"Available"}',
            TYPE,
            "connectorId has a wrong type",
        ),
        (
            V16,
            "StatusNotification",
            '{"connectorId":1.5,"status":"Available"}',
            TYPE,
            "connectorId has a wrong type",
        ),
        (
            V16,
            "StatusNotification",
            '{"connectorId":-1,"status":"Available"}',
            PROPERTY,
            "connectorId is not an allowed value",
        ),
        (
            V16,
            "StatusNotification",
            '{"connectorId":4294967296,"status":"Available"}',
            PROPERTY,
            "connectorId is not an allowed value",
        ),
        (V16, "StatusNotification", '{"connectorId":1}', OCCURRENCE, "status is missing"),
        (
            V16,
            "StatusNotification",
            '{"connectorId":1,"status":[]}',
            TYPE,
            "status has a wrong type",
        ),
        (
            V16,
            "StatusNotification",
            '{"connectorId":1,"status":""}',
            PROPERTY,
            "status is not an allowed value",
        ),
        (V16, "Authorize", "{}", OCCURRENCE, "idTag is missing"),
        (V16, "Authorize", '{"idTag":{"a":1}}', TYPE, "idTag has a wrong type"),
        (V16, "Authorize", '{"idTag":""}', PROPERTY, "idTag is not an allowed value"),
        (V16, "DataTransfer", "{}", OCCURRENCE, "vendorId is missing"),
        (V16, "FirmwareStatusNotification", "{}", OCCURRENCE, "status is missing"),
        (V16, "SecurityEventNotification", "{}", OCCURRENCE, "type is missing"),
        (
            V201,
            "StatusNotification",
            '{"connectorStatus":"Available"}',
            OCCURRENCE,
            "evseId is missing",
        ),
        (
            V201,
            "StatusNotification",
            '{"evseId":"x","connectorStatus":"Available"}',
            TYPE,
            "evseId has a wrong type",
        ),
        (
            V201,
            "StatusNotification",
            '{"evseId":-1,"connectorStatus":"Available"}',
            PROPERTY,
            "evseId is not an allowed value",
        ),
        (V201, "Authorize", "{}", OCCURRENCE, "idToken is missing"),
        (V201, "Authorize", '{"idToken":"bare"}', TYPE, "idToken has a wrong type"),
        (V201, "NotifyReport", '{"seqNo":0}', OCCURRENCE, "requestId is missing"),
        (V21, "NotifyReport", '{"requestId":"x"}', TYPE, "requestId has a wrong type"),
    ],
)
def test_faults_of_a_payload(codec: Codec, action: str, payload: str, kind: str, text: str) -> None:
    code = SPELLED[codec.subprotocol][kind]
    assert refusal(codec, f'[2,"id","{action}",{payload}]') == [4, "id", code, text, {}]


@pytest.mark.parametrize("codec", ALL, ids=lambda codec: codec.subprotocol)
@pytest.mark.parametrize("action", ["Nonsense", "heartbeat", "Heartbeat ", "__class__", "../x"])
def test_unknown_actions_are_not_implemented(codec: Codec, action: str) -> None:
    frame = f'[2,"id","{action}",{{}}]'
    assert refusal(codec, frame) == [4, "id", "NotImplemented", "this action is not known", {}]


def test_known_actions_without_service_are_not_supported() -> None:
    codec = replace(V16, unsupported=frozenset({"BrewTea"}))
    assert refusal(codec, '[2,"id","BrewTea",{}]') == [
        4,
        "id",
        "NotSupported",
        "this action is not supported here",
        {},
    ]


@pytest.mark.parametrize("codec", ALL, ids=lambda codec: codec.subprotocol)
def test_every_action_of_the_standard_is_served(codec: Codec) -> None:
    assert codec.unsupported == frozenset()


def test_actions_of_2_1_are_unknown_to_2_0_1() -> None:
    assert refusal(V201, '[2,"id","BatterySwap",{}]')[2] == "NotImplemented"
    assert decode(V21, '[2,"id","BatterySwap",{}]').message is None


@pytest.mark.parametrize(
    ("neutral", "v16", "v2"),
    [
        (ErrorCode.FORMAT_VIOLATION, "FormationViolation", "FormatViolation"),
        (
            ErrorCode.OCCURRENCE_CONSTRAINT_VIOLATION,
            "OccurenceConstraintViolation",
            "OccurrenceConstraintViolation",
        ),
        (ErrorCode.RPC_FRAMEWORK_ERROR, "ProtocolError", "RpcFrameworkError"),
        (ErrorCode.INTERNAL_ERROR, "InternalError", "InternalError"),
        (ErrorCode.NOT_SUPPORTED, "NotSupported", "NotSupported"),
    ],
)
def test_spelling(neutral: ErrorCode, v16: str, v2: str) -> None:
    assert [codec.error_code(neutral) for codec in (V16, V201, V21)] == [v16, v2, v2]
