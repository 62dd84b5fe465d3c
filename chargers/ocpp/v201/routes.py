"""The route table of OCPP 2.0.1."""

from __future__ import annotations

from chargers.domain import commands as neutral
from chargers.ocpp.codec import Codec, inbound, outbound
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
    reservation_status_update,
    security_event_notification,
    status_notification,
    transaction_event,
)
from chargers.ocpp.v201.commands import (
    cancel_reservation,
    change_availability,
    clear_cache,
    get_base_report,
    get_local_list_version,
    get_log,
    get_transaction_status,
    get_variables,
    request_start_transaction,
    request_stop_transaction,
    reserve_now,
    reset,
    rotate_key,
    send_local_list,
    set_network_profile,
    set_variables,
    trigger_message,
    unlock_connector,
)
from chargers.ocpp.v201.commands import data_transfer as data_transfer_command

INBOUND = {
    "Authorize": inbound(authorize),
    "BootNotification": inbound(boot_notification),
    "DataTransfer": inbound(data_transfer),
    "FirmwareStatusNotification": inbound(firmware_status_notification),
    "Heartbeat": inbound(heartbeat),
    "LogStatusNotification": inbound(log_status_notification),
    "MeterValues": inbound(meter_values),
    "NotifyReport": inbound(notify_report),
    "ReservationStatusUpdate": inbound(reservation_status_update),
    "SecurityEventNotification": inbound(security_event_notification),
    "StatusNotification": inbound(status_notification),
    "TransactionEvent": inbound(transaction_event),
    "NotifyEvent": inbound(acknowledged),
    "NotifyMonitoringReport": inbound(acknowledged),
}

OUTBOUND = {
    neutral.RequestStartTransaction.kind: outbound(
        "RequestStartTransaction", request_start_transaction
    ),
    neutral.RequestStopTransaction.kind: outbound(
        "RequestStopTransaction", request_stop_transaction
    ),
    neutral.GetTransactionStatus.kind: outbound("GetTransactionStatus", get_transaction_status),
    neutral.UnlockConnector.kind: outbound("UnlockConnector", unlock_connector),
    neutral.Reset.kind: outbound("Reset", reset),
    neutral.ChangeAvailability.kind: outbound("ChangeAvailability", change_availability),
    neutral.TriggerMessage.kind: outbound("TriggerMessage", trigger_message),
    neutral.ClearCache.kind: outbound("ClearCache", clear_cache),
    neutral.SendLocalList.kind: outbound("SendLocalList", send_local_list),
    neutral.GetLocalListVersion.kind: outbound("GetLocalListVersion", get_local_list_version),
    neutral.ReserveNow.kind: outbound("ReserveNow", reserve_now),
    neutral.CancelReservation.kind: outbound("CancelReservation", cancel_reservation),
    neutral.GetVariables.kind: outbound("GetVariables", get_variables),
    neutral.SetVariable.kind: outbound("SetVariables", set_variables),
    neutral.RotateKey.kind: outbound("SetVariables", rotate_key),
    neutral.SetNetworkProfile.kind: outbound("SetNetworkProfile", set_network_profile),
    neutral.GetBaseReport.kind: outbound("GetBaseReport", get_base_report),
    neutral.GetLog.kind: outbound("GetLog", get_log),
    neutral.DataTransfer.kind: outbound("DataTransfer", data_transfer_command),
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
