"""K22."""

from __future__ import annotations

from chargers.domain.commands import Outcome, UsePriorityCharging
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: UsePriorityCharging) -> Payload:
    return {"transactionId": command.transaction_ref, "activate": command.activate}


def decode_outcome(_command: UsePriorityCharging, payload: Payload) -> Outcome:
    return by_status(payload)
