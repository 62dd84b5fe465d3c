"""1.6 section 5.8, for GetVariables and GetReport (named keys), GetBaseReport (all keys).

Detail of the outcome: `variables` as name, value and read_only; `unknown` as names. Secret values
are masked before anything is stored.
"""

from __future__ import annotations

from typing import Any

from chargers.domain.commands import GetBaseReport, GetReport, GetVariables, Outcome
from chargers.ocpp.errors import NotSupportedError
from chargers.ocpp.fields import Payload, identifier
from chargers.ocpp.outcomes import accepted
from chargers.ocpp.secrets import masked


def encode_keys(command: GetVariables) -> Payload:
    return {"key": list(command.names)} if command.names else {}


def encode_all(_command: GetBaseReport) -> Payload:
    return {}


def encode_report(command: GetReport) -> Payload:
    if not command.names:
        raise NotSupportedError("1.6 reports named keys, not components by their state")
    return {"key": list(command.names)}


def decode_outcome(_command: GetVariables | GetBaseReport | GetReport, payload: Payload) -> Outcome:
    keys = payload.get("configurationKey", ())
    return accepted(
        {
            "variables": [_variable(key) for key in keys if identifier(key, "key")],
            "unknown": list(payload.get("unknownKey", ())),
        }
    )


def _variable(key: Payload) -> dict[str, Any]:
    name = identifier(key, "key")
    value = key.get("value")
    return {
        "name": name,
        "value": None if value is None else masked(name, value),
        "read_only": bool(key.get("readonly", False)),
    }
