"""Blocks C and D: what a station remembers of tokens."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Self

from chargers.domain.commands.command import Command
from chargers.domain.local_list import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearCache(Command):
    kind: ClassVar[str] = "clear_cache"


class UpdateType(StrEnum):
    """UpdateEnumType of a local authorisation list."""

    FULL = "Full"
    DIFFERENTIAL = "Differential"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendLocalList(Command):
    """Replace or change the list (D01). `removed` tokens go in a differential update only."""

    kind: ClassVar[str] = "send_local_list"
    enums: ClassVar[dict[str, type[StrEnum]]] = {"update_type": UpdateType}

    version: int
    update_type: UpdateType
    entries: tuple[Entry, ...] = ()
    removed: tuple[Entry, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "update_type": self.update_type.value,
            "entries": [entry.to_json() for entry in self.entries],
            "removed": [entry.to_json() for entry in self.removed],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(
            version=data["version"],
            update_type=UpdateType(data["update_type"]),
            entries=tuple(map(Entry.from_json, data["entries"])),
            removed=tuple(map(Entry.from_json, data["removed"])),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GetLocalListVersion(Command):
    """Which version of the list a station holds (D02). Detail of the outcome: `version`."""

    kind: ClassVar[str] = "get_local_list_version"


COMMANDS: tuple[type[Command], ...] = (ClearCache, SendLocalList, GetLocalListVersion)
