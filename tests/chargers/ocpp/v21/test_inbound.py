"""Golden frames of OCPP 2.1 alone, station to us."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chargers.domain.messages import (
    NotifyDerAlarm,
    NotifyDerStartStop,
    NotifySettlement,
    NotifyWebPaymentStarted,
    VatNumberValidation,
)
from chargers.domain.results import Acknowledged, Company, SettlementResult, VatResult
from chargers.ocpp.codec import Decoded
from chargers.ocpp.session import InboundCall, ResultRefused
from tests.chargers.ocpp.support import NOW, V21, V201, answer, decode, make_session, message

SETTLEMENT = """[2,"1","NotifySettlement",{"transactionId":"b7c1","pspRef":"psp-1","status":"Settled",
 "settlementAmount":12.345,"settlementTime":"2026-03-01T12:00:00Z","receiptId":"r-1","vatNumber":"NL1"}]"""
VAT = '[2,"1","VatNumberValidation",{"vatNumber":"NL001","evseId":2}]'


def test_notify_settlement() -> None:
    assert message(V21, SETTLEMENT) == NotifySettlement(
        psp_ref="psp-1",
        status="Settled",
        amount=Decimal("12.3450"),
        settled_at=NOW,
        transaction_ref="b7c1",
        details={"receiptId": "r-1", "vatNumber": "NL1"},
    )
    assert answer(V21, SETTLEMENT, SettlementResult()) == [3, "1", {}]
    shown = SettlementResult(receipt_url="https://r.example/1", receipt_id="r-1")
    assert answer(V21, SETTLEMENT, shown)[2] == {
        "receiptUrl": "https://r.example/1",
        "receiptId": "r-1",
    }


def test_an_amount_that_no_column_holds_is_none() -> None:
    decoded = decode(V21, SETTLEMENT.replace("12.345", "1e300"))
    assert isinstance(decoded.message, NotifySettlement)
    assert decoded.message.amount is None
    assert decoded.warnings == ("settlementAmount: not a usable number",)


def test_vat_number_validation() -> None:
    assert message(V21, VAT) == VatNumberValidation(vat_number="NL001", evse=2)
    assert answer(V21, VAT, VatResult())[2] == {
        "vatNumber": "NL001",
        "evseId": 2,
        "status": "Rejected",
        "statusInfo": {"reasonCode": "NotValidated"},
    }
    company = Company(name="Volta", address1="Quay 1", city="Delft", country="NL")
    assert answer(V21, VAT, VatResult(company=company))[2] == {
        "vatNumber": "NL001",
        "evseId": 2,
        "status": "Accepted",
        "company": {"name": "Volta", "address1": "Quay 1", "city": "Delft", "country": "NL"},
    }


def test_notify_web_payment_started() -> None:
    frame = '[2,"1","NotifyWebPaymentStarted",{"evseId":1,"timeout":120}]'
    assert message(V21, frame) == NotifyWebPaymentStarted(evse=1, timeout_seconds=120)
    assert answer(V21, frame, Acknowledged()) == [3, "1", {}]


def test_notify_der_alarm() -> None:
    frame = """[2,"1","NotifyDERAlarm",{"controlType":"FreqDroop","gridEventFault":"UnderFrequency",
     "timestamp":"2026-03-01T12:00:00Z","alarmEnded":true,"extraInfo":"49.6 Hz"}]"""
    assert message(V21, frame) == NotifyDerAlarm(
        control_type="FreqDroop",
        device_at=NOW,
        fault="UnderFrequency",
        ended=True,
        info="49.6 Hz",
    )
    assert answer(V21, frame, Acknowledged()) == [3, "1", {}]


def test_notify_der_start_stop() -> None:
    frame = """[2,"1","NotifyDERStartStop",{"controlId":"c-2","started":true,
     "timestamp":"2026-03-01T12:00:00Z","supersededIds":["c-1"]}]"""
    assert message(V21, frame) == NotifyDerStartStop(
        control_id="c-2", started=True, device_at=NOW, superseded=("c-1",)
    )
    assert answer(V21, frame, Acknowledged()) == [3, "1", {}]


@pytest.mark.parametrize(
    "frame",
    [
        '[2,"1","ReportDERControl",{"requestId":1}]',
        '[2,"1","ClosePeriodicEventStream",{"id":1}]',
        """[2,"1","BatterySwap",{"eventType":"BatteryIn","requestId":1,
         "idToken":{"idToken":"04A2B9C2","type":"ISO14443"},
         "batteryData":[{"evseId":1,"serialNumber":"b-1","soC":20,"soH":99}]}]""",
    ],
)
def test_what_is_only_kept_is_acknowledged(frame: str) -> None:
    assert decode(V21, frame).message is None
    assert answer(V21, frame, Acknowledged()) == [3, "1", {}]


STREAM = """[6,"s1","NotifyPeriodicEventStream",{"id":1,"pending":0,
 "basetime":"2026-03-01T12:00:00Z","data":[{"t":0,"v":"1"}]}]"""


def test_a_send_wants_no_answer() -> None:
    """Frame type 6: it is kept as a frame, and nobody waits for an answer."""
    [event] = make_session(V21).receive(STREAM, NOW)
    assert isinstance(event, InboundCall)
    assert not event.wants_answer
    assert V21.decode(event.action, event.payload) == Decoded(None)


def test_a_stream_that_nobody_asked_for_is_rejected() -> None:
    frame = """[2,"1","OpenPeriodicEventStream",{"constantStreamData":{"id":1,
     "variableMonitoringId":7,"params":{"interval":60}}}]"""
    assert decode(V21, frame).message is None
    assert answer(V21, frame, Acknowledged()) == [
        3,
        "1",
        {"status": "Rejected", "statusInfo": {"reasonCode": "UnsupportedRequest"}},
    ]


def test_frame_types_5_and_6_mean_nothing_before_2_1() -> None:
    session = make_session(V201)
    refused = '[5,"our-1","FormatViolation","",{}]'
    assert [session.receive(frame, NOW)[0] for frame in (STREAM, refused)]
    assert session.counters["unknown_message_type"] == 2


def test_an_answer_of_ours_that_the_station_cannot_use() -> None:
    session = make_session(V21)
    [event] = session.receive('[5,"their-1","FormatViolation","no",{}]', NOW)
    assert isinstance(event, ResultRefused)
    assert (event.message_id, event.code, event.description) == (
        "their-1",
        "FormatViolation",
        "no",
    )
    assert session.counters["result_refused"] == 1
