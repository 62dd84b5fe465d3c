"""B07, B08: a page of the device model."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from chargers.domain.messages import NotifyReport, ReportedVariable
from chargers.ocpp import answers
from chargers.ocpp.fields import INT32, Payload, integer, require_integer, text
from chargers.ocpp.notes import Notes
from chargers.ocpp.secrets import masked
from chargers.ocpp.v201.variables import named_variable

encode_result = answers.nothing


def decode(payload: Payload, notes: Notes) -> NotifyReport:
    """One faulty entry costs that entry, never the report (Q20)."""
    entries = [_variable(entry, notes) for entry in payload.get("reportData", ())]
    return NotifyReport(
        request_id=require_integer(payload, "requestId", notes),
        seq_no=integer(payload, "seqNo", notes, limit=INT32) or 0,
        is_last=not payload.get("tbc", False),
        variables=tuple(entry for entry in entries if entry is not None),
    )


def _variable(entry: Payload, notes: Notes) -> ReportedVariable | None:
    named = named_variable(entry, notes)
    if named is None:
        notes.add("reportData", "entry without name")
        return None
    attributes: list[Payload] = entry.get("variableAttribute", [])
    mutability = {_type(each): text(each, "mutability", 20) or "ReadWrite" for each in attributes}
    return replace(
        named,
        attributes={
            _type(each): masked(named.variable, text(each, "value", 2500)) for each in attributes
        },
        mutability=mutability,
        is_read_only=bool(mutability) and set(mutability.values()) == {"ReadOnly"},
        is_persistent=_told(attributes, "persistent"),
        is_constant=_told(attributes, "constant"),
        characteristics={
            # a limit sent as text was read as Decimal, which JSON does not know
            name: float(value) if isinstance(value, Decimal) else value
            for name, value in entry.get("variableCharacteristics", {}).items()
        },
    )


def _type(attribute: Payload) -> str:
    return text(attribute, "type", 20) or "Actual"


def _told(attributes: list[Payload], name: str) -> bool | None:
    """What is said of any attribute counts for the variable; None when nothing is."""
    said = [bool(each[name]) for each in attributes if name in each]
    return any(said) if said else None
