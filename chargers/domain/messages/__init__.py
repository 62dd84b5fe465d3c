"""What stations say, whatever OCPP version they speak: one module per block of the standard. Translated
*up* to the 2.x vocabulary.

Decoders in `chargers/ocpp/` produce these values, services decide on them. `device_at` is the
station's own clock as aware UTC, or None when it was missing or unreadable (never trusted blindly:
see `chargers.domain.clocks`). `evse` 0 or None means the whole station.
"""

from __future__ import annotations

from chargers.domain.messages.authorization import Authorize
from chargers.domain.messages.availability import StatusNotification
from chargers.domain.messages.certificates import (
    CertificateQuery,
    GetCertificateChainStatus,
    GetCertificateStatus,
    GetEvCertificate,
    SignCertificate,
)
from chargers.domain.messages.charging import (
    ClearedChargingLimit,
    NotifyChargingLimit,
    NotifyEVChargingNeeds,
    NotifyEVChargingSchedule,
    NotifyPriorityCharging,
    PullDynamicScheduleUpdate,
    ReportChargingProfiles,
)
from chargers.domain.messages.data_transfer import DataTransfer
from chargers.domain.messages.device_model import NotifyReport, ReportedVariable
from chargers.domain.messages.diagnostics import LogStatusNotification, NotifyCustomerInformation
from chargers.domain.messages.display import NotifyDisplayMessages, ShownMessage
from chargers.domain.messages.firmware import (
    FirmwareStatusNotification,
    PublishFirmwareStatusNotification,
)
from chargers.domain.messages.grid import NotifyDerAlarm, NotifyDerStartStop
from chargers.domain.messages.monitoring import (
    NoticedEvent,
    NotifyEvent,
    NotifyMonitoringReport,
    ReportedMonitor,
)
from chargers.domain.messages.payments import (
    NotifySettlement,
    NotifyWebPaymentStarted,
    VatNumberValidation,
)
from chargers.domain.messages.provisioning import BootNotification, Heartbeat
from chargers.domain.messages.reservations import ReservationStatusUpdate
from chargers.domain.messages.security import SecurityEventNotification
from chargers.domain.messages.transactions import MeterValues, TransactionEvent
from chargers.domain.messages.values import IdTokenRef, Reading, SignedData

__all__ = [
    "Authorize",
    "BootNotification",
    "CertificateQuery",
    "ClearedChargingLimit",
    "DataTransfer",
    "FirmwareStatusNotification",
    "GetCertificateChainStatus",
    "GetCertificateStatus",
    "GetEvCertificate",
    "Heartbeat",
    "IdTokenRef",
    "LogStatusNotification",
    "Message",
    "MeterValues",
    "NoticedEvent",
    "NotifyChargingLimit",
    "NotifyCustomerInformation",
    "NotifyDerAlarm",
    "NotifyDerStartStop",
    "NotifyDisplayMessages",
    "NotifyEVChargingNeeds",
    "NotifyEVChargingSchedule",
    "NotifyEvent",
    "NotifyMonitoringReport",
    "NotifyPriorityCharging",
    "NotifyReport",
    "NotifySettlement",
    "NotifyWebPaymentStarted",
    "PublishFirmwareStatusNotification",
    "PullDynamicScheduleUpdate",
    "Reading",
    "ReportChargingProfiles",
    "ReportedMonitor",
    "ReportedVariable",
    "ReservationStatusUpdate",
    "SecurityEventNotification",
    "ShownMessage",
    "SignCertificate",
    "SignedData",
    "StatusNotification",
    "TransactionEvent",
    "VatNumberValidation",
]

Message = (
    BootNotification
    | Heartbeat
    | StatusNotification
    | Authorize
    | TransactionEvent
    | MeterValues
    | DataTransfer
    | FirmwareStatusNotification
    | LogStatusNotification
    | SecurityEventNotification
    | NotifyReport
    | ReservationStatusUpdate
    | NotifyCustomerInformation
    | NotifyDisplayMessages
    | PublishFirmwareStatusNotification
    | NotifyDerAlarm
    | NotifyDerStartStop
    | NotifySettlement
    | NotifyWebPaymentStarted
    | VatNumberValidation
    | SignCertificate
    | GetEvCertificate
    | GetCertificateStatus
    | GetCertificateChainStatus
    | NotifyEVChargingNeeds
    | NotifyEVChargingSchedule
    | NotifyChargingLimit
    | ClearedChargingLimit
    | ReportChargingProfiles
    | NotifyPriorityCharging
    | PullDynamicScheduleUpdate
    | NotifyMonitoringReport
    | NotifyEvent
)
