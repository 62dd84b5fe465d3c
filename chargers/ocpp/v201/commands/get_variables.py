"""B06. Detail of the outcome: `variables` as name, value (None: not told), read_only (None: not told
here) and, unless Actual, attribute; `unknown` as names. Secret values are masked before anything is
stored.
"""

from __future__ import annotations

from typing import Any

from chargers.domain.commands import GetVariables, Outcome, OutcomeStatus
from chargers.ocpp.errors import NotSupportedError
from chargers.ocpp.fields import Payload, identifier
from chargers.ocpp.secrets import masked
from chargers.ocpp.v201.variables import comparable, format_name, parse_name

ACTUAL = "Actual"


def encode(command: GetVariables) -> Payload:
    if not command.names:
        raise NotSupportedError("2.x reads named variables; GetBaseReport reads all")
    return {
        "getVariableData": [
            _asked(name, attribute)
            for name in command.names
            for attribute in command.attributes or (ACTUAL,)
        ]
    }


def _asked(name: str, attribute: str) -> Payload:
    component, variable = parse_name(name)
    asked: Payload = {"component": component, "variable": variable}
    return asked if attribute == ACTUAL else {**asked, "attributeType": attribute}


def decode_outcome(command: GetVariables, payload: Payload) -> Outcome:
    """Under the names that were asked for, however the station spells them."""
    results: list[Payload] = payload.get("getVariableResult", [])
    asked = {comparable(*parse_name(name)): name for name in command.names}
    variables: list[dict[str, Any]] = []
    unknown: list[str] = []
    for result in results:
        parts = (result.get("component", {}), result.get("variable", {}))
        name = asked.get(comparable(*parts)) or format_name(*parts)
        if result.get("attributeStatus") == "Accepted":
            variables.append(_told(name, result))
        elif identifier(result, "attributeType") in {"", ACTUAL}:
            unknown.append(name)
    words = {identifier(result, "attributeStatus")[:50] for result in results}
    return Outcome(
        status=OutcomeStatus.ACCEPTED if variables else OutcomeStatus.REJECTED,
        raw_status=words.pop() if len(words) == 1 else "",
        detail={"variables": variables, "unknown": unknown},
    )


def _told(name: str, result: Payload) -> dict[str, Any]:
    value = (
        masked(name, identifier(result, "attributeValue")) if "attributeValue" in result else None
    )
    told: dict[str, Any] = {"name": name, "value": value, "read_only": None}
    attribute = identifier(result, "attributeType")[:20]
    return told if attribute in {"", ACTUAL} else {**told, "attribute": attribute}
