"""The route table of OCPP 1.6."""

from __future__ import annotations

from chargers.domain import commands as neutral
from chargers.ocpp.codec import Codec, InboundRoute, OutboundRoute
from chargers.ocpp.errors import ErrorCode
from chargers.ocpp.schema import Checker
from chargers.ocpp.v16 import (
    authorize,
    boot_notification,
    data_transfer,
    firmware_status_notification,
    heartbeat,
    log_status_notification,
    meter_values,
    security_event_notification,
    start_transaction,
    status_notification,
    stop_transaction,
)
from chargers.ocpp.v16.commands import (
    change_availability,
    change_configuration,
    clear_cache,
    get_configuration,
    get_diagnostics,
    remote_start_transaction,
    remote_stop_transaction,
    reset,
    trigger_message,
    unlock_connector,
)
from chargers.ocpp.v16.commands import data_transfer as data_transfer_command

INBOUND = {
    "Authorize": InboundRoute(authorize.decode, authorize.encode_result),
    "BootNotification": InboundRoute(boot_notification.decode, boot_notification.encode_result),
    "DataTransfer": InboundRoute(
        data_transfer.decode, data_transfer.encode_result, frozenset({"data"})
    ),
    "DiagnosticsStatusNotification": InboundRoute(
        log_status_notification.decode, log_status_notification.encode_result
    ),
    "FirmwareStatusNotification": InboundRoute(
        firmware_status_notification.decode, firmware_status_notification.encode_result
    ),
    "Heartbeat": InboundRoute(heartbeat.decode, heartbeat.encode_result),
    "LogStatusNotification": InboundRoute(
        log_status_notification.decode, log_status_notification.encode_result
    ),
    "MeterValues": InboundRoute(meter_values.decode, meter_values.encode_result),
    "SecurityEventNotification": InboundRoute(
        security_event_notification.decode, security_event_notification.encode_result
    ),
    "SignedFirmwareStatusNotification": InboundRoute(
        firmware_status_notification.decode, firmware_status_notification.encode_result
    ),
    "StartTransaction": InboundRoute(start_transaction.decode, start_transaction.encode_result),
    "StatusNotification": InboundRoute(
        status_notification.decode, status_notification.encode_result
    ),
    "StopTransaction": InboundRoute(stop_transaction.decode, stop_transaction.encode_result),
}

# 1.6 has no question for the state of a transaction
OUTBOUND = {
    neutral.RequestStartTransaction.kind: OutboundRoute(
        "RemoteStartTransaction",
        remote_start_transaction.encode,
        remote_start_transaction.decode_outcome,
    ),
    neutral.RequestStopTransaction.kind: OutboundRoute(
        "RemoteStopTransaction",
        remote_stop_transaction.encode,
        remote_stop_transaction.decode_outcome,
    ),
    neutral.UnlockConnector.kind: OutboundRoute(
        "UnlockConnector", unlock_connector.encode, unlock_connector.decode_outcome
    ),
    neutral.Reset.kind: OutboundRoute("Reset", reset.encode, reset.decode_outcome),
    neutral.ChangeAvailability.kind: OutboundRoute(
        "ChangeAvailability", change_availability.encode, change_availability.decode_outcome
    ),
    neutral.TriggerMessage.kind: OutboundRoute(
        "TriggerMessage", trigger_message.encode, trigger_message.decode_outcome
    ),
    neutral.ClearCache.kind: OutboundRoute(
        "ClearCache", clear_cache.encode, clear_cache.decode_outcome
    ),
    neutral.GetVariables.kind: OutboundRoute(
        "GetConfiguration", get_configuration.encode_keys, get_configuration.decode_outcome
    ),
    neutral.GetBaseReport.kind: OutboundRoute(
        "GetConfiguration", get_configuration.encode_all, get_configuration.decode_outcome
    ),
    neutral.SetVariable.kind: OutboundRoute(
        "ChangeConfiguration", change_configuration.encode, change_configuration.decode_outcome
    ),
    neutral.GetLog.kind: OutboundRoute(
        "GetDiagnostics", get_diagnostics.encode, get_diagnostics.decode_outcome
    ),
    neutral.DataTransfer.kind: OutboundRoute(
        "DataTransfer", data_transfer_command.encode, data_transfer_command.decode_outcome
    ),
}

UNSUPPORTED = frozenset({"SignCertificate"})

CODEC = Codec(
    subprotocol="ocpp1.6",
    checker=Checker(folder="v16", request_suffix=""),
    inbound=INBOUND,
    outbound=OUTBOUND,
    unsupported=UNSUPPORTED,
    spellings={
        ErrorCode.FORMAT_VIOLATION: "FormationViolation",
        ErrorCode.OCCURRENCE_CONSTRAINT_VIOLATION: "OccurenceConstraintViolation",
        ErrorCode.RPC_FRAMEWORK_ERROR: "ProtocolError",
    },
)
