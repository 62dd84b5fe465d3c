"""E14. Detail of the outcome: `ongoing` (None without a transaction), `messages_in_queue`."""

from __future__ import annotations

from chargers.domain.commands import GetTransactionStatus, Outcome
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import accepted


def encode(command: GetTransactionStatus) -> Payload:
    return {"transactionId": command.transaction_ref} if command.transaction_ref else {}


def decode_outcome(_command: GetTransactionStatus, payload: Payload) -> Outcome:
    return accepted(
        {
            "ongoing": payload.get("ongoingIndicator"),
            "messages_in_queue": bool(payload.get("messagesInQueue", False)),
        }
    )
