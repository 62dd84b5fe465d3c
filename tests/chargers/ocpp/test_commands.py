"""Every command on every version: what is sent, and how answers are read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from chargers.domain.certificates import CertificateUse, HashAlgorithm, InstalledUse, RootUse
from chargers.domain.commands import (
    COMMANDS,
    CancelReservation,
    CertificateSigned,
    ChangeAvailability,
    ChangeTransactionTariff,
    ClearCache,
    ClearDisplayMessage,
    ClearTariffs,
    Command,
    Custom,
    CustomerInformation,
    DataTransfer,
    DeleteCertificate,
    GetBaseReport,
    GetDisplayMessages,
    GetInstalledCertificateIds,
    GetLocalListVersion,
    GetLog,
    GetTariffs,
    GetTransactionStatus,
    GetVariables,
    InstallCertificate,
    Outcome,
    OutcomeStatus,
    PublishFirmware,
    RequestStartTransaction,
    RequestStopTransaction,
    ReserveNow,
    Reset,
    RotateKey,
    SendLocalList,
    SetDefaultTariff,
    SetDisplayMessage,
    SetNetworkProfile,
    SetVariable,
    ShowCost,
    ShowTariff,
    TriggerMessage,
    UnlockConnector,
    UnpublishFirmware,
    UpdateFirmware,
    UpdateType,
)
from chargers.domain.local_list import Entry
from chargers.domain.vocabulary import (
    AuthorizationStatus,
    MessageFormat,
    MessagePriority,
    RequestedMessage,
    ResetType,
)
from chargers.ocpp.codec import Codec
from chargers.ocpp.errors import ErrorCode, NotSupportedError, UnableToEncodeError
from chargers.ocpp.tariff import EXAMPLE
from tests.chargers.ocpp.device_model import DEVICE_MODEL
from tests.chargers.ocpp.support import ALL, NOW, V16, V21, V201
from tests.chargers.ocpp.test_smart_charging_commands import SENT as SMART_CHARGING

ACCEPTED = OutcomeStatus.ACCEPTED
REJECTED = OutcomeStatus.REJECTED
SCHEDULED = OutcomeStatus.SCHEDULED
NOT_SUPPORTED = OutcomeStatus.NOT_SUPPORTED
FAILED = OutcomeStatus.FAILED

START = RequestStartTransaction(id_token_uid="APP-1", remote_start_id=77, evse=2)
PEM = "-----BEGIN CERTIFICATE-----"
HASH_DATA = {
    "hashAlgorithm": "SHA384",
    "issuerNameHash": "ab",
    "issuerKeyHash": "cd",
    "serialNumber": "1F",
}
URL = "https://logs.example.org/upload"
LATER = datetime(2026, 3, 1, 13, 30, tzinfo=UTC)
CARD = Entry(uid="04A2B9C2", expires_at=LATER, parent_uid="FLEET")
CAR = Entry(uid="AABBCCDDEEFF", type="MacAddress", status=AuthorizationStatus.NO_CREDIT)
LIST = SendLocalList(
    version=7, update_type=UpdateType.DIFFERENTIAL, entries=(CARD, CAR), removed=(Entry(uid="OLD"),)
)
EMPTY = SendLocalList(version=8, update_type=UpdateType.FULL)
RESERVE = ReserveNow(reservation_id=3, expires_at=LATER, id_token_uid="04A2B9C2", evse=2)
IMAGE = "https://images.example.org/fw-2.0.bin"
SIGNED = {
    "requestId": 5,
    "firmware": {
        "location": IMAGE,
        "retrieveDateTime": "2026-03-01T12:00:00Z",
        "installDateTime": "2026-03-01T12:00:00Z",
        "signingCertificate": "PEM",
        "signature": "c2ln",
    },
    "retries": 3,
    "retryInterval": 60,
}

# command, what 1.6 sends, what 2.x sends (None: the version has no such message)
SENT: list[tuple[Command, tuple[str, Any] | None, tuple[str, Any] | None]] = [
    (
        START,
        ("RemoteStartTransaction", {"idTag": "APP-1", "connectorId": 2}),
        (
            "RequestStartTransaction",
            {"idToken": {"idToken": "APP-1", "type": "Central"}, "remoteStartId": 77, "evseId": 2},
        ),
    ),
    (
        RequestStartTransaction(id_token_uid="A", id_token_type="eMAID", remote_start_id=1),
        ("RemoteStartTransaction", {"idTag": "A"}),
        (
            "RequestStartTransaction",
            {"idToken": {"idToken": "A", "type": "eMAID"}, "remoteStartId": 1},
        ),
    ),
    (
        RequestStopTransaction(transaction_ref="815"),
        ("RemoteStopTransaction", {"transactionId": 815}),
        ("RequestStopTransaction", {"transactionId": "815"}),
    ),
    (
        GetTransactionStatus(transaction_ref="815"),
        None,
        ("GetTransactionStatus", {"transactionId": "815"}),
    ),
    (
        RotateKey(key="0123456789abcdef0123456789abcdef"),
        (
            "ChangeConfiguration",
            {"key": "AuthorizationKey", "value": "0123456789abcdef0123456789abcdef"},
        ),
        (
            "SetVariables",
            {
                "setVariableData": [
                    {
                        "component": {"name": "SecurityCtrlr"},
                        "variable": {"name": "BasicAuthPassword"},
                        "attributeValue": "0123456789abcdef0123456789abcdef",
                    }
                ]
            },
        ),
    ),
    (
        SetNetworkProfile(slot=2, url="wss://csms.example.org/ocpp", security_profile=2),
        None,
        (
            "SetNetworkProfile",
            {
                "configurationSlot": 2,
                "connectionData": {
                    "ocppVersion": "OCPP20",
                    "ocppTransport": "JSON",
                    "ocppCsmsUrl": "wss://csms.example.org/ocpp",
                    "messageTimeout": 30,
                    "securityProfile": 2,
                    "ocppInterface": "Wired0",
                },
            },
        ),
    ),
    (
        SetNetworkProfile(
            slot=1,
            url="wss://csms.example.org/ocpp",
            security_profile=3,
            interface="Wireless0",
            message_timeout_seconds=60,
            apn="internet",
            apn_user="u",
            apn_password="p",
        ),
        None,
        (
            "SetNetworkProfile",
            {
                "configurationSlot": 1,
                "connectionData": {
                    "ocppVersion": "OCPP20",
                    "ocppTransport": "JSON",
                    "ocppCsmsUrl": "wss://csms.example.org/ocpp",
                    "messageTimeout": 60,
                    "securityProfile": 3,
                    "ocppInterface": "Wireless0",
                    "apn": {
                        "apn": "internet",
                        "apnAuthentication": "AUTO",
                        "apnUserName": "u",
                        "apnPassword": "p",
                    },
                },
            },
        ),
    ),
    (GetTransactionStatus(), None, ("GetTransactionStatus", {})),
    (
        UnlockConnector(evse=2),
        ("UnlockConnector", {"connectorId": 2}),
        ("UnlockConnector", {"evseId": 2, "connectorId": 1}),
    ),
    (
        Reset(type=ResetType.IMMEDIATE),
        ("Reset", {"type": "Hard"}),
        ("Reset", {"type": "Immediate"}),
    ),
    (Reset(), ("Reset", {"type": "Soft"}), ("Reset", {"type": "OnIdle"})),
    (Reset(evse=1), None, ("Reset", {"type": "OnIdle", "evseId": 1})),
    (
        ChangeAvailability(operative=False),
        ("ChangeAvailability", {"connectorId": 0, "type": "Inoperative"}),
        ("ChangeAvailability", {"operationalStatus": "Inoperative"}),
    ),
    (
        ChangeAvailability(operative=True, evse=2, connector=1),
        ("ChangeAvailability", {"connectorId": 2, "type": "Operative"}),
        (
            "ChangeAvailability",
            {"operationalStatus": "Operative", "evse": {"id": 2, "connectorId": 1}},
        ),
    ),
    (
        TriggerMessage(requested_message=RequestedMessage.STATUS_NOTIFICATION, evse=1, connector=1),
        ("TriggerMessage", {"requestedMessage": "StatusNotification", "connectorId": 1}),
        (
            "TriggerMessage",
            {"requestedMessage": "StatusNotification", "evse": {"id": 1, "connectorId": 1}},
        ),
    ),
    (
        TriggerMessage(requested_message=RequestedMessage.LOG_STATUS_NOTIFICATION),
        ("TriggerMessage", {"requestedMessage": "DiagnosticsStatusNotification"}),
        ("TriggerMessage", {"requestedMessage": "LogStatusNotification"}),
    ),
    (
        TriggerMessage(requested_message=RequestedMessage.TRANSACTION_EVENT),
        None,
        ("TriggerMessage", {"requestedMessage": "TransactionEvent"}),
    ),
    (
        TriggerMessage(requested_message=RequestedMessage.SIGN_V2G_CERTIFICATE),
        None,
        ("TriggerMessage", {"requestedMessage": "SignV2GCertificate"}),
    ),
    (
        TriggerMessage(requested_message=RequestedMessage.SIGN_CERTIFICATE),
        ("ExtendedTriggerMessage", {"requestedMessage": "SignChargePointCertificate"}),
        ("TriggerMessage", {"requestedMessage": "SignChargingStationCertificate"}),
    ),
    (ClearCache(), ("ClearCache", {}), ("ClearCache", {})),
    (
        LIST,
        (
            "SendLocalList",
            {
                "listVersion": 7,
                "localAuthorizationList": [
                    {"idTag": "OLD"},
                    {
                        "idTag": "04A2B9C2",
                        "idTagInfo": {
                            "status": "Accepted",
                            "expiryDate": "2026-03-01T13:30:00Z",
                            "parentIdTag": "FLEET",
                        },
                    },
                    {"idTag": "VID:AABBCCDDEEFF", "idTagInfo": {"status": "Blocked"}},
                ],
                "updateType": "Differential",
            },
        ),
        (
            "SendLocalList",
            {
                "localAuthorizationList": [
                    {"idToken": {"idToken": "OLD", "type": "ISO14443"}},
                    {
                        "idToken": {"idToken": "04A2B9C2", "type": "ISO14443"},
                        "idTokenInfo": {
                            "status": "Accepted",
                            "cacheExpiryDateTime": "2026-03-01T13:30:00Z",
                            "groupIdToken": {"idToken": "FLEET", "type": "Central"},
                        },
                    },
                    {
                        "idToken": {"idToken": "AABBCCDDEEFF", "type": "MacAddress"},
                        "idTokenInfo": {"status": "NoCredit"},
                    },
                ],
                "versionNumber": 7,
                "updateType": "Differential",
            },
        ),
    ),
    (
        EMPTY,
        ("SendLocalList", {"listVersion": 8, "localAuthorizationList": [], "updateType": "Full"}),
        ("SendLocalList", {"versionNumber": 8, "updateType": "Full"}),
    ),
    (GetLocalListVersion(), ("GetLocalListVersion", {}), ("GetLocalListVersion", {})),
    (
        RESERVE,
        (
            "ReserveNow",
            {
                "connectorId": 2,
                "expiryDate": "2026-03-01T13:30:00Z",
                "idTag": "04A2B9C2",
                "reservationId": 3,
            },
        ),
        (
            "ReserveNow",
            {
                "id": 3,
                "expiryDateTime": "2026-03-01T13:30:00Z",
                "idToken": {"idToken": "04A2B9C2", "type": "ISO14443"},
                "evseId": 2,
            },
        ),
    ),
    (
        ReserveNow(
            reservation_id=4,
            expires_at=LATER,
            id_token_uid="AABBCCDDEEFF",
            id_token_type="MacAddress",
            parent_uid="FLEET",
            connector_type="IEC_62196_T2_COMBO",
        ),
        (
            "ReserveNow",
            {
                "connectorId": 0,
                "expiryDate": "2026-03-01T13:30:00Z",
                "idTag": "VID:AABBCCDDEEFF",
                "parentIdTag": "FLEET",
                "reservationId": 4,
            },
        ),
        (
            "ReserveNow",
            {
                "id": 4,
                "expiryDateTime": "2026-03-01T13:30:00Z",
                "connectorType": "cCCS2",
                "idToken": {"idToken": "AABBCCDDEEFF", "type": "MacAddress"},
                "groupIdToken": {"idToken": "FLEET", "type": "Central"},
            },
        ),
    ),
    (
        CancelReservation(reservation_id=3),
        ("CancelReservation", {"reservationId": 3}),
        ("CancelReservation", {"reservationId": 3}),
    ),
    (
        GetVariables(names=("OCPPCommCtrlr.HeartbeatInterval",)),
        ("GetConfiguration", {"key": ["OCPPCommCtrlr.HeartbeatInterval"]}),
        (
            "GetVariables",
            {
                "getVariableData": [
                    {
                        "component": {"name": "OCPPCommCtrlr"},
                        "variable": {"name": "HeartbeatInterval"},
                    }
                ]
            },
        ),
    ),
    (GetVariables(), ("GetConfiguration", {}), None),
    (
        SetVariable(name="Connector@1:2.Message[Default]", value="5"),
        ("ChangeConfiguration", {"key": "Connector@1:2.Message[Default]", "value": "5"}),
        (
            "SetVariables",
            {
                "setVariableData": [
                    {
                        "component": {"name": "Connector", "evse": {"id": 1, "connectorId": 2}},
                        "variable": {"name": "Message", "instance": "Default"},
                        "attributeValue": "5",
                    }
                ]
            },
        ),
    ),
    (
        GetBaseReport(request_id=3),
        ("GetConfiguration", {}),
        ("GetBaseReport", {"requestId": 3, "reportBase": "FullInventory"}),
    ),
    *DEVICE_MODEL,
    (
        GetLog(request_id=3, upload_url=URL),
        ("GetDiagnostics", {"location": URL}),
        (
            "GetLog",
            {"logType": "DiagnosticsLog", "requestId": 3, "log": {"remoteLocation": URL}},
        ),
    ),
    (
        GetLog(request_id=3, upload_url=URL, log_type="SecurityLog"),
        ("GetLog", {"logType": "SecurityLog", "requestId": 3, "log": {"remoteLocation": URL}}),
        ("GetLog", {"logType": "SecurityLog", "requestId": 3, "log": {"remoteLocation": URL}}),
    ),
    (
        GetLog(
            request_id=3,
            upload_url=URL,
            oldest_at=NOW,
            latest_at=NOW,
            retries=2,
            retry_interval_seconds=60,
        ),
        (
            "GetDiagnostics",
            {
                "location": URL,
                "startTime": "2026-03-01T12:00:00Z",
                "stopTime": "2026-03-01T12:00:00Z",
                "retries": 2,
                "retryInterval": 60,
            },
        ),
        (
            "GetLog",
            {
                "logType": "DiagnosticsLog",
                "requestId": 3,
                "log": {
                    "remoteLocation": URL,
                    "oldestTimestamp": "2026-03-01T12:00:00Z",
                    "latestTimestamp": "2026-03-01T12:00:00Z",
                },
                "retries": 2,
                "retryInterval": 60,
            },
        ),
    ),
    (
        DataTransfer(vendor_id="Volta"),
        ("DataTransfer", {"vendorId": "Volta"}),
        ("DataTransfer", {"vendorId": "Volta"}),
    ),
    (
        DataTransfer(vendor_id="Volta", message_id="m", data="d"),
        ("DataTransfer", {"vendorId": "Volta", "messageId": "m", "data": "d"}),
        ("DataTransfer", {"vendorId": "Volta", "messageId": "m", "data": "d"}),
    ),
    (
        UpdateFirmware(request_id=5, url=IMAGE, retrieve_at=NOW),
        ("UpdateFirmware", {"location": IMAGE, "retrieveDate": "2026-03-01T12:00:00Z"}),
        (
            "UpdateFirmware",
            {
                "requestId": 5,
                "firmware": {"location": IMAGE, "retrieveDateTime": "2026-03-01T12:00:00Z"},
            },
        ),
    ),
    (
        UpdateFirmware(
            request_id=5,
            url=IMAGE,
            retrieve_at=NOW,
            install_at=NOW,
            retries=3,
            retry_interval_seconds=60,
            signing_certificate="PEM",
            signature="c2ln",
        ),
        ("SignedUpdateFirmware", SIGNED),
        ("UpdateFirmware", SIGNED),
    ),
    (
        PublishFirmware(request_id=5, url=IMAGE, checksum="f" * 32),
        None,
        ("PublishFirmware", {"requestId": 5, "location": IMAGE, "checksum": "f" * 32}),
    ),
    (
        UnpublishFirmware(checksum="f" * 32),
        None,
        ("UnpublishFirmware", {"checksum": "f" * 32}),
    ),
    (
        CustomerInformation(request_id=6, report=True, clear=False, id_token_uid="04A2"),
        None,
        (
            "CustomerInformation",
            {
                "requestId": 6,
                "report": True,
                "clear": False,
                "idToken": {"idToken": "04A2", "type": "Central"},
            },
        ),
    ),
    (
        CustomerInformation(request_id=6, report=False, clear=True, customer_identifier="c-1"),
        None,
        (
            "CustomerInformation",
            {"requestId": 6, "report": False, "clear": True, "customerIdentifier": "c-1"},
        ),
    ),
    (
        SetDisplayMessage(number=7, content="Hej"),
        None,
        (
            "SetDisplayMessage",
            {
                "message": {
                    "id": 7,
                    "priority": "NormalCycle",
                    "message": {"format": "UTF8", "content": "Hej"},
                }
            },
        ),
    ),
    (
        SetDisplayMessage(
            number=7,
            content="Hej",
            priority=MessagePriority.ALWAYS_FRONT,
            format=MessageFormat.ASCII,
            language="da",
            state="Idle",
            transaction_ref="b7c1",
            starts_at=NOW,
            ends_at=NOW,
        ),
        None,
        (
            "SetDisplayMessage",
            {
                "message": {
                    "id": 7,
                    "priority": "AlwaysFront",
                    "state": "Idle",
                    "startDateTime": "2026-03-01T12:00:00Z",
                    "endDateTime": "2026-03-01T12:00:00Z",
                    "transactionId": "b7c1",
                    "message": {"format": "ASCII", "language": "da", "content": "Hej"},
                }
            },
        ),
    ),
    (GetDisplayMessages(request_id=8), None, ("GetDisplayMessages", {"requestId": 8})),
    (
        GetDisplayMessages(request_id=8, priority="InFront", state="Idle"),
        None,
        ("GetDisplayMessages", {"requestId": 8, "priority": "InFront", "state": "Idle"}),
    ),
    (ClearDisplayMessage(number=7), None, ("ClearDisplayMessage", {"id": 7})),
    (
        ShowCost(
            transaction_ref="815",
            total_cost="12.34",
            currency="EUR",
            vendor_id="org.example",
            vendor_message="Cost",
            vendor_data='{"cost": 12.34}',
        ),
        (
            "DataTransfer",
            {"vendorId": "org.example", "messageId": "Cost", "data": '{"cost": 12.34}'},
        ),
        ("CostUpdated", {"transactionId": "815", "totalCost": 12.34}),
    ),
    (
        ShowCost(transaction_ref="815", total_cost="0", currency="EUR"),
        None,
        ("CostUpdated", {"transactionId": "815", "totalCost": 0.0}),
    ),
    (
        ShowTariff(
            number=9,
            text="0.45 EUR/kWh",
            language="en",
            transaction_ref="b7c1",
            vendor_id="org.example",
            vendor_data="0.45 EUR/kWh",
        ),
        ("DataTransfer", {"vendorId": "org.example", "data": "0.45 EUR/kWh"}),
        (
            "SetDisplayMessage",
            {
                "message": {
                    "id": 9,
                    "priority": "InFront",
                    "transactionId": "b7c1",
                    "message": {"format": "UTF8", "language": "en", "content": "0.45 EUR/kWh"},
                }
            },
        ),
    ),
    (
        CertificateSigned(chain=PEM, certificate_id="0199"),
        ("CertificateSigned", {"certificateChain": PEM}),
        (
            "CertificateSigned",
            {"certificateChain": PEM, "certificateType": "ChargingStationCertificate"},
        ),
    ),
    (
        CertificateSigned(chain=PEM, use=CertificateUse.V2G),
        None,
        ("CertificateSigned", {"certificateChain": PEM, "certificateType": "V2GCertificate"}),
    ),
    (
        InstallCertificate(use=RootUse.CSMS, certificate=PEM),
        (
            "InstallCertificate",
            {"certificateType": "CentralSystemRootCertificate", "certificate": PEM},
        ),
        ("InstallCertificate", {"certificateType": "CSMSRootCertificate", "certificate": PEM}),
    ),
    (
        InstallCertificate(use=RootUse.MO, certificate=PEM),
        None,
        ("InstallCertificate", {"certificateType": "MORootCertificate", "certificate": PEM}),
    ),
    (
        DeleteCertificate(
            algorithm=HashAlgorithm.SHA384,
            issuer_name_hash="ab",
            issuer_key_hash="cd",
            serial_number="1F",
        ),
        ("DeleteCertificate", {"certificateHashData": HASH_DATA}),
        ("DeleteCertificate", {"certificateHashData": HASH_DATA}),
    ),
    (
        GetInstalledCertificateIds(use=InstalledUse.MANUFACTURER),
        ("GetInstalledCertificateIds", {"certificateType": "ManufacturerRootCertificate"}),
        ("GetInstalledCertificateIds", {"certificateType": ["ManufacturerRootCertificate"]}),
    ),
    (
        GetInstalledCertificateIds(use=InstalledUse.V2G_CHAIN),
        None,
        ("GetInstalledCertificateIds", {"certificateType": ["V2GCertificateChain"]}),
    ),
    (
        Custom(action="SendLocalList", payload={"any": 1}),
        ("SendLocalList", {"any": 1}),
        ("SendLocalList", {"any": 1}),
    ),
]


@pytest.mark.parametrize(("command", "v16", "v2"), SENT)
@pytest.mark.parametrize("codec", ALL, ids=lambda codec: codec.subprotocol)
def test_what_is_sent(
    codec: Codec, command: Command, v16: tuple[str, Any] | None, v2: tuple[str, Any] | None
) -> None:
    expected = v16 if codec is V16 else v2
    if expected is None:
        with pytest.raises(NotSupportedError) as refused:
            codec.encode_command(command)
        assert refused.value.outcome.status is NOT_SUPPORTED
        return
    call = codec.encode_command(command)
    assert tuple(call) == expected
    # some stations read members in the order of the schema only
    assert list(call.payload) == list(expected[1])
    if not isinstance(command, Custom):
        assert codec.checker.request(call.action).accepts(call.payload)


@pytest.mark.parametrize(("command", "v16", "v2"), SENT)
@pytest.mark.parametrize("codec", ALL, ids=lambda codec: codec.subprotocol)
def test_what_is_sent_is_the_same_after_the_database(
    codec: Codec, command: Command, v16: tuple[str, Any] | None, v2: tuple[str, Any] | None
) -> None:
    expected = v16 if codec is V16 else v2
    if expected is not None:
        stored = json.loads(json.dumps(command.to_json()))
        assert tuple(codec.encode_command(type(command).from_json(stored))) == expected


def test_the_table_above_has_every_kind_of_command() -> None:
    kinds = {command.kind for command, _, _ in SENT} | {command.kind for command, _ in SENT_BY_2_1}
    kinds |= {row[0].kind for row in SMART_CHARGING}
    assert kinds == set(COMMANDS)


# command and what 2.1 sends; older versions have no such message
SENT_BY_2_1: list[tuple[Command, tuple[str, Any]]] = [
    (
        SetDefaultTariff(tariff=EXAMPLE, evse=2),
        ("SetDefaultTariff", {"evseId": 2, "tariff": EXAMPLE}),
    ),
    (GetTariffs(), ("GetTariffs", {"evseId": 0})),
    (ClearTariffs(), ("ClearTariffs", {})),
    (
        ClearTariffs(tariff_ids=("a", "b"), evse=1),
        ("ClearTariffs", {"evseId": 1, "tariffIds": ["a", "b"]}),
    ),
    (
        ChangeTransactionTariff(transaction_ref="b7c1", tariff=EXAMPLE),
        ("ChangeTransactionTariff", {"transactionId": "b7c1", "tariff": EXAMPLE}),
    ),
]


@pytest.mark.parametrize(("command", "expected"), SENT_BY_2_1)
def test_what_2_1_alone_sends(command: Command, expected: tuple[str, Any]) -> None:
    stored = type(command).from_json(json.loads(json.dumps(command.to_json())))
    assert tuple(V21.encode_command(stored)) == expected
    for codec in (V16, V201):
        with pytest.raises(NotSupportedError):
            codec.encode_command(command)


@pytest.mark.parametrize("codec", ALL, ids=lambda codec: codec.subprotocol)
def test_every_command_has_a_route_or_none_on_purpose(codec: Codec) -> None:
    assert set(codec.outbound) == set(COMMANDS) - WITHOUT[codec.subprotocol] - {"custom"}


TARIFFS = {"set_default_tariff", "get_tariffs", "clear_tariffs", "change_transaction_tariff"}
PRIORITY = {"use_priority_charging", "update_dynamic_schedule"}
WITHOUT: dict[str, set[str]] = {
    "ocpp1.6": {
        *TARIFFS,
        *PRIORITY,
        "get_charging_profiles",
        *("set_variables", "set_variable_monitoring", "clear_variable_monitoring"),
        *("set_monitoring_base", "set_monitoring_level", "get_monitoring_report"),
        *("get_transaction_status", "publish_firmware", "unpublish_firmware"),
        *("customer_information", "set_display_message", "get_display_messages"),
        "clear_display_message",
        "set_network_profile",
    },
    "ocpp2.0.1": TARIFFS | PRIORITY,
    "ocpp2.1": set(),
}


@pytest.mark.parametrize(
    ("codec", "command", "fault"),
    [
        (
            V16,
            RequestStartTransaction(id_token_uid="X" * 21, remote_start_id=1),
            "idTag: maxLength",
        ),
        (
            V201,
            RequestStartTransaction(id_token_uid="X" * 37, remote_start_id=1),
            "idToken.idToken: maxLength",
        ),
        (
            V201,
            RequestStartTransaction(id_token_uid="X", id_token_type="Fob", remote_start_id=1),
            "idToken.type: enum",
        ),
        (V16, SetVariable(name="K", value="v" * 501), "value: maxLength"),
        (
            V16,
            SendLocalList(version=1, update_type=UpdateType.FULL, entries=(Entry(uid="X" * 21),)),
            "localAuthorizationList.0.idTag: maxLength",
        ),
        (V16, GetLog(request_id=1, upload_url="no address"), "payload: format"),
        (V21, GetLog(request_id=1, upload_url="x" * 2001), "log.remoteLocation: maxLength"),
    ],
)
def test_what_does_not_fit_the_schema_never_leaves(
    codec: Codec, command: Command, fault: str
) -> None:
    with pytest.raises(UnableToEncodeError) as refused:
        codec.encode_command(command)
    assert refused.value.outcome.status is FAILED
    assert refused.value.outcome.detail["faults"] == [fault]
    assert "X" * 21 not in str(refused.value)


@pytest.mark.parametrize(
    ("codec", "command"),
    [
        (V16, RequestStopTransaction(transaction_ref="b7c1")),
        (V201, SetVariable(name="HeartbeatInterval", value="1")),
        (V201, GetVariables(names=("A.B", "not a name"))),
    ],
)
def test_values_without_a_form_on_the_wire(codec: Codec, command: Command) -> None:
    with pytest.raises(UnableToEncodeError) as refused:
        codec.encode_command(command)
    assert refused.value.outcome.status is FAILED
    assert not isinstance(refused.value, NotSupportedError)


SET = SetVariable(name="A.B", value="1")
PROFILE = SetNetworkProfile(slot=1, url="wss://example.org", security_profile=2)
FIRMWARE = UpdateFirmware(request_id=5, url=IMAGE, retrieve_at=NOW)
SIGNED_FIRMWARE = UpdateFirmware(
    request_id=5, url=IMAGE, retrieve_at=NOW, signing_certificate="PEM", signature="c2ln"
)
SHOWN = SetDisplayMessage(number=1, content="x")
TRIGGER = TriggerMessage(requested_message=RequestedMessage.HEARTBEAT)


def _set_result(word: str) -> dict[str, Any]:
    return {
        "setVariableResult": [
            {"attributeStatus": word, "component": {"name": "A"}, "variable": {"name": "B"}}
        ]
    }


@pytest.mark.parametrize(
    ("codec", "command", "payload", "status", "word"),
    [
        (V16, START, {"status": "Accepted"}, ACCEPTED, "Accepted"),
        (V16, START, {"status": "Rejected"}, REJECTED, "Rejected"),
        (
            V16,
            RequestStopTransaction(transaction_ref="1"),
            {"status": "Rejected"},
            REJECTED,
            "Rejected",
        ),
        (V16, UnlockConnector(evse=1), {"status": "Unlocked"}, ACCEPTED, "Unlocked"),
        (V16, UnlockConnector(evse=1), {"status": "UnlockFailed"}, REJECTED, "UnlockFailed"),
        (V16, UnlockConnector(evse=1), {"status": "NotSupported"}, NOT_SUPPORTED, "NotSupported"),
        (V16, Reset(), {"status": "Accepted"}, ACCEPTED, "Accepted"),
        (V16, ChangeAvailability(operative=True), {"status": "Scheduled"}, SCHEDULED, "Scheduled"),
        (V16, TRIGGER, {"status": "NotImplemented"}, NOT_SUPPORTED, "NotImplemented"),
        (V16, ClearCache(), {"status": "Rejected"}, REJECTED, "Rejected"),
        (V16, SET, {"status": "RebootRequired"}, SCHEDULED, "RebootRequired"),
        (V16, SET, {"status": "NotSupported"}, NOT_SUPPORTED, "NotSupported"),
        (
            V16,
            DataTransfer(vendor_id="V"),
            {"status": "UnknownVendorId"},
            REJECTED,
            "UnknownVendorId",
        ),
        (V16, LIST, {"status": "Accepted"}, ACCEPTED, "Accepted"),
        (V16, LIST, {"status": "VersionMismatch"}, FAILED, "VersionMismatch"),
        (V16, LIST, {"status": "Failed"}, FAILED, "Failed"),
        (V16, LIST, {"status": "NotSupported"}, NOT_SUPPORTED, "NotSupported"),
        (V201, LIST, {"status": "VersionMismatch"}, FAILED, "VersionMismatch"),
        (V16, GetLocalListVersion(), {"listVersion": -1}, ACCEPTED, ""),
        (V16, RESERVE, {"status": "Occupied"}, REJECTED, "Occupied"),
        (V201, RESERVE, {"status": "Faulted"}, REJECTED, "Faulted"),
        (V201, RESERVE, {"status": "Unavailable"}, REJECTED, "Unavailable"),
        (V16, CancelReservation(reservation_id=3), {"status": "Rejected"}, REJECTED, "Rejected"),
        (V16, GetLog(request_id=1, upload_url=URL), {"fileName": "a.zip"}, ACCEPTED, ""),
        (V16, GetLog(request_id=1, upload_url=URL), {}, REJECTED, ""),
        (V201, START, {"status": "Rejected"}, REJECTED, "Rejected"),
        (V201, Reset(), {"status": "Scheduled"}, SCHEDULED, "Scheduled"),
        (
            V201,
            UnlockConnector(evse=1),
            {"status": "UnknownConnector"},
            REJECTED,
            "UnknownConnector",
        ),
        (
            V201,
            UnlockConnector(evse=1),
            {"status": "OngoingAuthorizedTransaction"},
            REJECTED,
            "OngoingAuthorizedTransaction",
        ),
        (V201, ChangeAvailability(operative=True), {"status": "Accepted"}, ACCEPTED, "Accepted"),
        (V201, TRIGGER, {"status": "NotImplemented"}, NOT_SUPPORTED, "NotImplemented"),
        (V201, ClearCache(), {"status": "Accepted"}, ACCEPTED, "Accepted"),
        (V201, SET, _set_result("Accepted"), ACCEPTED, "Accepted"),
        (V16, RotateKey(key="k"), {"status": "Rejected"}, REJECTED, "Rejected"),
        (V201, RotateKey(key="k"), _set_result("RebootRequired"), SCHEDULED, "RebootRequired"),
        (V201, PROFILE, {"status": "Failed"}, FAILED, "Failed"),
        (V201, PROFILE, {"status": "Rejected"}, REJECTED, "Rejected"),
        (V201, SET, _set_result("RebootRequired"), SCHEDULED, "RebootRequired"),
        (V201, SET, _set_result("UnknownVariable"), REJECTED, "UnknownVariable"),
        (
            V201,
            SET,
            _set_result("NotSupportedAttributeType"),
            NOT_SUPPORTED,
            "NotSupportedAttributeType",
        ),
        (
            V201,
            GetBaseReport(request_id=1),
            {"status": "EmptyResultSet"},
            ACCEPTED,
            "EmptyResultSet",
        ),
        (
            V201,
            GetBaseReport(request_id=1),
            {"status": "NotSupported"},
            NOT_SUPPORTED,
            "NotSupported",
        ),
        (
            V201,
            GetLog(request_id=1, upload_url=URL),
            {"status": "AcceptedCanceled"},
            ACCEPTED,
            "AcceptedCanceled",
        ),
        (
            V201,
            RequestStopTransaction(transaction_ref="1"),
            {"status": "Accepted"},
            ACCEPTED,
            "Accepted",
        ),
        (V16, FIRMWARE, {}, ACCEPTED, ""),
        (
            V16,
            SIGNED_FIRMWARE,
            {"status": "InvalidCertificate"},
            REJECTED,
            "InvalidCertificate",
        ),
        (V201, FIRMWARE, {"status": "AcceptedCanceled"}, ACCEPTED, "AcceptedCanceled"),
        (V201, FIRMWARE, {"status": "RevokedCertificate"}, REJECTED, "RevokedCertificate"),
        (
            V201,
            UnpublishFirmware(checksum="f" * 32),
            {"status": "NoFirmware"},
            ACCEPTED,
            "NoFirmware",
        ),
        (
            V201,
            UnpublishFirmware(checksum="f" * 32),
            {"status": "DownloadOngoing"},
            REJECTED,
            "DownloadOngoing",
        ),
        (V201, SHOWN, {"status": "NotSupportedState"}, REJECTED, "NotSupportedState"),
        (V21, SHOWN, {"status": "LanguageNotSupported"}, REJECTED, "LanguageNotSupported"),
        (V201, ClearDisplayMessage(number=1), {"status": "Unknown"}, ACCEPTED, "Unknown"),
        (V21, ClearDisplayMessage(number=1), {"status": "Rejected"}, REJECTED, "Rejected"),
        (V201, GetDisplayMessages(request_id=1), {"status": "Unknown"}, ACCEPTED, "Unknown"),
        (
            V201,
            CustomerInformation(request_id=1, report=True, clear=True, id_token_uid="A"),
            {"status": "Invalid"},
            REJECTED,
            "Invalid",
        ),
        (
            V201,
            ShowCost(transaction_ref="1", total_cost="1", currency="EUR"),
            {},
            ACCEPTED,
            "",
        ),
        (
            V21,
            SetDefaultTariff(tariff=EXAMPLE),
            {"status": "TooManyElements"},
            REJECTED,
            "TooManyElements",
        ),
        (V21, GetTariffs(), {"status": "NoTariff"}, ACCEPTED, "NoTariff"),
        (
            V21,
            ClearTariffs(),
            {"clearTariffsResult": [{"status": "Accepted"}, {"status": "NoTariff"}]},
            ACCEPTED,
            "Accepted",
        ),
        (
            V21,
            ClearTariffs(),
            {"clearTariffsResult": [{"status": "Accepted"}, {"status": "Rejected"}]},
            REJECTED,
            "Rejected",
        ),
        (
            V21,
            ChangeTransactionTariff(transaction_ref="1", tariff=EXAMPLE),
            {"status": "TxNotFound"},
            REJECTED,
            "TxNotFound",
        ),
    ],
)
def test_words_of_answers(
    codec: Codec, command: Command, payload: dict[str, Any], status: OutcomeStatus, word: str
) -> None:
    assert codec.checker.response(codec.encode_command(command).action).accepts(payload)
    outcome = codec.decode_outcome(command, payload)
    assert (outcome.status, outcome.raw_status) == (status, word)
    assert "warnings" not in outcome.detail


def test_an_invented_word_fails_and_is_kept() -> None:
    assert V16.decode_outcome(ClearCache(), {"status": "Maybe"}) == Outcome(
        status=FAILED, raw_status="Maybe", detail={"warnings": ["status: enum"]}
    )


@pytest.mark.parametrize("payload", [{}, [], None, "yes", {"status": {"a": 1}}, {"status": None}])
@pytest.mark.parametrize("codec", ALL, ids=lambda codec: codec.subprotocol)
def test_an_answer_without_meaning_fails(codec: Codec, payload: Any) -> None:
    outcome = codec.decode_outcome(ClearCache(), payload)
    assert (outcome.status, outcome.raw_status) == (FAILED, "")
    assert outcome.detail["warnings"] != []


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({}, ErrorCode.OCCURRENCE_CONSTRAINT_VIOLATION),
        ({"status": "Maybe"}, ErrorCode.PROPERTY_CONSTRAINT_VIOLATION),
        ({"status": {"a": 1}}, ErrorCode.TYPE_CONSTRAINT_VIOLATION),
        ({"status": "Rejected", "statusInfo": {"reasonCode": 5}}, None),
        ({"status": "Accepted", "extra": 1}, None),
    ],
)
def test_what_is_told_of_an_answer_without_meaning(payload: Any, code: ErrorCode | None) -> None:
    problem = V21.answer_problem(V21.decode_outcome(ClearCache(), payload))
    assert (problem.code if problem else None) == code


def test_q87_every_use_of_certificates_is_asked_for_by_name() -> None:
    sent = [codec.encode_command(GetInstalledCertificateIds()).payload for codec in ALL]
    of_2_0_1 = [use.value for use in InstalledUse if use is not InstalledUse.OEM]
    assert sent == [
        {"certificateType": "CentralSystemRootCertificate"},
        {"certificateType": of_2_0_1},
        {"certificateType": [use.value for use in InstalledUse]},
    ]
    for codec, payload in zip(ALL, sent, strict=True):
        assert codec.checker.request("GetInstalledCertificateIds").accepts(payload)


@pytest.mark.parametrize("codec", [V201, V21], ids=lambda codec: codec.subprotocol)
def test_q86_the_version_of_a_list_by_its_name_of_1_6(codec: Codec) -> None:
    outcome = codec.decode_outcome(GetLocalListVersion(), {"listVersion": 7})
    assert (outcome.status, outcome.detail["version"]) == (ACCEPTED, 7)
    assert outcome.detail["warnings"] == ["listVersion: name of another version"]
    both = codec.decode_outcome(GetLocalListVersion(), {"listVersion": 7, "versionNumber": 8})
    assert both.detail["version"] == 8


def test_the_version_of_a_list() -> None:
    command = GetLocalListVersion()
    assert V16.decode_outcome(command, {"listVersion": 7}).detail == {"version": 7}
    assert V201.decode_outcome(command, {"versionNumber": 0}).detail == {"version": 0}
    assert V201.decode_outcome(command, {"versionNumber": "x"}).status is FAILED
    assert V16.decode_outcome(command, {}).status is FAILED


def test_status_info_and_reference_are_kept() -> None:
    payload = {
        "status": "Rejected",
        "transactionId": "b7c1",
        "statusInfo": {"reasonCode": "TxInProgress", "additionalInfo": "since noon"},
    }
    assert V201.decode_outcome(START, payload).detail == {
        "transaction_ref": "b7c1",
        "status_info": {"reason_code": "TxInProgress", "additional_info": "since noon"},
    }


def test_transaction_status() -> None:
    payload = {"ongoingIndicator": True, "messagesInQueue": False}
    assert V201.decode_outcome(GetTransactionStatus(), payload) == Outcome(
        status=ACCEPTED, detail={"ongoing": True, "messages_in_queue": False}
    )


def test_tariffs_of_2_1() -> None:
    payload = {
        "status": "Accepted",
        "tariffAssignments": [
            {"tariffId": "t-1", "tariffKind": "DefaultTariff", "evseIds": [1, 2]},
            {"tariffId": "t-2", "tariffKind": "DriverTariff", "idTokens": ["04A2"]},
        ],
    }
    assert V21.decode_outcome(GetTariffs(), payload).detail["tariffs"] == [
        {"id": "t-1", "kind": "DefaultTariff", "valid_from": "", "evses": [1, 2], "id_tokens": []},
        {"id": "t-2", "kind": "DriverTariff", "valid_from": "", "evses": [], "id_tokens": ["04A2"]},
    ]


def test_an_empty_list_of_cleared_tariffs_says_that_there_was_none() -> None:
    assert V21.decode_outcome(ClearTariffs(), {"clearTariffsResult": []}).status is ACCEPTED
    assert V21.decode_outcome(ClearTariffs(), {}).status is FAILED


def test_configuration_of_1_6_with_faulty_keys_and_a_secret() -> None:
    payload = {
        "configurationKey": [
            {"key": "HeartbeatInterval", "readonly": "false", "value": 300},
            {"key": "AuthorizationKey", "readonly": False, "value": "hunter2hunter2"},
            {"key": "NumberOfConnectors", "readonly": 1, "value": "2"},
            {"readonly": True, "value": "lost"},
            "junk",
            {"key": "Empty", "readonly": False},
        ],
        "unknownKey": ["Nope"],
    }
    outcome = V16.decode_outcome(GetBaseReport(request_id=1), payload)
    assert outcome.status is ACCEPTED
    assert outcome.detail["variables"] == [
        {"name": "HeartbeatInterval", "value": "300", "read_only": False},
        {"name": "AuthorizationKey", "value": "***", "read_only": False},
        {"name": "NumberOfConnectors", "value": "2", "read_only": True},
        {"name": "Empty", "value": None, "read_only": False},
    ]
    assert outcome.detail["unknown"] == ["Nope"]
    assert outcome.detail["warnings"] == [
        "configurationKey.0.readonly: type",
        "configurationKey.0.value: type",
        "configurationKey.2.readonly: type",
        "configurationKey.3.key: required",
        "configurationKey.4: type",
    ]


def test_variables_of_2_0_1() -> None:
    payload = {
        "getVariableResult": [
            {
                "attributeStatus": "Accepted",
                "attributeValue": "300",
                "component": {"name": "OCPPCommCtrlr"},
                "variable": {"name": "HeartbeatInterval"},
            },
            {
                "attributeStatus": "Accepted",
                "attributeValue": "hunter2hunter2",
                "component": {"name": "SecurityCtrlr"},
                "variable": {"name": "BasicAuthPassword"},
            },
            {
                "attributeStatus": "UnknownVariable",
                "component": {"name": "Connector", "evse": {"id": 1, "connectorId": 2}},
                "variable": {"name": "Nope", "instance": "x"},
            },
        ]
    }
    command = GetVariables(names=("A.B",))
    assert V201.decode_outcome(command, payload) == Outcome(
        status=ACCEPTED,
        detail={
            "variables": [
                {"name": "OCPPCommCtrlr.HeartbeatInterval", "value": "300", "read_only": None},
                {"name": "SecurityCtrlr.BasicAuthPassword", "value": "***", "read_only": None},
            ],
            "unknown": ["Connector@1:2.Nope[x]"],
        },
    )


def test_only_unknown_variables_are_a_rejection() -> None:
    payload = {
        "getVariableResult": [
            {
                "attributeStatus": "UnknownComponent",
                "component": {"name": "A"},
                "variable": {"name": "B"},
            }
        ]
    }
    outcome = V201.decode_outcome(GetVariables(names=("A.B",)), payload)
    assert (outcome.status, outcome.raw_status) == (REJECTED, "UnknownComponent")
    assert outcome.detail == {"variables": [], "unknown": ["A.B"]}


@pytest.mark.parametrize("codec", ALL, ids=lambda codec: codec.subprotocol)
def test_custom_answer_is_handed_back_whole(codec: Codec) -> None:
    custom = Custom(action="GetLocalListVersion")
    assert codec.decode_outcome(custom, {"listVersion": 4}) == Outcome(
        status=ACCEPTED, detail={"answer": {"listVersion": 4}}
    )
    assert codec.decode_outcome(custom, {"status": "Rejected"}) == Outcome(
        status=REJECTED, raw_status="Rejected", detail={"answer": {"status": "Rejected"}}
    )


@pytest.mark.parametrize("codec", ALL, ids=lambda codec: codec.subprotocol)
@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("NotImplemented", NOT_SUPPORTED),
        ("NotSupported", NOT_SUPPORTED),
        ("FormationViolation", FAILED),
        ("FormatViolation", FAILED),
        ("OccurenceConstraintViolation", FAILED),
        ("", FAILED),
        ("made up", FAILED),
    ],
)
def test_call_errors(codec: Codec, code: str, status: OutcomeStatus) -> None:
    assert codec.decode_failure(code, "why") == Outcome(
        status=status, raw_status=code, detail={"description": "why"}
    )


def test_instants_survive_the_database() -> None:
    command = GetLog(request_id=1, upload_url=URL, oldest_at=NOW)
    stored = json.loads(json.dumps(command.to_json()))
    assert (stored["oldest_at"], stored["latest_at"]) == ("2026-03-01T12:00:00+00:00", None)
    assert GetLog.from_json(stored) == command
