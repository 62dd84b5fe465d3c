"""Block N: what a station watches by itself and reports when it happens."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from chargers.domain.commands.command import Command


class MonitorType(StrEnum):
    """When a monitor fires; the values stand in rows and on the wire."""

    UPPER_THRESHOLD = "UpperThreshold"
    LOWER_THRESHOLD = "LowerThreshold"
    DELTA = "Delta"
    PERIODIC = "Periodic"
    PERIODIC_CLOCK_ALIGNED = "PeriodicClockAligned"


class MonitoringBase(StrEnum):
    """Which set of monitors a station goes back to (N03)."""

    ALL = "All"
    FACTORY_DEFAULT = "FactoryDefault"
    HARD_WIRED_ONLY = "HardWiredOnly"


class MonitoringCriterion(StrEnum):
    """Kinds of monitors of a report (N02)."""

    THRESHOLD = "ThresholdMonitoring"
    DELTA = "DeltaMonitoring"
    PERIODIC = "PeriodicMonitoring"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetVariableMonitoring(Command):
    """Set monitors (N04); its result tells of each.

    `monitors` are objects of `name` (`Component.Variable`), `type`, `value`, `severity` (0 to 9,
    0 the gravest), `transaction` (only while one runs) and, to replace one, `id`.
    """

    kind: ClassVar[str] = "set_variable_monitoring"

    monitors: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearVariableMonitoring(Command):
    """Remove monitors by the station's ids (N06)."""

    kind: ClassVar[str] = "clear_variable_monitoring"

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMonitoringBase(Command):
    """Go back to a known set of monitors (N03)."""

    kind: ClassVar[str] = "set_monitoring_base"
    enums: ClassVar[dict[str, type[StrEnum]]] = {"base": MonitoringBase}

    base: MonitoringBase


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMonitoringLevel(Command):
    """Report only events of this severity and graver ones (N05)."""

    kind: ClassVar[str] = "set_monitoring_level"

    severity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GetMonitoringReport(Command):
    """Ask for the monitors; answered by NotifyMonitoringReport messages (N02)."""

    kind: ClassVar[str] = "get_monitoring_report"

    request_id: int
    criteria: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


COMMANDS: tuple[type[Command], ...] = (
    SetVariableMonitoring,
    ClearVariableMonitoring,
    SetMonitoringBase,
    SetMonitoringLevel,
    GetMonitoringReport,
)
