"""Asking a station to watch its variables (N02 to N06; OCPP 2.x)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.transaction import atomic

from accounts.services.audit import Actor
from chargers.domain import commands as wire
from chargers.domain.commands import MonitorType
from chargers.domain.variables import component_of
from chargers.exceptions import UnableToCommand
from chargers.models import ChargingStation, StationCommand
from chargers.ocpp.well_known import Asking, Family
from chargers.services.commands import request_command
from chargers.services.device_model.limits import chunks, items_per_message
from chargers.services.device_model.variables import known_variables

MOST_AT_ONCE = 100
LEAST_SEVERE = 9
_PERIODIC = (MonitorType.PERIODIC, MonitorType.PERIODIC_CLOCK_ALIGNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMonitor:
    """A monitor to set; with `id` it replaces the one of that number.

    Attributes:
        name: `Component.Variable` as the station calls it.
        value: threshold, change, or seconds between reports.
        severity: 0 (danger) to 9 (debug).
        transaction: only while a transaction runs.
    """

    name: str
    type: MonitorType
    value: float
    severity: int
    transaction: bool = False
    id: int | None = None


@atomic
def set_monitors(
    *,
    station: ChargingStation,
    monitors: Sequence[NewMonitor],
    now: datetime,
    actor: Actor | None = None,
) -> list[StationCommand]:
    """Set monitors (N04): as few messages as the station's limit allows; the result of each command
    tells of its monitors, and those taken stand in `VariableMonitor` by then.

    Raises:
        UnableToCommand: unreachable, or a monitor that cannot be; nothing was sent.
    """
    if not 1 <= len(monitors) <= MOST_AT_ONCE:
        raise UnableToCommand(f"Between 1 and {MOST_AT_ONCE} monitors.")
    known = known_variables(station_id=station.pk, names=[each.name for each in monitors])
    for monitor in monitors:
        row = known.get(monitor.name.strip())
        errors = _errors(monitor, row.attributes if row else {})
        if errors:
            raise UnableToCommand(errors=errors)
    told = [_told(monitor) for monitor in monitors]
    return [
        request_command(
            station=station,
            command=wire.SetVariableMonitoring(monitors=tuple(part)),
            now=now,
            actor=actor,
        )
        for part in chunks(told, items_per_message(station.pk, Family.VARIABLES, Asking.WATCH))
    ]


@atomic
def clear_monitors(
    *,
    station: ChargingStation,
    numbers: Sequence[int],
    now: datetime,
    actor: Actor | None = None,
) -> list[StationCommand]:
    """Remove monitors by the station's numbers (N06); the commands' results tell of each.

    Raises:
        UnableToCommand: unreachable, or no number, or too many.
    """
    unique = list(dict.fromkeys(numbers))
    if not 1 <= len(unique) <= MOST_AT_ONCE:
        message = f"Between 1 and {MOST_AT_ONCE} monitors."
        raise UnableToCommand(message, errors={"ids": message})
    limit = items_per_message(station.pk, Family.VARIABLES, Asking.FORGET)
    return [
        request_command(
            station=station,
            command=wire.ClearVariableMonitoring(ids=tuple(part)),
            now=now,
            actor=actor,
        )
        for part in chunks(unique, limit)
    ]


def _errors(monitor: NewMonitor, attributes: dict[str, Any]) -> dict[str, str]:
    found = {
        "name": _name_fault(monitor.name.strip(), attributes),
        "value": _value_fault(monitor),
        "severity": "" if 0 <= monitor.severity <= LEAST_SEVERE else f"From 0 to {LEAST_SEVERE}.",
    }
    return {field: fault for field, fault in found.items() if fault}


def _name_fault(name: str, attributes: dict[str, Any]) -> str:
    if not component_of(name):
        return "Name it as Component.Variable."
    if attributes.get("supportsMonitoring") is False:
        return "The station says that this cannot be watched."
    return ""


def _value_fault(monitor: NewMonitor) -> str:
    if not math.isfinite(monitor.value):
        return "A number."
    if monitor.type in _PERIODIC and monitor.value < 1:
        return "At least 1 second."
    return ""


def _told(monitor: NewMonitor) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": monitor.name.strip(),
        "type": monitor.type.value,
        "value": monitor.value,
        "severity": monitor.severity,
        "transaction": monitor.transaction,
    }
    return told if monitor.id is None else {**told, "id": monitor.id}
