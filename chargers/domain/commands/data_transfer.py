"""Block P: vendor data, and raw calls for experts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from chargers.domain.commands.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class DataTransfer(Command):
    kind: ClassVar[str] = "data_transfer"

    vendor_id: str
    message_id: str = ""
    data: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Custom(Command):
    """A raw call for experts: any action with any payload, sent as it stands."""

    kind: ClassVar[str] = "custom"

    action: str
    payload: dict[str, Any] = field(default_factory=dict)


COMMANDS: tuple[type[Command], ...] = (DataTransfer, Custom)
