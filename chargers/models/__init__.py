from chargers.models.certificates import (
    AuthorityPurpose,
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
from chargers.models.command import CommandStatus, StationCommand
from chargers.models.frame import OcppFrame
from chargers.models.gateway import GatewayProcess
from chargers.models.location import Location
from chargers.models.meter import MeterValue
from chargers.models.quirks import ForgivenFault, QuirkRule
from chargers.models.security import FailedHandshake, Fault, SecurityEvent, UnknownHandshake
from chargers.models.station import (
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
from chargers.models.transaction import Transaction, TransactionState

__all__ = [
    "AuthorityPurpose",
    "CertificateStatus",
    "ChargingStation",
    "CommandStatus",
    "Connector",
    "ConnectorType",
    "ContractCertificate",
    "ContractState",
    "CurrentType",
    "Evse",
    "FailedHandshake",
    "Fault",
    "ForgivenFault",
    "GatewayProcess",
    "InstalledCertificate",
    "Location",
    "MeterValue",
    "OcppFrame",
    "OperatorAuthority",
    "Profile",
    "Protocol",
    "QuirkRule",
    "SecurityEvent",
    "SigningRequest",
    "SigningState",
    "StationCertificate",
    "StationCommand",
    "StationConnection",
    "StationVariable",
    "Transaction",
    "TransactionState",
    "TrustedRoot",
    "UnknownHandshake",
]
