"""Golden frames of OCPP 1.6, station to us."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

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
    Reading,
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
from tests.chargers.ocpp.support import NOW, V16, answer, decode, message

AT = datetime(2026, 3, 1, 11, 59, 30, tzinfo=UTC)

BOOT = """[2,"1","BootNotification",{"chargePointVendor":"Volta","chargePointModel":"V22",
 "chargePointSerialNumber":"SN-1","firmwareVersion":"1.4.2","iccid":"8945","imsi":"2380"}]"""
AUTHORIZE = '[2,"2","Authorize",{"idTag":"04A1B2C3"}]'
START = """[2,"3","StartTransaction",{"connectorId":2,"idTag":"04A1B2C3","meterStart":1200,
 "reservationId":7,"timestamp":"2026-03-01T11:59:30Z"}]"""
STOP = """[2,"4","StopTransaction",{"transactionId":815,"idTag":"04A1B2C3","meterStop":9800,
 "timestamp":"2026-03-01T11:59:30Z","reason":"EVDisconnected","transactionData":[
 {"timestamp":"2026-03-01T11:59:30Z","sampledValue":[{"value":"9.8","unit":"kWh",
 "context":"Transaction.End"}]}]}]"""
METER = """[2,"5","MeterValues",{"connectorId":2,"transactionId":815,"meterValue":[
 {"timestamp":"2026-03-01T11:59:30.250Z","sampledValue":[
 {"value":"4500"},
 {"value":"11.04","measurand":"Power.Active.Import","unit":"kW"},
 {"value":"16","measurand":"Current.Import","phase":"L1","unit":"A"},
 {"value":"15.9","measurand":"Current.Import","phase":"L2","unit":"A"},
 {"value":"16.1","measurand":"Current.Import","phase":"L3","unit":"A"},
 {"value":"230.4","measurand":"Voltage","phase":"L1-N","unit":"V"},
 {"value":"41","measurand":"SoC","unit":"Percent","location":"EV"},
 {"value":"31","measurand":"Temperature","unit":"Celsius","location":"Body"}]}]}]"""
STATUS = """[2,"6","StatusNotification",{"connectorId":1,"errorCode":"OtherError","status":"Faulted",
 "info":"door open","vendorId":"Volta","vendorErrorCode":"E42",
 "timestamp":"2026-03-01T11:59:30Z"}]"""


def test_boot_notification() -> None:
    assert message(V16, BOOT) == BootNotification(
        vendor="Volta",
        model="V22",
        serial_number="SN-1",
        firmware_version="1.4.2",
        iccid="8945",
        imsi="2380",
    )


def test_boot_serial_of_the_box_when_the_point_has_none() -> None:
    frame = """[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M",
     "chargeBoxSerialNumber":"BOX"}]"""
    assert message(V16, frame) == BootNotification(vendor="V", model="M", serial_number="BOX")


@pytest.mark.parametrize("status", RegistrationStatus)
def test_boot_answer(status: RegistrationStatus) -> None:
    result = BootResult(status=status, now=NOW, interval_seconds=300)
    assert answer(V16, BOOT, result) == [
        3,
        "1",
        {"status": status.value, "currentTime": "2026-03-01T12:00:00Z", "interval": 300},
    ]


def test_heartbeat() -> None:
    frame = '[2,"hb","Heartbeat",{}]'
    assert message(V16, frame) == Heartbeat()
    late = datetime(2026, 3, 1, 14, 0, 0, 987654, tzinfo=timezone(timedelta(hours=2)))
    assert answer(V16, frame, HeartbeatResult(now=late)) == [
        3,
        "hb",
        {"currentTime": "2026-03-01T12:00:00Z"},
    ]


def test_authorize() -> None:
    assert message(V16, AUTHORIZE) == Authorize(id_token=IdTokenRef(uid="04A1B2C3"))


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (AuthorizationStatus.ACCEPTED, "Accepted"),
        (AuthorizationStatus.BLOCKED, "Blocked"),
        (AuthorizationStatus.CONCURRENT_TX, "ConcurrentTx"),
        (AuthorizationStatus.EXPIRED, "Expired"),
        (AuthorizationStatus.INVALID, "Invalid"),
        (AuthorizationStatus.NO_CREDIT, "Blocked"),
        (AuthorizationStatus.NOT_ALLOWED_TYPE_EVSE, "Blocked"),
        (AuthorizationStatus.NOT_AT_THIS_LOCATION, "Blocked"),
        (AuthorizationStatus.NOT_AT_THIS_TIME, "Blocked"),
        (AuthorizationStatus.UNKNOWN, "Invalid"),
    ],
)
def test_authorization_words_map_down(status: AuthorizationStatus, word: str) -> None:
    result = AuthorizeResult(token=IdTokenInfo(status=status))
    assert answer(V16, AUTHORIZE, result) == [3, "2", {"idTagInfo": {"status": word}}]


def test_id_tag_info_in_full_and_parent_too_long() -> None:
    token = IdTokenInfo(status=AuthorizationStatus.ACCEPTED, expires_at=NOW, parent_uid="FLEET")
    assert answer(V16, AUTHORIZE, AuthorizeResult(token=token))[2] == {
        "idTagInfo": {
            "status": "Accepted",
            "expiryDate": "2026-03-01T12:00:00Z",
            "parentIdTag": "FLEET",
        }
    }
    long = IdTokenInfo(status=AuthorizationStatus.ACCEPTED, parent_uid="F" * 21)
    assert answer(V16, AUTHORIZE, AuthorizeResult(token=long))[2] == {
        "idTagInfo": {"status": "Accepted"}
    }


def test_start_transaction() -> None:
    assert message(V16, START) == TransactionEvent(
        event_type=TransactionEventType.STARTED,
        device_at=AT,
        evse=2,
        connector=1,
        id_token=IdTokenRef(uid="04A1B2C3"),
        meter_wh=1200,
        reservation_id=7,
    )


def test_start_answer_has_an_id_with_a_refusal_too() -> None:
    token = IdTokenInfo(status=AuthorizationStatus.UNKNOWN)
    assert answer(V16, START, TransactionResult(assigned_id=815, token=token)) == [
        3,
        "3",
        {"transactionId": 815, "idTagInfo": {"status": "Invalid"}},
    ]
    assert answer(V16, START, TransactionResult(assigned_id=815))[2] == {
        "transactionId": 815,
        "idTagInfo": {"status": "Accepted"},
    }


def test_start_answer_without_an_id_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="assigned id"):
        answer(V16, START, TransactionResult())


def test_stop_transaction() -> None:
    assert message(V16, STOP) == TransactionEvent(
        event_type=TransactionEventType.ENDED,
        device_at=AT,
        transaction_ref="815",
        id_token=IdTokenRef(uid="04A1B2C3"),
        meter_wh=9800,
        readings=(Reading(device_at=AT, context="Transaction.End", energy_wh=9800),),
        stop_reason="EVDisconnected",
    )


def test_stop_answer() -> None:
    assert answer(V16, STOP, TransactionResult()) == [3, "4", {}]
    token = IdTokenInfo(status=AuthorizationStatus.EXPIRED)
    assert answer(V16, STOP, TransactionResult(token=token))[2] == {
        "idTagInfo": {"status": "Expired"}
    }


def test_meter_values() -> None:
    assert message(V16, METER) == MeterValues(
        evse=2,
        connector=1,
        transaction_ref="815",
        readings=(
            Reading(
                device_at=datetime(2026, 3, 1, 11, 59, 30, 250_000, tzinfo=UTC),
                energy_wh=4500,
                power_w=11_040,
                current_ma=(16_000, 15_900, 16_100),
                voltage_mv=230_400,
                soc_percent=41,
                extra={"Temperature@Body": "31 Celsius"},
            ),
        ),
    )
    assert answer(V16, METER, Acknowledged()) == [3, "5", {}]


def test_meter_values_of_the_whole_station() -> None:
    frame = """[2,"5","MeterValues",{"connectorId":0,"meterValue":[
     {"timestamp":"2026-03-01T11:59:30Z","sampledValue":[{"value":"1"}]}]}]"""
    assert message(V16, frame) == MeterValues(
        evse=0,
        connector=None,
        transaction_ref=None,
        readings=(Reading(device_at=AT, energy_wh=1),),
    )


@pytest.mark.parametrize(
    ("word", "status", "state"),
    [
        ("Available", ConnectorStatus.AVAILABLE, None),
        ("Preparing", ConnectorStatus.OCCUPIED, ChargingState.EV_CONNECTED),
        ("Charging", ConnectorStatus.OCCUPIED, ChargingState.CHARGING),
        ("SuspendedEV", ConnectorStatus.OCCUPIED, ChargingState.SUSPENDED_EV),
        ("SuspendedEVSE", ConnectorStatus.OCCUPIED, ChargingState.SUSPENDED_EVSE),
        ("Finishing", ConnectorStatus.OCCUPIED, ChargingState.EV_CONNECTED),
        ("Reserved", ConnectorStatus.RESERVED, None),
        ("Unavailable", ConnectorStatus.UNAVAILABLE, None),
        ("Faulted", ConnectorStatus.FAULTED, None),
    ],
)
def test_nine_statuses(word: str, status: ConnectorStatus, state: ChargingState | None) -> None:
    frame = f"""[2,"6","StatusNotification",{{"connectorId":3,"errorCode":"NoError",
     "status":"{word}"}}]"""
    assert message(V16, frame) == StatusNotification(
        evse=3,
        connector=1,
        status=status,
        charging_state=state,
        device_at=None,
        raw_status=word,
    )


def test_status_with_vendor_fault() -> None:
    assert message(V16, STATUS) == StatusNotification(
        evse=1,
        connector=1,
        status=ConnectorStatus.FAULTED,
        device_at=AT,
        raw_status="Faulted",
        error_code="OtherError",
        vendor_id="Volta",
        vendor_error_code="E42",
        info="door open",
    )
    assert answer(V16, STATUS, Acknowledged()) == [3, "6", {}]


def test_status_of_the_whole_station() -> None:
    frame = """[2,"6","StatusNotification",{"connectorId":0,"errorCode":"NoError",
     "status":"Available"}]"""
    status = message(V16, frame)
    assert isinstance(status, StatusNotification)
    assert (status.evse, status.connector) == (0, 0)


def test_data_transfer() -> None:
    frame = '[2,"7","DataTransfer",{"vendorId":"Volta","messageId":"ping","data":"a"}]'
    assert message(V16, frame) == DataTransfer(vendor_id="Volta", message_id="ping", data="a")
    assert answer(V16, frame, DataTransferResult(status="UnknownVendorId")) == [
        3,
        "7",
        {"status": "UnknownVendorId"},
    ]
    assert answer(V16, frame, DataTransferResult(status="Accepted", data="b"))[2] == {
        "status": "Accepted",
        "data": "b",
    }


def test_data_transfer_keeps_an_object_though_the_schema_wants_text() -> None:
    decoded = decode(V16, '[2,"7","DataTransfer",{"vendorId":"Volta","data":{"a":[1,null]}}]')
    assert decoded.message == DataTransfer(vendor_id="Volta", data={"a": [1, None]})


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (
            '[2,"8","FirmwareStatusNotification",{"status":"Installing"}]',
            FirmwareStatusNotification(status="Installing"),
        ),
        (
            '[2,"8","SignedFirmwareStatusNotification",{"status":"Downloaded","requestId":4}]',
            FirmwareStatusNotification(status="Downloaded", request_id=4),
        ),
        (
            '[2,"8","DiagnosticsStatusNotification",{"status":"Uploading"}]',
            LogStatusNotification(status="Uploading"),
        ),
        (
            '[2,"8","LogStatusNotification",{"status":"Uploaded","requestId":4}]',
            LogStatusNotification(status="Uploaded", request_id=4),
        ),
        (
            (
                '[2,"8","SecurityEventNotification",{"type":"FirmwareUpdated",'
                '"timestamp":"2026-03-01T11:59:30Z","techInfo":"x"}]'
            ),
            SecurityEventNotification(event_type="FirmwareUpdated", device_at=AT, tech_info="x"),
        ),
    ],
)
def test_notifications(frame: str, expected: object) -> None:
    assert message(V16, frame) == expected
    assert answer(V16, frame, Acknowledged()) == [3, "8", {}]
