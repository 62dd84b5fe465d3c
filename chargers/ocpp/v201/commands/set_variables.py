"""B05, one variable at a time."""

from __future__ import annotations

from chargers.domain.commands import Outcome, SetVariable
from chargers.ocpp.fields import Payload, identifier
from chargers.ocpp.outcomes import by_status
from chargers.ocpp.v201.variables import parse_name


def encode(command: SetVariable) -> Payload:
    component, variable = parse_name(command.name)
    return {
        "setVariableData": [
            {"component": component, "variable": variable, "attributeValue": command.value}
        ]
    }


def decode_outcome(_command: SetVariable, payload: Payload) -> Outcome:
    results: list[Payload] = payload.get("setVariableResult", [])
    first: Payload = results[0] if results else {}
    answer: Payload = {"status": identifier(first, "attributeStatus")}
    if "attributeStatusInfo" in first:
        answer["statusInfo"] = first["attributeStatusInfo"]
    return by_status(answer)
