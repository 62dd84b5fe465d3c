"""B07: the inventory comes by NotifyReport."""

from __future__ import annotations

from chargers.domain.commands import GetBaseReport, Outcome
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status


def encode(command: GetBaseReport) -> Payload:
    return {"requestId": command.request_id, "reportBase": command.report_base.value}


def decode_outcome(_command: GetBaseReport, payload: Payload) -> Outcome:
    return by_status(payload)
