"""B08: a custom report comes by NotifyReport."""

from __future__ import annotations

from chargers.domain.commands import GetReport, Outcome
from chargers.ocpp.fields import Payload
from chargers.ocpp.outcomes import by_status
from chargers.ocpp.v201.variables import parse_criterion


def encode(command: GetReport) -> Payload:
    payload: Payload = {"requestId": command.request_id}
    if command.criteria:
        payload["componentCriteria"] = list(command.criteria)
    if command.names:
        payload["componentVariable"] = [parse_criterion(name) for name in command.names]
    return payload


def decode_outcome(_command: GetReport, payload: Payload) -> Outcome:
    return by_status(payload)
