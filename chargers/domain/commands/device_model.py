"""Block B: variables of the device model, OCPP 1.6 configuration keys."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from chargers.domain.commands.command import Command


class ReportBase(StrEnum):
    """Which part of the device model a base report covers (B07)."""

    CONFIGURATION = "ConfigurationInventory"
    FULL = "FullInventory"
    SUMMARY = "SummaryInventory"


class ComponentCriterion(StrEnum):
    """Components of a custom report by their state (B08)."""

    ACTIVE = "Active"
    AVAILABLE = "Available"
    ENABLED = "Enabled"
    PROBLEM = "Problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class GetVariables(Command):
    """Names as `Component.Variable` (2.0.1) or configuration keys (1.6); empty: all keys.

    `attributes` are attribute types (Actual, Target, MinSet, MaxSet); empty is Actual alone.
    """

    kind: ClassVar[str] = "get_variables"

    names: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetVariable(Command):
    kind: ClassVar[str] = "set_variable"

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetVariables(Command):
    """Several at once, in one message; its result tells of each (B05).

    `values` are objects of `name`, `value` and, unless Actual, `attribute`.
    """

    kind: ClassVar[str] = "set_variables"

    values: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GetBaseReport(Command):
    """An inventory; answered by NotifyReport messages (1.6: all configuration keys)."""

    kind: ClassVar[str] = "get_base_report"
    enums: ClassVar[dict[str, type[StrEnum]]] = {"report_base": ReportBase}

    request_id: int
    report_base: ReportBase = ReportBase.FULL


@dataclass(frozen=True, slots=True, kw_only=True)
class GetReport(Command):
    """A report of named components or variables, or of components in some state (B08).

    `names` are `Component` or `Component.Variable`; on 1.6, configuration keys.
    """

    kind: ClassVar[str] = "get_report"

    request_id: int
    criteria: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


COMMANDS: tuple[type[Command], ...] = (
    GetVariables,
    SetVariable,
    SetVariables,
    GetBaseReport,
    GetReport,
)
