"""B07, B08: a page of the device model."""

from __future__ import annotations

from decimal import Decimal

from chargers.domain.messages import NotifyReport, ReportedVariable
from chargers.ocpp import answers
from chargers.ocpp.fields import Payload, integer, place, require_integer, text
from chargers.ocpp.notes import Notes
from chargers.ocpp.secrets import masked

encode_result = answers.nothing


def decode(payload: Payload, notes: Notes) -> NotifyReport:
    """One faulty entry costs that entry, never the report (Q20)."""
    entries = [_variable(entry, notes) for entry in payload.get("reportData", ())]
    return NotifyReport(
        request_id=require_integer(payload, "requestId", notes),
        seq_no=integer(payload, "seqNo", notes) or 0,
        is_last=not payload.get("tbc", False),
        variables=tuple(entry for entry in entries if entry is not None),
    )


def _variable(entry: Payload, notes: Notes) -> ReportedVariable | None:
    component: Payload = entry.get("component", {})
    variable: Payload = entry.get("variable", {})
    evse: Payload = component.get("evse", {})
    names = (text(component, "name"), text(variable, "name"))
    if not all(names):
        notes.add("reportData", "entry without name")
        return None
    attributes: list[Payload] = entry.get("variableAttribute", [])
    return ReportedVariable(
        component=names[0],
        variable=names[1],
        component_instance=text(component, "instance"),
        variable_instance=text(variable, "instance"),
        evse=place(evse, "id", notes),
        connector=place(evse, "connectorId", notes),
        attributes={
            text(attribute, "type", 20) or "Actual": masked(
                names[1], text(attribute, "value", 2500)
            )
            for attribute in attributes
        },
        is_read_only=bool(attributes)
        and all(attribute.get("mutability") == "ReadOnly" for attribute in attributes),
        characteristics={
            # a limit sent as text was read as Decimal, which JSON does not know
            name: float(value) if isinstance(value, Decimal) else value
            for name, value in entry.get("variableCharacteristics", {}).items()
        },
    )
