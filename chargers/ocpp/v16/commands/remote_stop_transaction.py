"""1.6 section 5.12."""

from __future__ import annotations

from chargers.domain.commands import Outcome, RequestStopTransaction
from chargers.ocpp.errors import UnableToEncodeError
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: RequestStopTransaction) -> Payload:
    try:
        return {"transactionId": int(command.transaction_ref)}
    except ValueError as error:
        raise UnableToEncodeError("a 1.6 transaction id is an integer") from error


def decode_outcome(_command: RequestStopTransaction, payload: Payload) -> Outcome:
    return by_status(payload)
