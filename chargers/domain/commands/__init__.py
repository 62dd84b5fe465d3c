"""What we ask of a station, in neutral words: one module per block of the standard. Stored as JSON on a
StationCommand row (`to_json`/`from_json`), encoded by the version of the socket that carries it.
"""

from __future__ import annotations

from chargers.domain.commands import (
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
    reservations,
    security,
    tariffs,
    transactions,
)
from chargers.domain.commands.authorization import (
    ClearCache,
    GetLocalListVersion,
    SendLocalList,
    UpdateType,
)
from chargers.domain.commands.availability import (
    ChangeAvailability,
    Reset,
    TriggerMessage,
    UnlockConnector,
)
from chargers.domain.commands.certificates import (
    CertificateSigned,
    DeleteCertificate,
    GetInstalledCertificateIds,
    InstallCertificate,
)
from chargers.domain.commands.charging import (
    ClearChargingProfile,
    GetChargingProfiles,
    GetCompositeSchedule,
    SetChargingProfile,
    UpdateDynamicSchedule,
    UsePriorityCharging,
)
from chargers.domain.commands.command import Command, Outcome, OutcomeStatus
from chargers.domain.commands.data_transfer import Custom, DataTransfer
from chargers.domain.commands.device_model import (
    ComponentCriterion,
    GetBaseReport,
    GetReport,
    GetVariables,
    ReportBase,
    SetVariable,
    SetVariables,
)
from chargers.domain.commands.diagnostics import CustomerInformation, GetLog
from chargers.domain.commands.display import (
    ClearDisplayMessage,
    GetDisplayMessages,
    SetDisplayMessage,
)
from chargers.domain.commands.firmware import PublishFirmware, UnpublishFirmware, UpdateFirmware
from chargers.domain.commands.monitoring import (
    ClearVariableMonitoring,
    GetMonitoringReport,
    MonitoringBase,
    MonitoringCriterion,
    MonitorType,
    SetMonitoringBase,
    SetMonitoringLevel,
    SetVariableMonitoring,
)
from chargers.domain.commands.reservations import CancelReservation, ReserveNow
from chargers.domain.commands.security import RotateKey, SetNetworkProfile
from chargers.domain.commands.tariffs import (
    ChangeTransactionTariff,
    ClearTariffs,
    GetTariffs,
    SetDefaultTariff,
    ShowCost,
    ShowTariff,
    VendorText,
)
from chargers.domain.commands.transactions import (
    GetTransactionStatus,
    RequestStartTransaction,
    RequestStopTransaction,
)

__all__ = [
    "COMMANDS",
    "CancelReservation",
    "CertificateSigned",
    "ChangeAvailability",
    "ChangeTransactionTariff",
    "ClearCache",
    "ClearChargingProfile",
    "ClearDisplayMessage",
    "ClearTariffs",
    "ClearVariableMonitoring",
    "Command",
    "ComponentCriterion",
    "Custom",
    "CustomerInformation",
    "DataTransfer",
    "DeleteCertificate",
    "GetBaseReport",
    "GetChargingProfiles",
    "GetCompositeSchedule",
    "GetDisplayMessages",
    "GetInstalledCertificateIds",
    "GetLocalListVersion",
    "GetLog",
    "GetMonitoringReport",
    "GetReport",
    "GetTariffs",
    "GetTransactionStatus",
    "GetVariables",
    "InstallCertificate",
    "MonitorType",
    "MonitoringBase",
    "MonitoringCriterion",
    "Outcome",
    "OutcomeStatus",
    "PublishFirmware",
    "ReportBase",
    "RequestStartTransaction",
    "RequestStopTransaction",
    "ReserveNow",
    "Reset",
    "RotateKey",
    "SendLocalList",
    "SetChargingProfile",
    "SetDefaultTariff",
    "SetDisplayMessage",
    "SetMonitoringBase",
    "SetMonitoringLevel",
    "SetNetworkProfile",
    "SetVariable",
    "SetVariableMonitoring",
    "SetVariables",
    "ShowCost",
    "ShowTariff",
    "TriggerMessage",
    "UnlockConnector",
    "UnpublishFirmware",
    "UpdateDynamicSchedule",
    "UpdateFirmware",
    "UpdateType",
    "UsePriorityCharging",
    "VendorText",
]

_BLOCKS = (
    transactions,
    availability,
    authorization,
    reservations,
    charging,
    device_model,
    diagnostics,
    security,
    firmware,
    display,
    tariffs,
    monitoring,
    data_transfer,
    certificates,
)

COMMANDS: dict[str, type[Command]] = {
    command.kind: command for block in _BLOCKS for command in block.COMMANDS
}
