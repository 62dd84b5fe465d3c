from chargers.models.command import CommandStatus, StationCommand
from chargers.models.frame import OcppFrame
from chargers.models.gateway import GatewayProcess
from chargers.models.location import Location
from chargers.models.meter import MeterValue
from chargers.models.station import (
    ChargingStation,
    Connector,
    ConnectorType,
    CurrentType,
    Evse,
    Protocol,
    StationConnection,
    StationVariable,
)
from chargers.models.transaction import Transaction, TransactionState

__all__ = [
    "ChargingStation",
    "CommandStatus",
    "Connector",
    "ConnectorType",
    "CurrentType",
    "Evse",
    "GatewayProcess",
    "Location",
    "MeterValue",
    "OcppFrame",
    "Protocol",
    "StationCommand",
    "StationConnection",
    "StationVariable",
    "Transaction",
    "TransactionState",
]
