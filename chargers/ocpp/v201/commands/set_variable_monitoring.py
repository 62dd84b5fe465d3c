"""N04. Detail of the outcome: `results` in the order asked, each with name, type, status in neutral
words, the station's own word, its reason, and the id that the station gave.
"""

from __future__ import annotations

from typing import Any

from chargers.domain.commands import Outcome, OutcomeStatus, SetVariableMonitoring
from chargers.ocpp.fields import Payload, identifier, text
from chargers.ocpp.outcomes import MAX_RAW_STATUS, status_of
from chargers.ocpp.v201.variables import comparable, parse_name


def encode(command: SetVariableMonitoring) -> Payload:
    return {"setMonitoringData": [_asked(monitor) for monitor in command.monitors]}


def _asked(monitor: dict[str, Any]) -> Payload:
    component, variable = parse_name(monitor["name"])
    asked: Payload = {
        "component": component,
        "variable": variable,
        "type": monitor["type"],
        "value": monitor["value"],
        "severity": monitor["severity"],
    }
    if monitor.get("transaction"):
        asked["transaction"] = True
    if monitor.get("id") is not None:
        asked["id"] = monitor["id"]
    return asked


def decode_outcome(command: SetVariableMonitoring, payload: Payload) -> Outcome:
    """Accepted when all are; the station may answer in another order than asked."""
    answers: list[Payload] = list(payload.get("setMonitoringResult", []))
    results = [_told(monitor, _take(monitor, answers)) for monitor in command.monitors]
    words = dict.fromkeys(each["raw_status"] for each in results if each["raw_status"])
    done = all(each["status"] == OutcomeStatus.ACCEPTED for each in results)
    return Outcome(
        status=OutcomeStatus.ACCEPTED if done else OutcomeStatus.REJECTED,
        raw_status=", ".join(words)[:MAX_RAW_STATUS],
        detail={"results": results},
    )


def _take(monitor: dict[str, Any], answers: list[Payload]) -> Payload:
    """The answer to one request, taken out: two monitors of a kind may differ in severity alone."""
    name = comparable(*parse_name(monitor["name"]))
    fitting = [
        each
        for each in answers
        if comparable(each.get("component", {}), each.get("variable", {})) == name
        and each.get("type") == monitor["type"]
    ]
    same = [each for each in fitting if each.get("severity") == monitor["severity"]]
    chosen = next(iter(same or fitting), None)
    if chosen is None:
        return {}
    answers.remove(chosen)
    return chosen


def _told(monitor: dict[str, Any], answer: Payload) -> dict[str, Any]:
    word = identifier(answer, "status")[:MAX_RAW_STATUS]
    info: Payload = answer.get("statusInfo", {})
    reasons = (text(info, "reasonCode"), text(info, "additionalInfo", 512))
    return {
        "name": monitor["name"],
        "type": monitor["type"],
        "status": status_of(word).value,
        "raw_status": word,
        "reason": " ".join(part for part in reasons if part),
        "id": answer.get("id"),
    }
