"""F03."""

from __future__ import annotations

from chargers.domain.commands import Outcome, RequestStopTransaction
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: RequestStopTransaction) -> Payload:
    return {"transactionId": command.transaction_ref}


def decode_outcome(_command: RequestStopTransaction, payload: Payload) -> Outcome:
    return by_status(payload)
