"""O01, O02, O06."""

from __future__ import annotations

from chargers.domain.commands import Outcome, SetDisplayMessage
from chargers.ocpp.absent import given
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: SetDisplayMessage) -> Payload:
    return {
        "message": {
            "id": command.number,
            "priority": command.priority.value,
            **given(
                state=command.state,
                startDateTime=command.starts_at,
                endDateTime=command.ends_at,
                transactionId=command.transaction_ref,
            ),
            "message": {
                "format": command.format.value,
                **given(language=command.language),
                "content": command.content,
            },
        }
    }


def decode_outcome(_command: SetDisplayMessage, payload: Payload) -> Outcome:
    return by_status(payload)
