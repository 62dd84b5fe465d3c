"""Names of the device model (B05 to B08) as one string.

`Component.Variable`, where needed `Component[instance]@evse:connector.Variable[instance]`, such as
`OCPPCommCtrlr.HeartbeatInterval`, `Connector@1:2.Available`, `OCPPCommCtrlr.MessageTimeout[Default]`.
"""

from __future__ import annotations

import re

from chargers.domain.messages import ReportedVariable
from chargers.ocpp.errors import UnableToEncodeError
from chargers.ocpp.fields import Payload, identifier, place, text
from chargers.ocpp.notes import Notes

_COMPONENT = (
    r"(?P<component>[^\[\].@]+)(?:\[(?P<component_instance>[^\[\]]+)\])?"
    r"(?:@(?P<evse>\d{1,9})(?::(?P<connector>\d{1,9}))?)?"
)
_VARIABLE = r"\.(?P<variable>[^\[\].@]+)(?:\[(?P<variable_instance>[^\[\]]+)\])?"
_NAME = re.compile(f"{_COMPONENT}{_VARIABLE}")
_CRITERION = re.compile(f"{_COMPONENT}(?:{_VARIABLE})?")


def parse_name(name: str) -> tuple[Payload, Payload]:
    """`component` and `variable` objects of the wire.

    Raises:
        UnableToEncodeError: `name` has another form.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise UnableToEncodeError("a variable is named Component.Variable")
    return _component(match), _variable(match)


def parse_criterion(name: str) -> Payload:
    """`Component` or `Component.Variable` as an entry of `componentVariable` (B08, N02).

    Raises:
        UnableToEncodeError: `name` has another form.
    """
    match = _CRITERION.fullmatch(name)
    if match is None:
        raise UnableToEncodeError("name a Component or a Component.Variable")
    entry: Payload = {"component": _component(match)}
    if match["variable"]:
        entry["variable"] = _variable(match)
    return entry


def _component(match: re.Match[str]) -> Payload:
    component: Payload = {"name": match["component"]}
    if match["component_instance"]:
        component["instance"] = match["component_instance"]
    if match["evse"]:
        component["evse"] = {"id": int(match["evse"])}
        if match["connector"]:
            component["evse"]["connectorId"] = int(match["connector"])
    return component


def _variable(match: re.Match[str]) -> Payload:
    variable: Payload = {"name": match["variable"]}
    if match["variable_instance"]:
        variable["instance"] = match["variable_instance"]
    return variable


def format_name(component: Payload, variable: Payload) -> str:
    """The inverse of `parse_name`."""
    evse: Payload = component.get("evse", {})
    where = ""
    if "id" in evse:
        connector = evse.get("connectorId")
        where = f"@{evse['id']}" + ("" if connector is None else f":{connector}")
    return f"{_with_instance(component)}{where}.{_with_instance(variable)}"


def comparable(component: Payload, variable: Payload) -> str:
    """A name for finding the answer to what was asked: names are CiStrings, and stations spell them
    as they like.
    """
    return format_name(component, variable).casefold()


def named_variable(entry: Payload, notes: Notes) -> ReportedVariable | None:
    """Component, variable, instances and place of an entry; None when it lacks a name."""
    component: Payload = entry.get("component", {})
    variable: Payload = entry.get("variable", {})
    evse: Payload = component.get("evse", {})
    names = (text(component, "name"), text(variable, "name"))
    if not all(names):
        return None
    return ReportedVariable(
        component=names[0],
        variable=names[1],
        component_instance=text(component, "instance"),
        variable_instance=text(variable, "instance"),
        evse=place(evse, "id", notes),
        connector=place(evse, "connectorId", notes),
    )


def _with_instance(part: Payload) -> str:
    instance = identifier(part, "instance")
    return identifier(part, "name") + (f"[{instance}]" if instance else "")
