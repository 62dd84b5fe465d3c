"""One form per remote command, in the order of the menu; one module per block of the standard."""

from __future__ import annotations

from chargers.forms.commands import (
    authorization,
    availability,
    certificates,
    charging,
    charging_profiles,
    data_transfer,
    device_model,
    diagnostics,
    display,
    firmware,
    reservations,
    security,
    tariffs,
    transactions,
)
from chargers.forms.commands.base import CommandForm

__all__ = ["FORMS", "CommandForm"]

FORMS: dict[str, type[CommandForm]] = {
    form.kind(): form
    for form in (
        transactions.StartForm,
        transactions.StopForm,
        availability.UnlockForm,
        availability.ResetForm,
        availability.AvailabilityForm,
        availability.TriggerForm,
        reservations.ReserveForm,
        reservations.CancelReservationForm,
        authorization.ClearCacheForm,
        authorization.SendLocalListForm,
        authorization.LocalListVersionForm,
        device_model.GetVariablesForm,
        device_model.SetVariableForm,
        device_model.BaseReportForm,
        diagnostics.GetLogForm,
        security.RotateKeyForm,
        security.NetworkProfileForm,
        firmware.UpdateFirmwareForm,
        display.ShowMessageForm,
        display.ClearMessageForm,
        display.AskDisplayForm,
        tariffs.ShowCostForm,
        tariffs.ShowTariffForm,
        tariffs.DefaultTariffForm,
        tariffs.SessionTariffForm,
        tariffs.GetTariffsForm,
        tariffs.ClearTariffsForm,
        diagnostics.CustomerInformationForm,
        firmware.PublishFirmwareForm,
        firmware.UnpublishFirmwareForm,
        transactions.StatusForm,
        certificates.InstalledIdsForm,
        certificates.InstallRootForm,
        certificates.DeleteCertificateForm,
        certificates.CertificateSignedForm,
        charging.LimitForm,
        charging.ScheduleForm,
        charging_profiles.FullProfileForm,
        charging.ClearProfileForm,
        charging.CompositeForm,
        charging.GetProfilesForm,
        charging.PriorityForm,
        charging.DynamicLimitForm,
        data_transfer.DataTransferForm,
        data_transfer.CustomForm,
    )
}
