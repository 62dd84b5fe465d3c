"""The base of every domain event: what happened, to what, for which operator."""

from __future__ import annotations

import dataclasses
import types
import typing
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Self
from uuid import UUID

_ENVELOPE = ("operator_id", "subject_id", "parent_id")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Event:
    """A fact in the past tense. Subclasses add fields of plain types (str, int, bool, UUID, datetime).

    Attributes:
        kind: stable dotted name, `<app>.<past_tense>`; integrators see it in webhooks.
        subject_type: what kind of object it happened to, such as `station`.
        operator_id: the tenant.
        subject_id: primary key of that object.
        parent_id: a wider object whose timeline shows the event, too (the station of a transaction).
    """

    kind: ClassVar[str]
    subject_type: ClassVar[str]

    operator_id: UUID
    subject_id: UUID
    parent_id: UUID | None = None

    def payload(self) -> dict[str, Any]:
        """The event's own fields, as stored in the outbox (JSON by Django's encoder)."""
        names = (field.name for field in dataclasses.fields(self))
        return {name: getattr(self, name) for name in names if name not in _ENVELOPE}

    @classmethod
    def from_stored(
        cls,
        *,
        operator_id: UUID,
        subject_id: UUID,
        parent_id: UUID | None,
        payload: dict[str, Any],
    ) -> Self:
        """Rebuild the event from its outbox row; unknown keys of newer versions are ignored."""
        hints = _hints(cls)  # type: ignore[arg-type]
        own = {k: _decode(v, hints[k]) for k, v in payload.items() if k in hints}
        return cls(operator_id=operator_id, subject_id=subject_id, parent_id=parent_id, **own)


@cache
def _hints(cls: Any) -> dict[str, Any]:
    names = {field.name for field in dataclasses.fields(cls)} - set(_ENVELOPE)
    return {name: hint for name, hint in typing.get_type_hints(cls).items() if name in names}


def _decode(value: Any, hint: Any) -> Any:
    if value is None:
        return None
    if isinstance(hint, types.UnionType):
        hint = next(arg for arg in hint.__args__ if arg is not types.NoneType)
    if hint is UUID and isinstance(value, str):
        return UUID(value)
    if hint is datetime and isinstance(value, str):
        return datetime.fromisoformat(value)
    return value
