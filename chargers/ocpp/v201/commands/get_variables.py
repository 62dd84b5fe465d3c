"""B06. Detail of the outcome: `variables` as name, value and read_only (None: not told here),
`unknown` as names. Secret values are masked before anything is stored.
"""

from __future__ import annotations

from typing import Any

from chargers.domain.commands import GetVariables, Outcome, OutcomeStatus
from chargers.ocpp.errors import NotSupportedError
from chargers.ocpp.fields import Payload, identifier
from chargers.ocpp.secrets import masked
from chargers.ocpp.v201.variables import format_name, parse_name


def encode(command: GetVariables) -> Payload:
    if not command.names:
        raise NotSupportedError("2.x reads named variables; GetBaseReport reads all")
    data: list[Payload] = []
    for name in command.names:
        component, variable = parse_name(name)
        data.append({"component": component, "variable": variable})
    return {"getVariableData": data}


def decode_outcome(_command: GetVariables, payload: Payload) -> Outcome:
    results: list[Payload] = payload.get("getVariableResult", [])
    variables: list[dict[str, Any]] = []
    unknown: list[str] = []
    for result in results:
        name = format_name(result.get("component", {}), result.get("variable", {}))
        if result.get("attributeStatus") == "Accepted":
            value = masked(name, identifier(result, "attributeValue"))
            variables.append({"name": name, "value": value, "read_only": None})
        else:
            unknown.append(name)
    words = {identifier(result, "attributeStatus")[:50] for result in results}
    return Outcome(
        status=OutcomeStatus.ACCEPTED if variables else OutcomeStatus.REJECTED,
        raw_status=words.pop() if len(words) == 1 else "",
        detail={"variables": variables, "unknown": unknown},
    )
