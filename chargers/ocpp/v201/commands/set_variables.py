"""B05, one variable or several. Detail of the outcome of several: `results`, each with name,
attribute, status in neutral words, the station's own word and its reason.
"""

from __future__ import annotations

from typing import Any

from chargers.domain.commands import Outcome, OutcomeStatus, SetVariable, SetVariables
from chargers.ocpp.fields import Payload, identifier, text
from chargers.ocpp.outcomes import MAX_RAW_STATUS, by_status, status_of
from chargers.ocpp.v201.variables import comparable, parse_name

ACTUAL = "Actual"
_DONE = {OutcomeStatus.ACCEPTED, OutcomeStatus.SCHEDULED}


def encode(command: SetVariable) -> Payload:
    return {"setVariableData": [_asked(command.name, command.value, ACTUAL)]}


def encode_several(command: SetVariables) -> Payload:
    return {
        "setVariableData": [
            _asked(each["name"], each["value"], each.get("attribute") or ACTUAL)
            for each in command.values
        ]
    }


def _asked(name: str, value: str, attribute: str) -> Payload:
    component, variable = parse_name(name)
    asked: Payload = {"component": component, "variable": variable, "attributeValue": value}
    return asked if attribute == ACTUAL else {**asked, "attributeType": attribute}


def decode_outcome(_command: SetVariable, payload: Payload) -> Outcome:
    results: list[Payload] = payload.get("setVariableResult", [])
    first: Payload = results[0] if results else {}
    answer: Payload = {"status": identifier(first, "attributeStatus")}
    if "attributeStatusInfo" in first:
        answer["statusInfo"] = first["attributeStatusInfo"]
    return by_status(answer)


def decode_several(command: SetVariables, payload: Payload) -> Outcome:
    """Accepted when all are, scheduled when some wait for a restart, else rejected."""
    answered = {_key(result): result for result in payload.get("setVariableResult", [])}
    results = [_told(each, answered) for each in command.values]
    statuses = {OutcomeStatus(each["status"]) for each in results}
    if not statuses <= _DONE:
        status = OutcomeStatus.REJECTED
    elif OutcomeStatus.SCHEDULED in statuses:
        status = OutcomeStatus.SCHEDULED
    else:
        status = OutcomeStatus.ACCEPTED
    words = dict.fromkeys(each["raw_status"] for each in results if each["raw_status"])
    return Outcome(
        status=status,
        raw_status=", ".join(words)[:MAX_RAW_STATUS],
        detail={"results": results},
    )


def _key(result: Payload) -> tuple[str, str]:
    name = comparable(result.get("component", {}), result.get("variable", {}))
    return name, identifier(result, "attributeType") or ACTUAL


def _told(asked: dict[str, Any], answered: dict[tuple[str, str], Payload]) -> dict[str, Any]:
    """One that the station left out has failed."""
    attribute = asked.get("attribute") or ACTUAL
    result = answered.get((comparable(*parse_name(asked["name"])), attribute), {})
    word = identifier(result, "attributeStatus")[:MAX_RAW_STATUS]
    info: Payload = result.get("attributeStatusInfo", {})
    reasons = (text(info, "reasonCode"), text(info, "additionalInfo", 512))
    return {
        "name": asked["name"],
        "attribute": attribute,
        "status": status_of(word).value,
        "raw_status": word,
        "reason": " ".join(part for part in reasons if part),
    }
