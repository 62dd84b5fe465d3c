"""Golden frames of OCPP 2.0.1 and 2.1, station to us."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chargers.domain.messages import (
    Authorize,
    BootNotification,
    DataTransfer,
    FirmwareStatusNotification,
    Heartbeat,
    IdTokenRef,
    LogStatusNotification,
    MeterValues,
    NotifyReport,
    Reading,
    ReportedVariable,
    SecurityEventNotification,
    StatusNotification,
    TransactionEvent,
)
from chargers.domain.results import (
    Acknowledged,
    AuthorizeResult,
    BootResult,
    DataTransferResult,
    HeartbeatResult,
    IdTokenInfo,
    TransactionResult,
)
from chargers.domain.vocabulary import (
    AuthorizationStatus,
    ChargingState,
    ConnectorStatus,
    RegistrationStatus,
    TransactionEventType,
)
from chargers.ocpp.codec import Codec, Decoded
from tests.chargers.ocpp.support import NOW, V21, V201, answer, decode, message

AT = datetime(2026, 3, 1, 11, 59, 30, tzinfo=UTC)
pytestmark = pytest.mark.parametrize("codec", [V201, V21], ids=["2.0.1", "2.1"])

BOOT = """[2,"1","BootNotification",{"reason":"PowerUp","chargingStation":{"vendorName":"Volta",
 "model":"V150","serialNumber":"SN-2","firmwareVersion":"2.0","modem":{"iccid":"8945","imsi":"2380"}}}]"""
AUTHORIZE = '[2,"2","Authorize",{"idToken":{"idToken":"DKABC123","type":"eMAID"}}]'
STARTED = """[2,"3","TransactionEvent",{"eventType":"Started","timestamp":"2026-03-01T11:59:30Z",
 "triggerReason":"Authorized","seqNo":0,"offline":true,"reservationId":9,
 "transactionInfo":{"transactionId":"b7c1","chargingState":"EVConnected","remoteStartId":77},
 "evse":{"id":2,"connectorId":1},"idToken":{"idToken":"DKABC123","type":"eMAID"}}]"""
UPDATED = """[2,"4","TransactionEvent",{"eventType":"Updated","timestamp":"2026-03-01T11:59:30Z",
 "triggerReason":"MeterValuePeriodic","seqNo":1,
 "transactionInfo":{"transactionId":"b7c1","chargingState":"Charging"},
 "meterValue":[{"timestamp":"2026-03-01T11:59:30Z","sampledValue":[
 {"value":4.5,"measurand":"Energy.Active.Import.Register","unitOfMeasure":{"unit":"kWh"}},
 {"value":1104,"measurand":"Power.Active.Import","unitOfMeasure":{"unit":"W","multiplier":1}},
 {"value":16.05,"measurand":"Current.Import","phase":"L1"}]}]}]"""
ENDED = """[2,"5","TransactionEvent",{"eventType":"Ended","timestamp":"2026-03-01T11:59:30Z",
 "triggerReason":"EVCommunicationLost","seqNo":2,
 "transactionInfo":{"transactionId":"b7c1","stoppedReason":"EVDisconnected"}}]"""


@pytest.mark.parametrize(
    ("event", "trigger", "info", "expected"),
    [
        ("Ended", "RemoteStop", "", "Remote"),
        ("Ended", "Deauthorized", "", "DeAuthorized"),
        ("Ended", "StopAuthorized", "", ""),
        ("Ended", "RemoteStop", ',"stoppedReason":"EmergencyStop"', "EmergencyStop"),
        ("Updated", "RemoteStop", "", ""),
    ],
)
def test_the_trigger_stands_for_a_reason_that_was_left_out(
    codec: Codec, event: str, trigger: str, info: str, expected: str
) -> None:
    frame = f"""[2,"6","TransactionEvent",{{"eventType":"{event}","seqNo":0,
     "timestamp":"2026-03-01T11:59:30Z","triggerReason":"{trigger}",
     "transactionInfo":{{"transactionId":"b7c1"{info}}}}}]"""
    decoded = message(codec, frame)
    assert isinstance(decoded, TransactionEvent)
    assert decoded.stop_reason == expected


def test_boot_notification(codec: Codec) -> None:
    assert message(codec, BOOT) == BootNotification(
        vendor="Volta",
        model="V150",
        serial_number="SN-2",
        firmware_version="2.0",
        iccid="8945",
        imsi="2380",
        reason="PowerUp",
    )
    result = BootResult(status=RegistrationStatus.PENDING, now=NOW, interval_seconds=60)
    assert answer(codec, BOOT, result) == [
        3,
        "1",
        {"status": "Pending", "currentTime": "2026-03-01T12:00:00Z", "interval": 60},
    ]


def test_heartbeat(codec: Codec) -> None:
    frame = '[2,"hb","Heartbeat",{}]'
    assert message(codec, frame) == Heartbeat()
    assert answer(codec, frame, HeartbeatResult(now=NOW)) == [
        3,
        "hb",
        {"currentTime": "2026-03-01T12:00:00Z"},
    ]


@pytest.mark.parametrize("status", AuthorizationStatus)
def test_authorize(codec: Codec, status: AuthorizationStatus) -> None:
    assert message(codec, AUTHORIZE) == Authorize(id_token=IdTokenRef(uid="DKABC123", type="eMAID"))
    token = IdTokenInfo(status=status, expires_at=NOW, parent_uid="FLEET")
    assert answer(codec, AUTHORIZE, AuthorizeResult(token=token)) == [
        3,
        "2",
        {
            "idTokenInfo": {
                "status": status.value,
                "cacheExpiryDateTime": "2026-03-01T12:00:00Z",
                "groupIdToken": {"idToken": "FLEET", "type": "Central"},
            }
        },
    ]


def test_authorize_by_button(codec: Codec) -> None:
    frame = '[2,"2","Authorize",{"idToken":{"idToken":"","type":"NoAuthorization"}}]'
    assert message(codec, frame) == Authorize(id_token=IdTokenRef(uid="", type="NoAuthorization"))


def test_transaction_started(codec: Codec) -> None:
    assert message(codec, STARTED) == TransactionEvent(
        event_type=TransactionEventType.STARTED,
        device_at=AT,
        transaction_ref="b7c1",
        evse=2,
        connector=1,
        id_token=IdTokenRef(uid="DKABC123", type="eMAID"),
        seq_no=0,
        charging_state=ChargingState.EV_CONNECTED,
        trigger_reason="Authorized",
        remote_start_id=77,
        reservation_id=9,
        offline=True,
    )
    token = IdTokenInfo(status=AuthorizationStatus.NO_CREDIT)
    assert answer(codec, STARTED, TransactionResult(token=token)) == [
        3,
        "3",
        {"idTokenInfo": {"status": "NoCredit"}},
    ]


def test_transaction_updated(codec: Codec) -> None:
    assert message(codec, UPDATED) == TransactionEvent(
        event_type=TransactionEventType.UPDATED,
        device_at=AT,
        transaction_ref="b7c1",
        readings=(
            Reading(device_at=AT, energy_wh=4500, power_w=11_040, current_ma=(16_050, None, None)),
        ),
        seq_no=1,
        charging_state=ChargingState.CHARGING,
        trigger_reason="MeterValuePeriodic",
    )
    assert answer(codec, UPDATED, TransactionResult()) == [3, "4", {}]


def test_transaction_ended(codec: Codec) -> None:
    assert message(codec, ENDED) == TransactionEvent(
        event_type=TransactionEventType.ENDED,
        device_at=AT,
        transaction_ref="b7c1",
        seq_no=2,
        trigger_reason="EVCommunicationLost",
        stop_reason="EVDisconnected",
    )


def test_meter_values(codec: Codec) -> None:
    frame = """[2,"6","MeterValues",{"evseId":0,"meterValue":[{"timestamp":"2026-03-01T11:59:30Z",
     "sampledValue":[{"value":7,"context":"Sample.Clock"}]}]}]"""
    assert message(codec, frame) == MeterValues(
        evse=0,
        connector=None,
        transaction_ref=None,
        readings=(Reading(device_at=AT, context="Sample.Clock", energy_wh=7),),
    )
    assert answer(codec, frame, Acknowledged()) == [3, "6", {}]


@pytest.mark.parametrize("status", ConnectorStatus)
def test_status_notification(codec: Codec, status: ConnectorStatus) -> None:
    frame = f"""[2,"7","StatusNotification",{{"timestamp":"2026-03-01T11:59:30Z",
     "connectorStatus":"{status}","evseId":2,"connectorId":1}}]"""
    assert message(codec, frame) == StatusNotification(
        evse=2, connector=1, status=status, device_at=AT, raw_status=status.value
    )
    assert answer(codec, frame, Acknowledged()) == [3, "7", {}]


def test_status_without_connector_means_the_first(codec: Codec) -> None:
    decoded = decode(
        codec,
        """[2,"7","StatusNotification",{"timestamp":"2026-03-01T11:59:30Z",
        "connectorStatus":"Occupied","evseId":2}]""",
    )
    assert decoded == Decoded(
        StatusNotification(
            evse=2,
            connector=1,
            status=ConnectorStatus.OCCUPIED,
            device_at=AT,
            raw_status="Occupied",
        ),
        ("connectorId: required",),
    )


def test_notify_report(codec: Codec) -> None:
    frame = """[2,"8","NotifyReport",{"requestId":5,"generatedAt":"2026-03-01T11:59:30Z","seqNo":1,
     "tbc":true,"reportData":[
     {"component":{"name":"EVSE","evse":{"id":1,"connectorId":2}},
      "variable":{"name":"Power","instance":"max"},
      "variableAttribute":[{"type":"Actual","value":"22000","mutability":"ReadOnly"}],
      "variableCharacteristics":{"dataType":"integer","unit":"W","supportsMonitoring":false}},
     {"component":{"name":"SecurityCtrlr","instance":"main"},
      "variable":{"name":"BasicAuthPassword"},
      "variableAttribute":[{"value":"hunter2hunter2","mutability":"ReadWrite"}]}]}]"""
    assert message(codec, frame) == NotifyReport(
        request_id=5,
        seq_no=1,
        is_last=False,
        variables=(
            ReportedVariable(
                component="EVSE",
                variable="Power",
                variable_instance="max",
                evse=1,
                connector=2,
                attributes={"Actual": "22000"},
                mutability={"Actual": "ReadOnly"},
                is_read_only=True,
                characteristics={"dataType": "integer", "unit": "W", "supportsMonitoring": False},
            ),
            ReportedVariable(
                component="SecurityCtrlr",
                component_instance="main",
                variable="BasicAuthPassword",
                attributes={"Actual": "***"},
                mutability={"Actual": "ReadWrite"},
            ),
        ),
    )
    assert answer(codec, frame, Acknowledged()) == [3, "8", {}]


def test_last_page_of_a_report_loses_only_its_faulty_entry(codec: Codec) -> None:
    decoded = decode(
        codec,
        """[2,"8","NotifyReport",{"requestId":5,"generatedAt":"2026-03-01T11:59:30Z","seqNo":2,
        "reportData":[{"component":{"name":"EVSE"},"variable":{}},
        {"component":{"name":"A"},"variable":{"name":"B"},
        "variableAttribute":[{"value":12,"constant":"true"}]}]}]""",
    )
    assert decoded.message == NotifyReport(
        request_id=5,
        seq_no=2,
        is_last=True,
        variables=(
            ReportedVariable(
                component="A",
                variable="B",
                attributes={"Actual": "12"},
                mutability={"Actual": "ReadWrite"},
                is_constant=True,
            ),
        ),
    )
    assert decoded.warnings == (
        "reportData.0.variable.name: required",
        "reportData.0.variableAttribute: required",
        "reportData.1.variableAttribute.0.value: type",
        "reportData.1.variableAttribute.0.constant: type",
        "reportData: entry without name",
    )


def test_data_transfer(codec: Codec) -> None:
    frame = '[2,"9","DataTransfer",{"vendorId":"Volta","messageId":"m","data":{"a":1}}]'
    assert message(codec, frame) == DataTransfer(vendor_id="Volta", message_id="m", data={"a": 1})
    assert answer(codec, frame, DataTransferResult(status="UnknownMessageId")) == [
        3,
        "9",
        {"status": "UnknownMessageId"},
    ]


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (
            '[2,"8","FirmwareStatusNotification",{"status":"Installed","requestId":4}]',
            FirmwareStatusNotification(status="Installed", request_id=4),
        ),
        (
            '[2,"8","LogStatusNotification",{"status":"Uploading","requestId":4}]',
            LogStatusNotification(status="Uploading", request_id=4),
        ),
        (
            (
                '[2,"8","SecurityEventNotification",{"type":"SettingSystemTime",'
                '"timestamp":"2026-03-01T11:59:30Z"}]'
            ),
            SecurityEventNotification(event_type="SettingSystemTime", device_at=AT),
        ),
    ],
)
def test_notifications(codec: Codec, frame: str, expected: object) -> None:
    assert message(codec, frame) == expected
    assert answer(codec, frame, Acknowledged()) == [3, "8", {}]
