"""Frames that real stations were seen to send, by their row in the corpus of charger quirks.

The session's share (Q15, Q16, Q25 to Q28) is in test_session_*.py, times (Q31, Q34, Q35) and
readings (Q72) also in files of their own.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from chargers.domain.messages import (
    Authorize,
    BootNotification,
    DataTransfer,
    IdTokenRef,
    MeterValues,
    Reading,
    StatusNotification,
    TransactionEvent,
)
from chargers.domain.results import HeartbeatResult
from chargers.domain.vocabulary import ConnectorStatus, TransactionEventType
from chargers.ocpp.codec import Decoded
from chargers.ocpp.session import CallAnswered, Ignored, InboundCall, Reject
from tests.chargers.ocpp.support import (
    ALL,
    NOW,
    SECONDS_30,
    V16,
    V201,
    answer,
    decode,
    inbound,
    make_session,
)

AT = datetime(2026, 3, 1, 11, 59, 30, tzinfo=UTC)
STATUS = """[2,"1","StatusNotification",{"connectorId":1,"errorCode":"ERROR","status":"STATUS"}]"""


def test_q14_boot_without_anything_is_served() -> None:
    decoded = decode(V16, '[2,"1","BootNotification",{}]')
    assert decoded.message == BootNotification(vendor="", model="")
    assert decode(V201, '[2,"1","BootNotification",{"chargingStation":[]}]').message == (
        BootNotification(vendor="", model="")
    )


def test_q15_truncated_answer_is_dropped_and_the_call_stays_pending() -> None:
    session = make_session()
    call = session.call("GetConfiguration", {}, timeout=SECONDS_30)
    session.next_call(NOW)
    [event] = session.receive('[3,"our-1",{"configurationKey":[]', NOW)
    assert isinstance(event, Ignored)
    assert session.in_flight is call


def test_q16_empty_value_is_answered_once_and_the_socket_goes_on() -> None:
    session = make_session()
    broken = '[2,"7","MeterValues",{"connectorId":1,"transactionId":,"meterValue":[]}]'
    [event] = session.receive(broken, NOW)
    assert isinstance(event, Reject)
    assert json.loads(event.reply_text)[:3] == [4, "7", "FormationViolation"]
    [after] = session.receive('[2,"8","Heartbeat",{}]', NOW)
    assert isinstance(after, InboundCall)


def test_q18_escaped_junk_in_an_id_tag_is_an_opaque_string() -> None:
    decoded = decode(V16, r'[2,"1","Authorize",{"idTag":"336699\\\\"}]')
    assert decoded == Decoded(Authorize(id_token=IdTokenRef(uid="336699\\\\")))


def test_q19_unknown_error_code_is_kept() -> None:
    decoded = decode(V16, STATUS.replace("ERROR", "Error").replace("STATUS", "Available"))
    assert decoded == Decoded(
        StatusNotification(
            evse=1,
            connector=1,
            status=ConnectorStatus.AVAILABLE,
            device_at=None,
            raw_status="Available",
            error_code="Error",
        ),
        ("errorCode: enum",),
    )


def test_q19_invented_context_is_kept() -> None:
    decoded = decode(
        V16,
        """[2,"1","MeterValues",{"connectorId":1,"meterValue":[
        {"timestamp":"2026-03-01T11:59:30Z",
        "sampledValue":[{"value":"5","context":"Sample.Legrand"}]}]}]""",
    )
    assert decoded == Decoded(
        MeterValues(
            evse=1,
            connector=1,
            transaction_ref=None,
            readings=(Reading(device_at=AT, context="Sample.Legrand", energy_wh=5),),
        ),
        ("meterValue.0.sampledValue.0.context: enum",),
    )


@pytest.mark.parametrize("word", ["Broken", "Idle", "Charging2"])
def test_q19_invented_status_is_acknowledged_without_effect(word: str) -> None:
    frame = STATUS.replace("ERROR", "NoError").replace("STATUS", word)
    assert decode(V16, frame) == Decoded(None, ("status: enum",))
    two = f"""[2,"1","StatusNotification",{{"timestamp":"2026-03-01T11:59:30Z",
     "connectorStatus":"{word}","evseId":1,"connectorId":1}}]"""
    assert decode(V201, two) == Decoded(None, ("connectorStatus: enum",))


def test_q19_letter_case_and_the_word_of_1_5() -> None:
    for word in ("Occupied", "FAULTED", "available"):
        decoded = decode(V16, STATUS.replace("ERROR", "NoError").replace("STATUS", word))
        assert isinstance(decoded.message, StatusNotification)
        assert decoded.message.raw_status == word
        assert decoded.message.status.value.casefold() == word.casefold()


def test_q20_wrong_json_types() -> None:
    decoded = decode(
        V16,
        """[2,"1","MeterValues",{"connectorId":"1","transactionId":"815","meterValue":[
        {"timestamp":"2026-03-01T11:59:30Z","sampledValue":[{"value":604.2}]}]}]""",
    )
    assert decoded == Decoded(
        MeterValues(
            evse=1,
            connector=1,
            transaction_ref="815",
            readings=(Reading(device_at=AT, energy_wh=604),),
        ),
        (
            "connectorId: type",
            "transactionId: type",
            "meterValue.0.sampledValue.0.value: type",
        ),
    )


def test_q20_wrong_json_types_of_2_0_1() -> None:
    decoded = decode(
        V201,
        """[2,"1","TransactionEvent",{"eventType":"Updated","timestamp":"2026-03-01T11:59:30Z",
        "triggerReason":"MeterValuePeriodic","seqNo":"3","offline":"true",
        "transactionInfo":{"transactionId":815},"evse":{"id":"1"},
        "meterValue":[{"timestamp":"2026-03-01T11:59:30Z","sampledValue":[{"value":"604.2"}]}]}]""",
    )
    assert decoded.message == TransactionEvent(
        event_type=TransactionEventType.UPDATED,
        device_at=AT,
        transaction_ref="815",
        evse=1,
        readings=(Reading(device_at=AT, energy_wh=604),),
        seq_no=3,
        trigger_reason="MeterValuePeriodic",
        offline=True,
    )


def test_q21_empty_arrays() -> None:
    decoded = decode(
        V16,
        """[2,"1","MeterValues",{"connectorId":1,"meterValue":[
        {"timestamp":"2026-03-01T11:59:30Z","sampledValue":[]}]}]""",
    )
    assert decoded == Decoded(
        MeterValues(evse=1, connector=1, transaction_ref=None, readings=()),
        ("meterValue.0.sampledValue: minItems",),
    )


def test_q23_extra_properties_are_ignored() -> None:
    decoded = decode(V16, '[2,"1","Authorize",{"idTag":"A","connectorId":1}]')
    assert decoded == Decoded(
        Authorize(id_token=IdTokenRef(uid="A")), ("payload: additionalProperties",)
    )


def test_q23_of_duplicate_keys_the_last_wins_and_is_flagged() -> None:
    call = inbound(V16, '[2,"1","Authorize",{"idTag":"A","idTag":"B"}]')
    assert call.flags == ("duplicate_keys",)
    assert V16.decode(call.action, call.payload) == Decoded(Authorize(id_token=IdTokenRef(uid="B")))


def test_q24_field_limits_are_soft() -> None:
    data = "x" * 20_000
    decoded = decode(V201, f'[2,"1","DataTransfer",{{"vendorId":"V","data":"{data}"}}]')
    assert decoded == Decoded(DataTransfer(vendor_id="V", data=data))
    tag = "T" * 40
    assert decode(V16, f'[2,"1","Authorize",{{"idTag":"{tag}"}}]') == Decoded(
        Authorize(id_token=IdTokenRef(uid=tag)), ("idTag: maxLength",)
    )


def test_q24_a_stop_with_hundreds_of_samples() -> None:
    samples = [
        {"timestamp": "2026-03-01T11:59:30Z", "sampledValue": [{"value": str(i)}]}
        for i in range(800)
    ]
    payload = {
        "transactionId": 1,
        "meterStop": 5,
        "timestamp": "2026-03-01T11:59:30Z",
        "transactionData": samples,
    }
    decoded = decode(V16, json.dumps([2, "1", "StopTransaction", payload]))
    assert isinstance(decoded.message, TransactionEvent)
    assert len(decoded.message.readings) == 800


def test_q25_late_answer_resolves_no_other_call() -> None:
    session = make_session()
    session.call("Reset", {}, timeout=SECONDS_30)
    second = session.call("ClearCache", {}, timeout=SECONDS_30)
    session.next_call(NOW)
    session.expire(NOW + SECONDS_30)
    session.next_call(NOW + SECONDS_30)
    [late] = session.receive('[3,"our-1",{"status":"Accepted"}]', NOW + SECONDS_30)
    assert isinstance(late, Ignored)
    [own] = session.receive('[3,"our-2",{"status":"Accepted"}]', NOW + SECONDS_30)
    assert isinstance(own, CallAnswered)
    assert own.call is second


@pytest.mark.parametrize("codec", ALL, ids=lambda codec: codec.subprotocol)
def test_q26_unknown_message_types_are_ignored_and_counted(codec: object) -> None:
    session = make_session()
    for _ in range(3):
        [event] = session.receive('[1,"id",{}]', NOW)
        assert isinstance(event, Ignored)
    assert session.counters == {"unknown_message_type": 3}


def test_q27_and_q28_an_id_used_in_both_directions() -> None:
    session = make_session()
    call = session.call("Reset", {}, timeout=SECONDS_30)
    session.next_call(NOW)
    for _ in range(2):
        [event] = session.receive('[2,"our-1","Heartbeat",{}]', NOW)
        assert isinstance(event, InboundCall)
    assert session.in_flight is call


def test_q31_a_station_without_a_clock() -> None:
    decoded = decode(
        V16,
        """[2,"1","StopTransaction",{"transactionId":1,"meterStop":5,
        "timestamp":"1970-01-01T00:00:23Z"}]""",
    )
    assert decoded == Decoded(
        TransactionEvent(
            event_type=TransactionEventType.ENDED,
            device_at=datetime(1970, 1, 1, 0, 0, 23, tzinfo=UTC),
            transaction_ref="1",
            meter_wh=5,
        )
    )


@pytest.mark.parametrize("poison", ['"222222017-10-27T19:10:11Z"', '"1000000"', "1000000", "null"])
def test_q34_a_poisoned_time_costs_the_time_not_the_transaction(poison: str) -> None:
    decoded = decode(
        V16,
        f'[2,"1","StopTransaction",{{"transactionId":1,"meterStop":5,"timestamp":{poison}}}]',
    )
    assert decoded.message == TransactionEvent(
        event_type=TransactionEventType.ENDED,
        device_at=None,
        transaction_ref="1",
        meter_wh=5,
    )
    assert decoded.warnings[0].startswith("timestamp: ")


def test_q35_our_time_is_utc_in_whole_seconds() -> None:
    at = NOW.replace(microsecond=999_999)
    reply = answer(V16, '[2,"1","Heartbeat",{}]', HeartbeatResult(now=at))
    assert reply == [3, "1", {"currentTime": "2026-03-01T12:00:00Z"}]


@pytest.mark.parametrize("lost", [-1, 0])
def test_q42_lost_transaction_ids_stay_as_they_are(lost: int) -> None:
    decoded = decode(
        V16,
        f"""[2,"1","StopTransaction",{{"transactionId":{lost},"meterStop":5,
        "timestamp":"2026-03-01T11:59:30Z"}}]""",
    )
    assert isinstance(decoded.message, TransactionEvent)
    assert decoded.message.transaction_ref == str(lost)


def test_q49_a_stop_without_anything_is_a_stop() -> None:
    decoded = decode(V16, '[2,"1","StopTransaction",{}]')
    assert decoded == Decoded(
        TransactionEvent(event_type=TransactionEventType.ENDED, device_at=None),
        ("transactionId: required", "timestamp: required", "meterStop: required"),
    )


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ('{"transactionId":"b","stoppedReason":"Local"}', TransactionEventType.ENDED),
        ('{"transactionId":"b"}', TransactionEventType.UPDATED),
    ],
)
def test_a_transaction_event_without_its_type(info: str, expected: TransactionEventType) -> None:
    decoded = decode(V201, f'[2,"1","TransactionEvent",{{"transactionInfo":{info}}}]')
    assert decoded.message == TransactionEvent(
        event_type=expected,
        device_at=None,
        transaction_ref="b",
        stop_reason="Local" if expected is TransactionEventType.ENDED else "",
    )
    assert "eventType: guessed" in decoded.warnings


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("26008.333", 26008),
        ("26008.5", 26008),
        ("26009.5", 26010),
        ('"26008.333"', 26008),
        ('"26008"', 26008),
        ("2.6e4", 26000),
    ],
)
def test_q72_fractional_registers(sent: str, expected: int) -> None:
    decoded = decode(
        V16,
        f"""[2,"1","StopTransaction",{{"transactionId":1,"meterStop":{sent},
        "timestamp":"2026-03-01T11:59:30Z"}}]""",
    )
    assert isinstance(decoded.message, TransactionEvent)
    assert decoded.message.meter_wh == expected
    assert decoded.warnings != ()


@pytest.mark.parametrize("sent", ['"x"', "1e300", "{}", "null", "true"])
def test_an_unreadable_register_does_not_cost_the_stop(sent: str) -> None:
    decoded = decode(
        V16,
        f"""[2,"1","StopTransaction",{{"transactionId":1,"meterStop":{sent},
        "timestamp":"2026-03-01T11:59:30Z"}}]""",
    )
    assert isinstance(decoded.message, TransactionEvent)
    assert decoded.message.meter_wh is None
    assert decoded.warnings[0].startswith("meterStop: ")


@pytest.mark.parametrize("payload", ['"text"', "5", "true", '["a"]'])
def test_a_transaction_message_of_any_shape_is_taken(payload: str) -> None:
    for codec, action in (
        (V16, "StartTransaction"),
        (V16, "StopTransaction"),
        (V16, "MeterValues"),
        (V201, "TransactionEvent"),
        (V201, "MeterValues"),
    ):
        decoded = decode(codec, f'[2,"1","{action}",{payload}]')
        assert decoded.message is not None
        assert decoded.warnings[0] == "payload: type"
