"""F06."""

from __future__ import annotations

from chargers.domain.commands import Outcome, TriggerMessage
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status
from chargers.ocpp.v201.commands.evse import encode_evse


def encode(command: TriggerMessage) -> Payload:
    return {
        "requestedMessage": str(command.requested_message),
        **encode_evse(command.evse, command.connector),
    }


def decode_outcome(_command: TriggerMessage, payload: Payload) -> Outcome:
    return by_status(payload)
