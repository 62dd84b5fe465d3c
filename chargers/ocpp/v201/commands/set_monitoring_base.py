"""N03."""

from __future__ import annotations

from chargers.domain.commands import Outcome, SetMonitoringBase
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: SetMonitoringBase) -> Payload:
    return {"monitoringBase": command.base.value}


def decode_outcome(_command: SetMonitoringBase, payload: Payload) -> Outcome:
    return by_status(payload)
