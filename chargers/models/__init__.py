from chargers.models.access import AccessPolicy, LocalList, LocalListState
from chargers.models.certificates import (
    AuthorityPurpose,
    CertificatePolicy,
    CertificateStatus,
    ContractCertificate,
    ContractState,
    InstalledCertificate,
    OperatorAuthority,
    SigningRequest,
    SigningState,
    StationCertificate,
    TrustedRoot,
)
from chargers.models.charging import (
    ChargingNeeds,
    ChargingProfile,
    ExternalLimit,
    ProfileSource,
    ProfileStatus,
)
from chargers.models.charging_state import ChargingStateChange
from chargers.models.command import CommandStatus, StationCommand
from chargers.models.device import DeviceEvent, ReportState, StationReport, VariableMonitor
from chargers.models.display import (
    DisplayMessage,
    DisplayStatus,
    ReportedSettlement,
    SessionDisplay,
    SettlementStatus,
)
from chargers.models.frame import OcppFrame
from chargers.models.gateway import GatewayProcess
from chargers.models.hardware import Commissioning, ReplacedHardware
from chargers.models.location import Location
from chargers.models.maintenance import (
    JOB_STATES,
    CustomerInformation,
    FirmwareUpdate,
    LogUpload,
    StationJob,
)
from chargers.models.meter import MeterValue
from chargers.models.quirks import ForgivenFault, QuirkRule
from chargers.models.reservation import Reservation, ReservationStatus
from chargers.models.security import FailedHandshake, Fault, SecurityEvent, UnknownHandshake
from chargers.models.signed import (
    CheckVerdict,
    KeySource,
    MeterPublicKey,
    SessionMeterCheck,
    SignedMeterValue,
    SignedStatus,
)
from chargers.models.station import (
    Autocharge,
    ChargingStation,
    Connector,
    ConnectorType,
    CurrentType,
    Evse,
    Profile,
    Protocol,
    StationConnection,
    StationVariable,
)
from chargers.models.station_import import ImportMode, ImportStatus, StationImport
from chargers.models.templates import (
    ConfigurationCheck,
    ConfigurationRollout,
    ConfigurationTemplate,
    RolloutStation,
    RolloutStatus,
    TemplateDrift,
    TemplateLocation,
)
from chargers.models.transaction import Transaction, TransactionState

__all__ = [
    "JOB_STATES",
    "AccessPolicy",
    "AuthorityPurpose",
    "Autocharge",
    "CertificatePolicy",
    "CertificateStatus",
    "ChargingNeeds",
    "ChargingProfile",
    "ChargingStateChange",
    "ChargingStation",
    "CheckVerdict",
    "CommandStatus",
    "Commissioning",
    "ConfigurationCheck",
    "ConfigurationRollout",
    "ConfigurationTemplate",
    "Connector",
    "ConnectorType",
    "ContractCertificate",
    "ContractState",
    "CurrentType",
    "CustomerInformation",
    "DeviceEvent",
    "DisplayMessage",
    "DisplayStatus",
    "Evse",
    "ExternalLimit",
    "FailedHandshake",
    "Fault",
    "FirmwareUpdate",
    "ForgivenFault",
    "GatewayProcess",
    "ImportMode",
    "ImportStatus",
    "InstalledCertificate",
    "KeySource",
    "LocalList",
    "LocalListState",
    "Location",
    "LogUpload",
    "MeterPublicKey",
    "MeterValue",
    "OcppFrame",
    "OperatorAuthority",
    "Profile",
    "ProfileSource",
    "ProfileStatus",
    "Protocol",
    "QuirkRule",
    "ReplacedHardware",
    "ReportState",
    "ReportedSettlement",
    "Reservation",
    "ReservationStatus",
    "RolloutStation",
    "RolloutStatus",
    "SecurityEvent",
    "SessionDisplay",
    "SessionMeterCheck",
    "SettlementStatus",
    "SignedMeterValue",
    "SignedStatus",
    "SigningRequest",
    "SigningState",
    "StationCertificate",
    "StationCommand",
    "StationConnection",
    "StationImport",
    "StationJob",
    "StationReport",
    "StationVariable",
    "TemplateDrift",
    "TemplateLocation",
    "Transaction",
    "TransactionState",
    "TrustedRoot",
    "UnknownHandshake",
    "VariableMonitor",
]
