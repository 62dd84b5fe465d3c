"""Calls of ours: one in flight, a queue behind it, deadlines as values."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chargers.ocpp.codec import Codec
from chargers.ocpp.errors import ErrorCode
from chargers.ocpp.session import (
    CallAnswered,
    CallFailed,
    CallTimedOut,
    Ignored,
    InboundCall,
    OutboundCall,
    OutboundQueueFullError,
    Session,
)
from tests.chargers.ocpp.support import NOW, SECONDS_30, V16, V21, V201, make_session


def _call(session: Session, action: str = "Reset", **options: object) -> OutboundCall:
    return session.call(action, {"a": 1}, timeout=SECONDS_30, **options)  # type: ignore[arg-type]


def test_one_call_at_a_time_in_order() -> None:
    session = make_session()
    first, second = _call(session, tag="row-1"), _call(session, "ClearCache", tag="row-2")
    assert session.next_call(NOW) == '[2,"our-1","Reset",{"a":1}]'
    assert session.next_call(NOW) is None
    raw = '[3,"our-1",{"status":"Accepted"}]'
    assert session.receive(raw, NOW) == [CallAnswered(first, {"status": "Accepted"}, raw)]
    assert first.tag == "row-1"
    assert session.next_call(NOW) == '[2,"our-2","ClearCache",{"a":1}]'
    assert session.in_flight is second


def test_call_error() -> None:
    session = make_session()
    call = _call(session)
    session.next_call(NOW)
    raw = '[4,"our-1","NotSupported","no such thing",{"a":1}]'
    assert session.receive(raw, NOW) == [
        CallFailed(call, "NotSupported", "no such thing", {"a": 1}, raw)
    ]
    assert session.in_flight is None


@pytest.mark.parametrize("raw", ['[4,"our-1"]', '[4,"our-1",null,5,"x"]', '[4,"our-1",{},[],[]]'])
def test_call_error_with_parts_missing(raw: str) -> None:
    session = make_session()
    call = _call(session)
    session.next_call(NOW)
    assert session.receive(raw, NOW) == [CallFailed(call, "", "", {}, raw)]


@pytest.mark.parametrize("raw", ['[3,"our-1"]', '[3,"our-1",null]', '[3,"our-1",[]]'])
def test_answer_without_payload_is_empty(raw: str) -> None:
    session = make_session()
    call = _call(session)
    session.next_call(NOW)
    assert session.receive(raw, NOW) == [CallAnswered(call, {}, raw)]


def test_answer_that_is_no_object_fails_the_call() -> None:
    session = make_session()
    call = _call(session)
    session.next_call(NOW)
    raw = '[3,"our-1","Accepted"]'
    assert session.receive(raw, NOW) == [
        CallFailed(call, "FormationViolation", "the answer is no object", {}, raw)
    ]


def test_a_station_of_2_1_is_told_of_an_answer_that_is_no_object() -> None:
    """OCPP 2.1 part 4, 4.2.4: CALLRESULTERROR."""
    session = make_session(V21)
    call = _call(session)
    session.next_call(NOW)
    raw = '[3,"our-1","Accepted"]'
    refusal = '[5,"our-1","FormatViolation","the answer is no object",{}]'
    assert session.receive(raw, NOW) == [
        CallFailed(call, "FormatViolation", "the answer is no object", {}, raw, refusal)
    ]
    assert session.in_flight is None


@pytest.mark.parametrize(
    ("codec", "text"), [(V16, ""), (V201, ""), (V21, '[5,"x","InternalError","no",{}]')]
)
def test_the_refusal_of_an_answer_exists_in_2_1_only(codec: Codec, text: str) -> None:
    assert make_session(codec).result_error("x", ErrorCode.INTERNAL_ERROR, "no") == text


@pytest.mark.parametrize("raw", ['[3,"stranger",{}]', '[4,"stranger","GenericError","",{}]', "[3]"])
def test_stranger_answer_leaves_the_pending_call_alone(raw: str) -> None:
    session = make_session()
    call = _call(session)
    session.next_call(NOW)
    assert session.receive(raw, NOW) == [Ignored("unsolicited_answer", raw)]
    assert session.in_flight is call
    assert session.counters["unsolicited_answer"] == 1


def test_answer_to_a_queued_call_is_ignored() -> None:
    session = make_session()
    _call(session)
    raw = '[3,"our-1",{}]'
    assert session.receive(raw, NOW) == [Ignored("unsolicited_answer", raw)]
    assert session.next_call(NOW) is not None


def test_second_answer_is_ignored() -> None:
    session = make_session()
    _call(session)
    _call(session)
    session.next_call(NOW)
    raw = '[3,"our-1",{}]'
    session.receive(raw, NOW)
    session.next_call(NOW)
    assert session.receive(raw, NOW) == [Ignored("unsolicited_answer", raw)]
    assert session.in_flight is not None


def test_timeout_frees_the_lane_and_a_late_answer_means_nothing() -> None:
    session = make_session()
    first, second = _call(session), _call(session)
    session.next_call(NOW)
    assert session.next_deadline() == NOW + SECONDS_30
    assert session.expire(NOW + timedelta(seconds=29)) == []
    late = NOW + SECONDS_30
    assert session.expire(late) == [CallTimedOut(first, was_sent=True)]
    assert session.expire(late) == []
    assert session.timeouts_in_a_row == 1
    assert session.next_call(late) == second.text()
    raw = '[3,"our-1",{"status":"Accepted"}]'
    assert session.receive(raw, late) == [Ignored("unsolicited_answer", raw)]
    assert session.in_flight is second


def test_an_answer_ends_the_row_of_timeouts() -> None:
    session = make_session()
    for _ in range(3):
        _call(session)
        session.next_call(NOW)
        session.expire(NOW + SECONDS_30)
    assert session.timeouts_in_a_row == 3
    _call(session)
    session.next_call(NOW)
    session.receive('[3,"our-4",{}]', NOW)
    assert session.timeouts_in_a_row == 0
    assert session.counters["timeout"] == 3


def test_a_queued_call_gives_up_without_having_left() -> None:
    session = make_session()
    _call(session)
    waiting = _call(session, give_up_at=NOW + timedelta(seconds=10))
    session.next_call(NOW)
    assert session.next_deadline() == NOW + timedelta(seconds=10)
    assert session.expire(NOW + timedelta(seconds=10)) == [CallTimedOut(waiting, was_sent=False)]
    assert session.timeouts_in_a_row == 0
    assert session.next_deadline() == NOW + SECONDS_30


def test_the_nearer_of_timeout_and_deadline_counts() -> None:
    session = make_session()
    _call(session, give_up_at=NOW + timedelta(seconds=5))
    session.next_call(NOW)
    assert session.next_deadline() == NOW + timedelta(seconds=5)


def test_no_call_before_the_boot_is_answered_or_the_hold_is_over() -> None:
    until = NOW + SECONDS_30
    session = make_session(hold_until=until)
    assert session.next_deadline() is None
    _call(session)
    assert session.next_call(NOW) is None
    assert session.next_deadline() == until
    assert session.next_call(until) == '[2,"our-1","Reset",{"a":1}]'

    released = make_session(hold_until=until)
    _call(released)
    released.release()
    assert released.next_call(NOW) == '[2,"our-1","Reset",{"a":1}]'


def test_the_lanes_are_independent() -> None:
    session = make_session()
    call = _call(session)
    session.next_call(NOW)
    [event] = session.receive('[2,"our-1","Heartbeat",{}]', NOW)
    assert isinstance(event, InboundCall)
    assert session.in_flight is call
    raw = '[3,"our-1",{}]'
    assert session.receive(raw, NOW) == [CallAnswered(call, {}, raw)]


def test_close_hands_back_what_has_no_answer() -> None:
    session = make_session()
    first, second = _call(session), _call(session)
    session.next_call(NOW)
    assert session.close() == [
        CallTimedOut(first, was_sent=True),
        CallTimedOut(second, was_sent=False),
    ]
    assert session.next_deadline() is None
    assert session.close() == []


def test_the_queue_has_a_bound() -> None:
    session = make_session()
    for _ in range(64):
        _call(session)
    with pytest.raises(OutboundQueueFullError):
        _call(session)
    session.next_call(NOW)
    _call(session)
