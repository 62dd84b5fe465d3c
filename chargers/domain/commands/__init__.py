"""What we ask of a station, in neutral words: one module per block of the standard. Stored as JSON on a
StationCommand row (`to_json`/`from_json`), encoded by the version of the socket that carries it.
"""

from __future__ import annotations

from chargers.domain.commands import (
    authorization,
    availability,
    data_transfer,
    device_model,
    diagnostics,
    reservations,
    security,
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
from chargers.domain.commands.command import Command, Outcome, OutcomeStatus
from chargers.domain.commands.data_transfer import Custom, DataTransfer
from chargers.domain.commands.device_model import GetBaseReport, GetVariables, SetVariable
from chargers.domain.commands.diagnostics import GetLog
from chargers.domain.commands.reservations import CancelReservation, ReserveNow
from chargers.domain.commands.security import RotateKey, SetNetworkProfile
from chargers.domain.commands.transactions import (
    GetTransactionStatus,
    RequestStartTransaction,
    RequestStopTransaction,
)

__all__ = [
    "COMMANDS",
    "CancelReservation",
    "ChangeAvailability",
    "ClearCache",
    "Command",
    "Custom",
    "DataTransfer",
    "GetBaseReport",
    "GetLocalListVersion",
    "GetLog",
    "GetTransactionStatus",
    "GetVariables",
    "Outcome",
    "OutcomeStatus",
    "RequestStartTransaction",
    "RequestStopTransaction",
    "ReserveNow",
    "Reset",
    "RotateKey",
    "SendLocalList",
    "SetNetworkProfile",
    "SetVariable",
    "TriggerMessage",
    "UnlockConnector",
    "UpdateType",
]

_BLOCKS = (
    transactions,
    availability,
    authorization,
    reservations,
    device_model,
    diagnostics,
    security,
    data_transfer,
)

COMMANDS: dict[str, type[Command]] = {
    command.kind: command for block in _BLOCKS for command in block.COMMANDS
}
