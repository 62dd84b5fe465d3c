"""Blocks B, F and G: reset, unlock, availability, triggers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from chargers.domain.commands.command import Command
from chargers.domain.vocabulary import RequestedMessage, ResetType


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockConnector(Command):
    kind: ClassVar[str] = "unlock_connector"

    evse: int
    connector: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset(Command):
    """Immediate ends running transactions (1.6: Hard); OnIdle waits (1.6: Soft)."""

    kind: ClassVar[str] = "reset"
    enums: ClassVar[dict[str, type[StrEnum]]] = {"type": ResetType}

    type: ResetType = ResetType.ON_IDLE
    evse: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAvailability(Command):
    kind: ClassVar[str] = "change_availability"

    operative: bool
    evse: int | None = None
    connector: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerMessage(Command):
    kind: ClassVar[str] = "trigger_message"
    enums: ClassVar[dict[str, type[StrEnum]]] = {"requested_message": RequestedMessage}

    requested_message: RequestedMessage
    evse: int | None = None
    connector: int | None = None


COMMANDS: tuple[type[Command], ...] = (UnlockConnector, Reset, ChangeAvailability, TriggerMessage)
