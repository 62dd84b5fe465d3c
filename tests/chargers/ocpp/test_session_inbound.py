"""What one frame of a station means to the session."""

from __future__ import annotations

import json

import orjson
import pytest

from chargers.ocpp.codec import Codec
from chargers.ocpp.errors import ErrorCode
from chargers.ocpp.session import Ignored, InboundCall, Reject, ResultRefused
from tests.chargers.ocpp.support import ALL, NOW, V16, V21, V201, inbound, make_session


def test_a_call() -> None:
    raw = '[2,"19223201","Heartbeat",{}]'
    assert make_session().receive(raw, NOW) == [
        InboundCall(message_id="19223201", action="Heartbeat", payload={}, raw=raw, received_at=NOW)
    ]


def test_reply_and_error_frames() -> None:
    session = make_session()
    assert session.reply("7", {"a": "ø"}) == '[3,"7",{"a":"ø"}]'
    assert session.error("7", ErrorCode.INTERNAL_ERROR, "try again") == (
        '[4,"7","InternalError","try again",{}]'
    )


@pytest.mark.parametrize(
    ("codec", "code"),
    [(V16, "FormationViolation"), (V201, "FormatViolation"), (V21, "FormatViolation")],
)
@pytest.mark.parametrize(
    "raw",
    [
        '[2,"id","MeterValues",{"connectorId":1,"transactionId":,"meterValue":[]}]',
        '[2,"id","StopTransaction",{"transactionId":1',
        ' [ 2 , "id" , "Heartbeat',
        '[2,"id"',
        '[2,"id","Heartbeat",{}]garbage',
        '[2,"id","A",{"value":NaN}]',
        '[2,"id","A",{"value":1e999}]',
        '[2,"id","A",' + "[" * 100_000,
        '[2,"id","A",' + "[" * 100_000 + "]" * 100_001,
        '[2,"id","A",' + "[" * 500 + "]" * 501,
        '[2,"id","A",' + '{"a":' * 300 + "1" + "}" * 300 + "]",
    ],
)
def test_broken_call_gets_one_call_error(codec: Codec, code: str, raw: str) -> None:
    session = make_session(codec)
    [event] = session.receive(raw, NOW)
    assert isinstance(event, Reject)
    assert json.loads(event.reply_text) == [4, "id", code, "the frame is not valid JSON", {}]
    assert event.raw == raw
    assert session.counters["malformed"] == 1


@pytest.mark.parametrize(
    "raw",
    [
        "",
        " ",
        "hello",
        "[",
        "[2",
        "[2,",
        '[2,"',
        '[2,"cut-in-the-id',
        '[2,"",{',
        '[2,"' + "x" * 65 + '",{',
        '[3,"id",{"configurationKey":[]',
        '[4,"id","NotSupported","',
        '[6,"id","NotifyPeriodicEventStream",{',
        "[2,null,",
        "[2,-,",
        "[" * 100_000,
        "\x00",
    ],
)
@pytest.mark.parametrize("codec", ALL, ids=lambda codec: codec.subprotocol)
def test_broken_frame_without_readable_call_is_ignored(codec: Codec, raw: str) -> None:
    session = make_session(codec)
    [event] = session.receive(raw, NOW)
    assert isinstance(event, Ignored)
    assert event.reason == "malformed"
    assert session.counters["malformed"] == 1


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("{}", "no_frame"),
        ("[]", "no_frame"),
        ("null", "malformed"),
        ("42", "no_frame"),
        ('"text"', "no_frame"),
        ('["2","id","Heartbeat",{}]', "no_frame"),
        ('[true,"id","Heartbeat",{}]', "no_frame"),
        ('[2.0,"id","Heartbeat",{}]', "no_frame"),
        ('[1,"id","Heartbeat",{}]', "unknown_message_type"),
        ('[99999999999999999999,"id"]', "no_frame"),
        ('[7,"id"]', "unknown_message_type"),
        ("[2]", "unusable_id"),
        ('[2,"","Heartbeat",{}]', "unusable_id"),
        ('[2,null,"Heartbeat",{}]', "unusable_id"),
        ('[2,{"a":1},"Heartbeat",{}]', "unusable_id"),
        ('[2,["a"],"Heartbeat",{}]', "unusable_id"),
        ('[2,true,"Heartbeat",{}]', "unusable_id"),
        ('[2,1.5,"Heartbeat",{}]', "unusable_id"),
        ('[2,123456789012345678901234567890,"Heartbeat",{}]', "unusable_id"),
        ('[2,"' + "x" * 65 + '","Heartbeat",{}]', "unusable_id"),
    ],
)
def test_frames_without_answer_are_counted(raw: str, reason: str) -> None:
    session = make_session()
    assert session.receive(raw, NOW) == [Ignored(reason, raw)]
    assert session.counters[reason] == 1


@pytest.mark.parametrize(
    ("codec", "code"),
    [(V16, "ProtocolError"), (V201, "RpcFrameworkError"), (V21, "RpcFrameworkError")],
)
@pytest.mark.parametrize(
    "raw",
    [
        '[2,"id"]',
        '[2,"id",null,{}]',
        '[2,"id",5,{}]',
        '[2,"id",["a"],{}]',
        '[2,"id","",{}]',
        '[2,"id","' + "A" * 51 + '",{}]',
    ],
)
def test_call_without_action_is_refused(codec: Codec, code: str, raw: str) -> None:
    session = make_session(codec)
    [event] = session.receive(raw, NOW)
    assert isinstance(event, Reject)
    assert json.loads(event.reply_text) == [4, "id", code, "the frame names no action", {}]
    assert session.counters["no_action"] == 1


@pytest.mark.parametrize(
    ("sent", "answered"), [("5", "5"), ("-5", "-5"), ('"' + "x" * 64 + '"', "x" * 64)]
)
def test_odd_ids_are_served_and_counted(sent: str, answered: str) -> None:
    session = make_session()
    [event] = session.receive(f'[2,{sent},"Heartbeat",{{}}]', NOW)
    assert isinstance(event, InboundCall)
    assert event.message_id == answered
    assert session.counters["odd_id"] == 1


def test_integer_id_of_a_broken_call_is_answered_as_text() -> None:
    [event] = make_session().receive('[2,1000000,"BootNotification",{"a":', NOW)
    assert isinstance(event, Reject)
    assert event.message_id == "1000000"


@pytest.mark.parametrize("tail", ["", ",null", ",[]", ",{}"])
def test_missing_payload_is_an_empty_object(tail: str) -> None:
    assert inbound(V16, f'[2,"1","Heartbeat"{tail}]').payload == {}


def test_elements_behind_the_payload_are_ignored() -> None:
    assert inbound(V16, '[2,"1","Heartbeat",{},"more",1]').payload == {}


@pytest.mark.parametrize("codec", [V16, V201])
@pytest.mark.parametrize("kind", [5, 6])
def test_frames_of_2_1_mean_nothing_before_2_1(codec: Codec, kind: int) -> None:
    raw = f'[{kind},"id","NotifyPeriodicEventStream",{{}}]'
    assert make_session(codec).receive(raw, NOW) == [Ignored("unknown_message_type", raw)]


def test_send_is_a_call_without_answer() -> None:
    call = inbound(V21, '[6,"s-1","NotifyPeriodicEventStream",{"id":1}]')
    assert (call.action, call.payload, call.wants_answer) == (
        "NotifyPeriodicEventStream",
        {"id": 1},
        False,
    )


def test_send_without_action_is_never_answered() -> None:
    raw = '[6,"s-1"]'
    assert make_session(V21).receive(raw, NOW) == [Ignored("no_action", raw)]


def test_call_result_error() -> None:
    session = make_session(V21)
    raw = '[5,"m-1","FormatViolation","bad time",{}]'
    assert session.receive(raw, NOW) == [ResultRefused("m-1", "FormatViolation", "bad time", raw)]
    assert session.counters["result_refused"] == 1


@pytest.mark.parametrize(
    ("raw", "flag", "value"),
    [
        (b'[2,"1","A",{"v":"M\xfcller"}]', "not_utf8", "M\ufffdller"),
        ('[2,"1","A",{"v":"a\tb"}]', "repaired", "a b"),
        ('[2,"1","A",{"v":"a"}]\x00', "repaired", "a"),
        ('\ufeff[2,"1","A",{"v":"a"}]', "repaired", "a"),
        ('[2,"1","A",{"v":"\\ud800"}]', "repaired", "\ufffd"),
        ('[2,"1","A",{"v":"\\ud83d\\ude00\\udc00\x01"}]', "repaired", "\U0001f600\ufffd "),
        ('[2,"1","A",{"v":"a\\u0000b"}]', "nul", "a\ufffdb"),
        ('[2,"1","A",{"v":"a","v":"b"}]', "duplicate_keys", "b"),
        ('[2, "1", "A", { "v" : "a", "v" : "b" }]', "duplicate_keys", "b"),
    ],
)
def test_repairs_are_flagged(raw: str | bytes, flag: str, value: str) -> None:
    session = make_session()
    [event] = session.receive(raw, NOW)
    assert isinstance(event, InboundCall)
    assert event.payload == {"v": value}
    assert event.flags == (flag,)
    assert session.counters == {flag: 1}


@pytest.mark.parametrize(
    "raw",
    [
        '[2, "1", "A", {"v": "x", "w": {"v": 1.0}}]',
        '[2,"1","A",{"v":"\\": \\"a\\":"}]',
        '[2,"1","A",{"v":"\\u00e9","w":[{"v":1},{"v":2}]}]',
    ],
)
def test_different_spelling_is_no_duplicate_key(raw: str) -> None:
    assert inbound(V16, raw).flags == ()


def test_raw_text_can_be_stored_anywhere() -> None:
    session = make_session()
    for raw in ('[2,"1","A",{}]\x00', '[2,"1","A",{"v":"\ud800"}]', b"\xff\x00["):
        [event] = session.receive(raw, NOW)
        assert isinstance(event, InboundCall | Ignored)
        assert "\x00" not in event.raw
        event.raw.encode("utf-8")


def test_big_integers_come_through() -> None:
    payload = inbound(V16, '[2,"1","A",{"v":123456789012345678901234567890}]').payload
    assert payload == {"v": 1.2345678901234568e29}
    orjson.dumps(payload)


def test_ids_may_repeat() -> None:
    session = make_session()
    raw = '[2,"1","Heartbeat",{}]'
    first = session.receive(raw, NOW)
    assert session.receive(raw, NOW) == first
