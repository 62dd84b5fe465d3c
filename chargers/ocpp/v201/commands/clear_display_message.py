"""O05. Unknown: it is not there, which is what was wished for."""

from __future__ import annotations

from dataclasses import replace

from chargers.domain.commands import ClearDisplayMessage, Outcome, OutcomeStatus
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: ClearDisplayMessage) -> Payload:
    return {"id": command.number}


def decode_outcome(_command: ClearDisplayMessage, payload: Payload) -> Outcome:
    outcome = by_status(payload)
    if outcome.raw_status == "Unknown":
        return replace(outcome, status=OutcomeStatus.ACCEPTED)
    return outcome
