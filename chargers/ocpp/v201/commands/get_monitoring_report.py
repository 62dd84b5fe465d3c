"""N02: the monitors come by NotifyMonitoringReport."""

from __future__ import annotations

from chargers.domain.commands import GetMonitoringReport, Outcome
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status
from chargers.ocpp.v201.variables import parse_criterion


def encode(command: GetMonitoringReport) -> Payload:
    payload: Payload = {"requestId": command.request_id}
    if command.criteria:
        payload["monitoringCriteria"] = list(command.criteria)
    if command.names:
        payload["componentVariable"] = [parse_criterion(name) for name in command.names]
    return payload


def decode_outcome(_command: GetMonitoringReport, payload: Payload) -> Outcome:
    return by_status(payload)
