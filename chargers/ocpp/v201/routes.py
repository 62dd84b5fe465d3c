"""The route table of OCPP 2.0.1."""

from __future__ import annotations

from chargers.domain import commands as neutral
from chargers.ocpp.codec import Codec, InboundRoute, OutboundRoute
from chargers.ocpp.schema import Checker
from chargers.ocpp.v201 import (
    acknowledged,
    authorize,
    boot_notification,
    data_transfer,
    firmware_status_notification,
    heartbeat,
    log_status_notification,
    meter_values,
    notify_report,
    security_event_notification,
    status_notification,
    transaction_event,
)
from chargers.ocpp.v201.commands import (
    change_availability,
    clear_cache,
    get_base_report,
    get_log,
    get_transaction_status,
    get_variables,
    request_start_transaction,
    request_stop_transaction,
    reset,
    set_variables,
    trigger_message,
    unlock_connector,
)
from chargers.ocpp.v201.commands import data_transfer as data_transfer_command

INBOUND = {
    "Authorize": InboundRoute(authorize.decode, authorize.encode_result),
    "BootNotification": InboundRoute(boot_notification.decode, boot_notification.encode_result),
    "DataTransfer": InboundRoute(data_transfer.decode, data_transfer.encode_result),
    "FirmwareStatusNotification": InboundRoute(
        firmware_status_notification.decode, firmware_status_notification.encode_result
    ),
    "Heartbeat": InboundRoute(heartbeat.decode, heartbeat.encode_result),
    "LogStatusNotification": InboundRoute(
        log_status_notification.decode, log_status_notification.encode_result
    ),
    "MeterValues": InboundRoute(meter_values.decode, meter_values.encode_result),
    "NotifyReport": InboundRoute(notify_report.decode, notify_report.encode_result),
    "SecurityEventNotification": InboundRoute(
        security_event_notification.decode, security_event_notification.encode_result
    ),
    "StatusNotification": InboundRoute(
        status_notification.decode, status_notification.encode_result
    ),
    "TransactionEvent": InboundRoute(transaction_event.decode, transaction_event.encode_result),
    "NotifyEvent": InboundRoute(acknowledged.decode, acknowledged.encode_result),
    "NotifyMonitoringReport": InboundRoute(acknowledged.decode, acknowledged.encode_result),
}

OUTBOUND = {
    neutral.RequestStartTransaction.kind: OutboundRoute(
        "RequestStartTransaction",
        request_start_transaction.encode,
        request_start_transaction.decode_outcome,
    ),
    neutral.RequestStopTransaction.kind: OutboundRoute(
        "RequestStopTransaction",
        request_stop_transaction.encode,
        request_stop_transaction.decode_outcome,
    ),
    neutral.GetTransactionStatus.kind: OutboundRoute(
        "GetTransactionStatus", get_transaction_status.encode, get_transaction_status.decode_outcome
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
        "GetVariables", get_variables.encode, get_variables.decode_outcome
    ),
    neutral.SetVariable.kind: OutboundRoute(
        "SetVariables", set_variables.encode, set_variables.decode_outcome
    ),
    neutral.GetBaseReport.kind: OutboundRoute(
        "GetBaseReport", get_base_report.encode, get_base_report.decode_outcome
    ),
    neutral.GetLog.kind: OutboundRoute("GetLog", get_log.encode, get_log.decode_outcome),
    neutral.DataTransfer.kind: OutboundRoute(
        "DataTransfer", data_transfer_command.encode, data_transfer_command.decode_outcome
    ),
}

UNSUPPORTED = frozenset(
    {
        "ClearedChargingLimit",
        "Get15118EVCertificate",
        "GetCertificateStatus",
        "NotifyChargingLimit",
        "NotifyCustomerInformation",
        "NotifyDisplayMessages",
        "NotifyEVChargingNeeds",
        "NotifyEVChargingSchedule",
        "PublishFirmwareStatusNotification",
        "ReportChargingProfiles",
        "ReservationStatusUpdate",
        "SignCertificate",
    }
)

CODEC = Codec(
    subprotocol="ocpp2.0.1",
    checker=Checker(folder="v201", request_suffix="Request"),
    inbound=INBOUND,
    outbound=OUTBOUND,
    unsupported=UNSUPPORTED,
)
