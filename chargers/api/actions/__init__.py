"""Commands to stations, one module per block of the standard."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema

from chargers.api.actions import (
    authorization,
    availability,
    certificates,
    charging,
    data_transfer,
    device_model,
    diagnostics,
    display,
    firmware,
    monitoring,
    security,
    tariffs,
    transactions,
)
from chargers.api.actions.base import NoBody, StationActionView, accepted
from chargers.api.serializers import CommandListSerializer, CommandSerializer

__all__ = ["ACTIONS", "StationActionView", "accepted"]

ACTIONS: dict[str, type[StationActionView]] = {
    "remote-start": transactions.RemoteStart,
    "test-charge": transactions.TestCharge,
    "unlock": availability.Unlock,
    "reset": availability.Reset,
    "change-availability": availability.ChangeAvailability,
    "trigger-message": availability.TriggerMessage,
    "clear-cache": authorization.ClearCache,
    "send-local-list": authorization.SendLocalList,
    "get-local-list-version": authorization.GetLocalListVersion,
    "read-access-settings": authorization.ReadAccessSettings,
    "set-access-setting": authorization.SetAccessSetting,
    "get-variables": device_model.GetVariables,
    "set-variable": device_model.SetVariable,
    "read-variables": device_model.ReadVariables,
    "set-variables": device_model.SetVariables,
    "base-report": device_model.BaseReport,
    "report": device_model.Report,
    "set-monitors": monitoring.SetMonitors,
    "clear-monitors": monitoring.ClearMonitors,
    "monitoring-report": monitoring.MonitoringReport,
    "set-monitoring-base": monitoring.SetMonitoringBase,
    "set-monitoring-level": monitoring.SetMonitoringLevel,
    "get-log": diagnostics.GetLog,
    "send-new-key": security.SendNewKey,
    "set-network-profile": security.SetNetworkProfile,
    "customer-information": diagnostics.CustomerInformation,
    "update-firmware": firmware.UpdateFirmware,
    "publish-firmware": firmware.PublishFirmware,
    "unpublish-firmware": firmware.UnpublishFirmware,
    "show-message": display.ShowMessage,
    "clear-message": display.ClearMessage,
    "ask-display": display.AskDisplay,
    "show-cost": tariffs.ShowCost,
    "show-tariff": tariffs.ShowTariff,
    "set-default-tariff": tariffs.SetDefaultTariff,
    "get-tariffs": tariffs.GetTariffs,
    "clear-tariffs": tariffs.ClearTariffs,
    "change-transaction-tariff": tariffs.ChangeTransactionTariff,
    "get-installed-certificate-ids": certificates.GetInstalledCertificateIds,
    "install-certificate": certificates.InstallCertificate,
    "delete-certificate": certificates.DeleteCertificate,
    "certificate-signed": certificates.CertificateSigned,
    "set-limit": charging.SetLimit,
    "set-charging-profile": charging.SetChargingProfile,
    "clear-charging-profile": charging.ClearChargingProfile,
    "get-composite-schedule": charging.GetCompositeSchedule,
    "get-charging-profiles": charging.GetChargingProfiles,
    "use-priority-charging": charging.UsePriorityCharging,
    "update-dynamic-schedule": charging.UpdateDynamicSchedule,
    "data-transfer": data_transfer.DataTransfer,
    "custom": data_transfer.Custom,
}


def _documented(name: str, view: type[StationActionView]) -> type[StationActionView]:
    decorate = extend_schema(
        tags=["Commands"],
        summary=name.replace("-", " ").capitalize(),
        description=view.__doc__,
        request=None if view.body_class is NoBody else view.body_class,
        responses={202: CommandListSerializer if view.several else CommandSerializer},
    )
    return decorate(view)


for _name, _view in ACTIONS.items():
    _documented(_name, _view)
