"""Names of the device model (OCPP 2.0.1 B) and 1.6 configuration keys under one spelling."""

from __future__ import annotations

import re

from chargers.domain.messages import ReportedVariable


def variable_name(variable: ReportedVariable) -> str:
    """`Component[instance].Variable[instance]`; a 1.6 key (no component) is its bare name."""
    name = _with_instance(variable.variable, variable.variable_instance)
    if not variable.component:
        return name
    return f"{_with_instance(variable.component, variable.component_instance)}.{name}"


_PLACE = re.compile(r"@(\d{1,9})(?::(\d{1,9}))?(?=\.|$)")
_PART = r"[^\[\].@]{1,50}(?:\[[^\[\]]{1,50}\])?"
_FULL = re.compile(rf"{_PART}(?:@\d{{1,9}}(?::\d{{1,9}})?)?\.{_PART}")
_COMPONENT = re.compile(r"[^\[\].]+(?:\[[^\[\]]*\])?")


def split_place(name: str) -> tuple[str, int, int]:
    """Name, EVSE and connector: "Connector@1:2.Available" -> ("Connector.Available", 1, 2)."""
    match = _PLACE.search(name)
    if match is None:
        return name, 0, 0
    return name.replace(match[0], "", 1), int(match[1]), int(match[2] or 0)


def join_place(name: str, evse: int, connector: int) -> str:
    """The inverse of `split_place`: ("Connector.Available", 1, 2) -> "Connector@1:2.Available"."""
    if not evse:
        return name
    component = component_of(name)
    place = f"@{evse}:{connector}" if connector else f"@{evse}"
    return f"{component}{place}{name[len(component) :]}"


def is_variable_name(name: str) -> bool:
    """Whether a message can name this: `Component[instance]@evse:connector.Variable[instance]`."""
    return _FULL.fullmatch(name) is not None


def component_of(name: str) -> str:
    """`Component[instance]` of a full name; a configuration key belongs to none, which is ""."""
    match = _COMPONENT.match(name)
    if match is None or not name[match.end() :].startswith("."):
        return ""
    return match[0]


def _with_instance(name: str, instance: str) -> str:
    return f"{name}[{instance}]" if instance else name
