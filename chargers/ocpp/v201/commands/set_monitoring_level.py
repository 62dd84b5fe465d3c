"""N05."""

from __future__ import annotations

from chargers.domain.commands import Outcome, SetMonitoringLevel
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: SetMonitoringLevel) -> Payload:
    return {"severity": command.severity}


def decode_outcome(_command: SetMonitoringLevel, payload: Payload) -> Outcome:
    return by_status(payload)
