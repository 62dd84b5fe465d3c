"""Block O: messages on a station's display."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from chargers.domain.commands.command import Command
from chargers.domain.vocabulary import MessageFormat, MessagePriority


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDisplayMessage(Command):
    """Show a message, or replace the one of the same number (O01, O02, O06).

    Attributes:
        number: id of the message at this station.
        state: only while the station is in it; None: always.
        transaction_ref: only while this transaction runs.
        starts_at, ends_at: None is at once, and until it is cleared.
    """

    kind: ClassVar[str] = "set_display_message"
    enums: ClassVar[dict[str, type[StrEnum]]] = {
        "priority": MessagePriority,
        "format": MessageFormat,
    }
    instants: ClassVar[tuple[str, ...]] = ("starts_at", "ends_at")

    number: int
    content: str
    priority: MessagePriority = MessagePriority.NORMAL_CYCLE
    format: MessageFormat = MessageFormat.UTF8
    language: str = ""
    state: str = ""
    transaction_ref: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GetDisplayMessages(Command):
    """Have the station tell what it shows (O03, O04); answered by NotifyDisplayMessages."""

    kind: ClassVar[str] = "get_display_messages"

    request_id: int
    priority: str = ""
    state: str = ""

    @property
    def asks_for_all(self) -> bool:
        return not self.priority and not self.state


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearDisplayMessage(Command):
    """Take a message down (O05)."""

    kind: ClassVar[str] = "clear_display_message"

    number: int


COMMANDS: tuple[type[Command], ...] = (SetDisplayMessage, GetDisplayMessages, ClearDisplayMessage)
