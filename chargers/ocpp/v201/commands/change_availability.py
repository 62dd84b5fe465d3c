"""G03, G04."""

from __future__ import annotations

from chargers.domain.commands import ChangeAvailability, Outcome
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status
from chargers.ocpp.v201.commands.evse import encode_evse


def encode(command: ChangeAvailability) -> Payload:
    status = "Operative" if command.operative else "Inoperative"
    return {"operationalStatus": status, **encode_evse(command.evse, command.connector)}


def decode_outcome(_command: ChangeAvailability, payload: Payload) -> Outcome:
    return by_status(payload)
