from chargers.models.access import AccessPolicy, LocalList, LocalListState
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
from chargers.models.reservation import Reservation, ReservationStatus
from chargers.models.security import FailedHandshake, Fault, SecurityEvent, UnknownHandshake
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
from chargers.models.transaction import Transaction, TransactionState

__all__ = [
    "AccessPolicy",
    "AuthorityPurpose",
    "Autocharge",
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
    "LocalList",
    "LocalListState",
    "Location",
    "MeterValue",
    "OcppFrame",
    "OperatorAuthority",
    "Profile",
    "Protocol",
    "QuirkRule",
    "Reservation",
    "ReservationStatus",
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
