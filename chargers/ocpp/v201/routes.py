"""The route table of OCPP 2.0.1."""

from __future__ import annotations

from chargers.domain import commands as neutral
from chargers.ocpp.codec import Codec, OutboundRoute, inbound, outbound
from chargers.ocpp.schema import Checker
from chargers.ocpp.v201 import (
    authorize,
    boot_notification,
    cleared_charging_limit,
    data_transfer,
    firmware_status_notification,
    get_15118_ev_certificate,
    get_certificate_status,
    heartbeat,
    log_status_notification,
    meter_values,
    notify_charging_limit,
    notify_customer_information,
    notify_display_messages,
    notify_ev_charging_needs,
    notify_ev_charging_schedule,
    notify_event,
    notify_monitoring_report,
    notify_report,
    publish_firmware_status_notification,
    report_charging_profiles,
    reservation_status_update,
    security_event_notification,
    sign_certificate,
    status_notification,
    transaction_event,
)
from chargers.ocpp.v201.commands import (
    cancel_reservation,
    certificate_signed,
    change_availability,
    clear_cache,
    clear_charging_profile,
    clear_display_message,
    clear_variable_monitoring,
    cost_updated,
    customer_information,
    delete_certificate,
    get_base_report,
    get_charging_profiles,
    get_composite_schedule,
    get_display_messages,
    get_installed_certificate_ids,
    get_local_list_version,
    get_log,
    get_monitoring_report,
    get_report,
    get_transaction_status,
    get_variables,
    install_certificate,
    publish_firmware,
    request_start_transaction,
    request_stop_transaction,
    reserve_now,
    reset,
    rotate_key,
    send_local_list,
    set_charging_profile,
    set_display_message,
    set_monitoring_base,
    set_monitoring_level,
    set_network_profile,
    set_variable_monitoring,
    set_variables,
    show_tariff,
    trigger_message,
    unlock_connector,
    unpublish_firmware,
    update_firmware,
)
from chargers.ocpp.v201.commands import data_transfer as data_transfer_command

INBOUND = {
    "Authorize": inbound(authorize),
    "BootNotification": inbound(boot_notification),
    "DataTransfer": inbound(data_transfer),
    "FirmwareStatusNotification": inbound(firmware_status_notification),
    "Get15118EVCertificate": inbound(get_15118_ev_certificate),
    "GetCertificateStatus": inbound(get_certificate_status),
    "Heartbeat": inbound(heartbeat),
    "LogStatusNotification": inbound(log_status_notification),
    "MeterValues": inbound(meter_values),
    "NotifyCustomerInformation": inbound(notify_customer_information),
    "NotifyDisplayMessages": inbound(notify_display_messages),
    "NotifyEvent": inbound(notify_event),
    "NotifyMonitoringReport": inbound(notify_monitoring_report),
    "NotifyReport": inbound(notify_report),
    "ReservationStatusUpdate": inbound(reservation_status_update),
    "PublishFirmwareStatusNotification": inbound(publish_firmware_status_notification),
    "NotifyEVChargingNeeds": inbound(notify_ev_charging_needs),
    "NotifyEVChargingSchedule": inbound(notify_ev_charging_schedule),
    "NotifyChargingLimit": inbound(notify_charging_limit),
    "ClearedChargingLimit": inbound(cleared_charging_limit),
    "ReportChargingProfiles": inbound(report_charging_profiles),
    "SecurityEventNotification": inbound(security_event_notification),
    "SignCertificate": inbound(sign_certificate),
    "StatusNotification": inbound(status_notification),
    "TransactionEvent": inbound(transaction_event),
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
    neutral.GetLocalListVersion.kind: outbound(
        "GetLocalListVersion", get_local_list_version, aliases={"listVersion": "versionNumber"}
    ),
    neutral.ReserveNow.kind: outbound("ReserveNow", reserve_now),
    neutral.CancelReservation.kind: outbound("CancelReservation", cancel_reservation),
    neutral.GetVariables.kind: outbound("GetVariables", get_variables),
    neutral.SetVariable.kind: outbound("SetVariables", set_variables),
    neutral.RotateKey.kind: outbound("SetVariables", rotate_key),
    neutral.SetNetworkProfile.kind: outbound("SetNetworkProfile", set_network_profile),
    neutral.SetVariables.kind: OutboundRoute(
        "SetVariables", set_variables.encode_several, set_variables.decode_several
    ),
    neutral.GetBaseReport.kind: outbound("GetBaseReport", get_base_report),
    neutral.GetReport.kind: outbound("GetReport", get_report),
    neutral.SetVariableMonitoring.kind: outbound("SetVariableMonitoring", set_variable_monitoring),
    neutral.ClearVariableMonitoring.kind: outbound(
        "ClearVariableMonitoring", clear_variable_monitoring
    ),
    neutral.SetMonitoringBase.kind: outbound("SetMonitoringBase", set_monitoring_base),
    neutral.SetMonitoringLevel.kind: outbound("SetMonitoringLevel", set_monitoring_level),
    neutral.GetMonitoringReport.kind: outbound("GetMonitoringReport", get_monitoring_report),
    neutral.GetLog.kind: outbound("GetLog", get_log),
    neutral.CustomerInformation.kind: outbound("CustomerInformation", customer_information),
    neutral.UpdateFirmware.kind: outbound("UpdateFirmware", update_firmware),
    neutral.PublishFirmware.kind: outbound("PublishFirmware", publish_firmware),
    neutral.UnpublishFirmware.kind: outbound("UnpublishFirmware", unpublish_firmware),
    neutral.SetDisplayMessage.kind: outbound("SetDisplayMessage", set_display_message),
    neutral.GetDisplayMessages.kind: outbound("GetDisplayMessages", get_display_messages),
    neutral.ClearDisplayMessage.kind: outbound("ClearDisplayMessage", clear_display_message),
    neutral.ShowCost.kind: outbound("CostUpdated", cost_updated),
    neutral.ShowTariff.kind: outbound("SetDisplayMessage", show_tariff),
    neutral.SetChargingProfile.kind: outbound("SetChargingProfile", set_charging_profile),
    neutral.ClearChargingProfile.kind: outbound("ClearChargingProfile", clear_charging_profile),
    neutral.GetCompositeSchedule.kind: outbound("GetCompositeSchedule", get_composite_schedule),
    neutral.GetChargingProfiles.kind: outbound("GetChargingProfiles", get_charging_profiles),
    neutral.DataTransfer.kind: outbound("DataTransfer", data_transfer_command),
    neutral.CertificateSigned.kind: outbound("CertificateSigned", certificate_signed),
    neutral.InstallCertificate.kind: outbound("InstallCertificate", install_certificate),
    neutral.DeleteCertificate.kind: outbound("DeleteCertificate", delete_certificate),
    neutral.GetInstalledCertificateIds.kind: outbound(
        "GetInstalledCertificateIds", get_installed_certificate_ids
    ),
}

UNSUPPORTED: frozenset[str] = frozenset()

CODEC = Codec(
    subprotocol="ocpp2.0.1",
    checker=Checker(folder="v201", request_suffix="Request"),
    inbound=INBOUND,
    outbound=OUTBOUND,
    unsupported=UNSUPPORTED,
)
