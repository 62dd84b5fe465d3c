"""Names of the device model (B05 to B08) as one string.

`Component.Variable`, where needed `Component[instance]@evse:connector.Variable[instance]`, such as
`OCPPCommCtrlr.HeartbeatInterval`, `Connector@1:2.Available`, `OCPPCommCtrlr.MessageTimeout[Default]`.
"""

from __future__ import annotations

import re

from chargers.ocpp.errors import UnableToEncodeError
from chargers.ocpp.fields import Payload, identifier

_NAME = re.compile(
    r"(?P<component>[^\[\].@]+)(?:\[(?P<component_instance>[^\[\]]+)\])?"
    r"(?:@(?P<evse>\d{1,9})(?::(?P<connector>\d{1,9}))?)?"
    r"\.(?P<variable>[^\[\].@]+)(?:\[(?P<variable_instance>[^\[\]]+)\])?"
)


def parse_name(name: str) -> tuple[Payload, Payload]:
    """`component` and `variable` objects of the wire.

    Raises:
        UnableToEncodeError: `name` has another form.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise UnableToEncodeError("a variable is named Component.Variable")
    component: Payload = {"name": match["component"]}
    if match["component_instance"]:
        component["instance"] = match["component_instance"]
    if match["evse"]:
        component["evse"] = {"id": int(match["evse"])}
        if match["connector"]:
            component["evse"]["connectorId"] = int(match["connector"])
    variable: Payload = {"name": match["variable"]}
    if match["variable_instance"]:
        variable["instance"] = match["variable_instance"]
    return component, variable


def format_name(component: Payload, variable: Payload) -> str:
    """The inverse of `parse_name`."""
    evse: Payload = component.get("evse", {})
    place = ""
    if "id" in evse:
        connector = evse.get("connectorId")
        place = f"@{evse['id']}" + ("" if connector is None else f":{connector}")
    return f"{_with_instance(component)}{place}.{_with_instance(variable)}"


def _with_instance(part: Payload) -> str:
    instance = identifier(part, "instance")
    return identifier(part, "name") + (f"[{instance}]" if instance else "")
