"""Block B: variables of the device model, OCPP 1.6 configuration keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chargers.domain.commands.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class GetVariables(Command):
    """Names as `Component.Variable` (2.0.1) or configuration keys (1.6); empty: all keys."""

    kind: ClassVar[str] = "get_variables"

    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetVariable(Command):
    kind: ClassVar[str] = "set_variable"

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GetBaseReport(Command):
    """Full inventory; answered by NotifyReport messages (1.6: all configuration keys)."""

    kind: ClassVar[str] = "get_base_report"

    request_id: int


COMMANDS: tuple[type[Command], ...] = (GetVariables, SetVariable, GetBaseReport)
