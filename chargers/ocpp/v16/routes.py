"""The route table of OCPP 1.6."""

from __future__ import annotations

from chargers.domain import commands as neutral
from chargers.ocpp.codec import Codec, OutboundChoice, OutboundRoute, inbound, outbound
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
    sign_certificate,
    start_transaction,
    status_notification,
    stop_transaction,
)
from chargers.ocpp.v16.commands import (
    cancel_reservation,
    certificate_signed,
    change_availability,
    change_configuration,
    clear_cache,
    clear_charging_profile,
    delete_certificate,
    extended_trigger_message,
    get_composite_schedule,
    get_configuration,
    get_diagnostics,
    get_installed_certificate_ids,
    get_local_list_version,
    get_log,
    install_certificate,
    remote_start_transaction,
    remote_stop_transaction,
    reserve_now,
    reset,
    rotate_key,
    send_local_list,
    set_charging_profile,
    signed_update_firmware,
    trigger_message,
    unlock_connector,
    update_firmware,
    vendor_text,
)
from chargers.ocpp.v16.commands import data_transfer as data_transfer_command

INBOUND = {
    "Authorize": inbound(authorize),
    "BootNotification": inbound(boot_notification),
    "DataTransfer": inbound(data_transfer, untouched=frozenset({"data"})),
    "DiagnosticsStatusNotification": inbound(log_status_notification),
    "FirmwareStatusNotification": inbound(firmware_status_notification),
    "Heartbeat": inbound(heartbeat),
    "LogStatusNotification": inbound(log_status_notification),
    "MeterValues": inbound(meter_values),
    "SecurityEventNotification": inbound(security_event_notification),
    "SignCertificate": inbound(sign_certificate),
    "SignedFirmwareStatusNotification": inbound(firmware_status_notification),
    "StartTransaction": inbound(start_transaction),
    "StatusNotification": inbound(status_notification),
    "StopTransaction": inbound(stop_transaction),
}

_GET_DIAGNOSTICS = outbound("GetDiagnostics", get_diagnostics)
_GET_LOG = outbound("GetLog", get_log)
_UPDATE_FIRMWARE = outbound("UpdateFirmware", update_firmware)
_SIGNED_UPDATE = outbound("SignedUpdateFirmware", signed_update_firmware)


def _log_route(command: neutral.GetLog) -> OutboundRoute:
    """Every station knows GetDiagnostics; only the security extension has other logs."""
    return _GET_DIAGNOSTICS if command.log_type == "DiagnosticsLog" else _GET_LOG


def _firmware_route(command: neutral.UpdateFirmware) -> OutboundRoute:
    return _SIGNED_UPDATE if command.is_signed else _UPDATE_FIRMWARE


_TRIGGER = outbound("TriggerMessage", trigger_message)
_EXTENDED_TRIGGER = outbound("ExtendedTriggerMessage", extended_trigger_message)


def _trigger_route(command: neutral.TriggerMessage) -> OutboundRoute:
    """Only the security extension asks for a signing request."""
    extended = command.requested_message in extended_trigger_message.MESSAGE
    return _EXTENDED_TRIGGER if extended else _TRIGGER


# 1.6 has no question for the state of a transaction or for installed profiles, sets one key at a
# time and monitors nothing
OUTBOUND: dict[str, OutboundRoute | OutboundChoice] = {
    neutral.RequestStartTransaction.kind: outbound(
        "RemoteStartTransaction", remote_start_transaction
    ),
    neutral.RequestStopTransaction.kind: outbound("RemoteStopTransaction", remote_stop_transaction),
    neutral.UnlockConnector.kind: outbound("UnlockConnector", unlock_connector),
    neutral.Reset.kind: outbound("Reset", reset),
    neutral.ChangeAvailability.kind: outbound("ChangeAvailability", change_availability),
    neutral.TriggerMessage.kind: OutboundChoice(_trigger_route, (_TRIGGER, _EXTENDED_TRIGGER)),
    neutral.ClearCache.kind: outbound("ClearCache", clear_cache),
    neutral.SendLocalList.kind: outbound("SendLocalList", send_local_list),
    neutral.GetLocalListVersion.kind: outbound("GetLocalListVersion", get_local_list_version),
    neutral.ReserveNow.kind: outbound("ReserveNow", reserve_now),
    neutral.CancelReservation.kind: outbound("CancelReservation", cancel_reservation),
    neutral.GetVariables.kind: OutboundRoute(
        "GetConfiguration", get_configuration.encode_keys, get_configuration.decode_outcome
    ),
    neutral.GetBaseReport.kind: OutboundRoute(
        "GetConfiguration", get_configuration.encode_all, get_configuration.decode_outcome
    ),
    neutral.GetReport.kind: OutboundRoute(
        "GetConfiguration", get_configuration.encode_report, get_configuration.decode_outcome
    ),
    neutral.SetVariable.kind: outbound("ChangeConfiguration", change_configuration),
    neutral.RotateKey.kind: outbound("ChangeConfiguration", rotate_key),
    neutral.GetLog.kind: OutboundChoice(_log_route, (_GET_DIAGNOSTICS, _GET_LOG)),
    neutral.UpdateFirmware.kind: OutboundChoice(
        _firmware_route, (_UPDATE_FIRMWARE, _SIGNED_UPDATE)
    ),
    neutral.ShowCost.kind: outbound("DataTransfer", vendor_text),
    neutral.ShowTariff.kind: outbound("DataTransfer", vendor_text),
    neutral.SetChargingProfile.kind: outbound("SetChargingProfile", set_charging_profile),
    neutral.ClearChargingProfile.kind: outbound("ClearChargingProfile", clear_charging_profile),
    neutral.GetCompositeSchedule.kind: outbound("GetCompositeSchedule", get_composite_schedule),
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
