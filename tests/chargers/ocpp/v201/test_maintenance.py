"""Golden frames of OCPP 2.0.1 and 2.1: displays, firmware publication, customers, texts and costs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chargers.domain.messages import (
    NotifyCustomerInformation,
    NotifyDisplayMessages,
    PublishFirmwareStatusNotification,
    ShownMessage,
)
from chargers.domain.results import (
    Acknowledged,
    AuthorizeResult,
    IdTokenInfo,
    PersonalMessage,
    TransactionResult,
)
from chargers.domain.vocabulary import AuthorizationStatus
from chargers.ocpp.codec import Codec
from tests.chargers.ocpp.support import NOW, V21, V201, answer, decode, message, refusal
from tests.chargers.ocpp.v201.test_inbound import AUTHORIZE, ENDED

pytestmark = pytest.mark.parametrize("codec", [V201, V21], ids=["2.0.1", "2.1"])

DISPLAY = """[2,"1","NotifyDisplayMessages",{"requestId":8,"tbc":true,"messageInfo":[
 {"id":1,"priority":"InFront","state":"Idle","transactionId":"b7c1",
 "startDateTime":"2026-03-01T12:00:00Z","endDateTime":"2026-03-01T12:00:00Z",
 "message":{"format":"UTF8","language":"da","content":"Hej"}},
 {"id":2,"priority":"NormalCycle","message":{"format":"ASCII","content":"Hi"}}]}]"""


def test_notify_display_messages(codec: Codec) -> None:
    assert message(codec, DISPLAY) == NotifyDisplayMessages(
        request_id=8,
        is_last=False,
        messages=(
            ShownMessage(
                number=1,
                content="Hej",
                priority="InFront",
                format="UTF8",
                language="da",
                state="Idle",
                transaction_ref="b7c1",
                starts_at=NOW,
                ends_at=NOW,
            ),
            ShownMessage(number=2, content="Hi", priority="NormalCycle", format="ASCII"),
        ),
    )
    assert answer(codec, DISPLAY, Acknowledged()) == [3, "1", {}]


def test_a_faulty_message_costs_that_message(codec: Codec) -> None:
    frame = """[2,"1","NotifyDisplayMessages",{"requestId":8,"messageInfo":[
     {"priority":"InFront","message":{"format":"UTF8","content":"lost"}},
     {"id":2,"priority":"Loud","message":"none"}]}]"""
    decoded = decode(codec, frame)
    assert decoded.message == NotifyDisplayMessages(
        request_id=8,
        is_last=True,
        messages=(ShownMessage(number=2, content="", priority="Loud", format=""),),
    )
    assert "messageInfo: message without id" in decoded.warnings


def test_display_messages_need_their_question(codec: Codec) -> None:
    assert refusal(codec, '[2,"1","NotifyDisplayMessages",{}]')[2:4] == [
        "OccurrenceConstraintViolation",
        "requestId is missing",
    ]


def test_publish_firmware_status(codec: Codec) -> None:
    frame = """[2,"1","PublishFirmwareStatusNotification",{"status":"Published","requestId":5,
     "location":["ftp://10.0.0.2/fw"]}]"""
    assert message(codec, frame) == PublishFirmwareStatusNotification(
        status="Published", request_id=5, locations=("ftp://10.0.0.2/fw",)
    )
    assert answer(codec, frame, Acknowledged()) == [3, "1", {}]


def test_notify_customer_information(codec: Codec) -> None:
    frame = """[2,"1","NotifyCustomerInformation",{"requestId":6,"seqNo":1,"tbc":true,
     "generatedAt":"2026-03-01T12:00:00Z","data":" cache: 04A2 "}]"""
    assert message(codec, frame) == NotifyCustomerInformation(
        request_id=6, seq_no=1, is_last=False, data=" cache: 04A2 "
    )
    assert answer(codec, frame, Acknowledged()) == [3, "1", {}]


def test_a_text_for_the_driver_with_the_token(codec: Codec) -> None:
    token = IdTokenInfo(
        status=AuthorizationStatus.ACCEPTED,
        message=PersonalMessage(text="0.45 EUR/kWh", language="en"),
    )
    assert answer(codec, AUTHORIZE, AuthorizeResult(token=token))[2] == {
        "idTokenInfo": {
            "status": "Accepted",
            "personalMessage": {"format": "UTF8", "language": "en", "content": "0.45 EUR/kWh"},
        }
    }


def test_the_bill_and_a_new_text_with_an_event(codec: Codec) -> None:
    result = TransactionResult(total_cost=Decimal("12.30"), message=PersonalMessage(text="x" * 600))
    assert answer(codec, ENDED, result)[2] == {
        "totalCost": 12.3,
        "updatedPersonalMessage": {"format": "UTF8", "content": "x" * 512},
    }
