"""I02. The answer is empty."""

from __future__ import annotations

from chargers.domain.commands import Outcome, ShowCost
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import accepted


def encode(command: ShowCost) -> Payload:
    return {
        "transactionId": command.transaction_ref,
        "totalCost": float(command.total_cost),
    }


def decode_outcome(_command: ShowCost, _payload: Payload) -> Outcome:
    return accepted({})
