"""Blocks C and D: what a station remembers of tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chargers.domain.commands.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearCache(Command):
    kind: ClassVar[str] = "clear_cache"


COMMANDS: tuple[type[Command], ...] = (ClearCache,)
