"""What every command is, and what a station may answer."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self

# The raw status of a command whose socket went before the answer came: nobody knows what became of it.
CONNECTION_LOST = "connection lost"


class OutcomeStatus(StrEnum):
    """How a station answered; versions map their own words onto these."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SCHEDULED = "scheduled"
    NOT_SUPPORTED = "not_supported"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The station's answer.

    Attributes:
        status: neutral result.
        raw_status: the station's own word, such as `UnlockFailed` or a CALLERROR code.
        detail: the rest of the answer (configuration values, additional info).
    """

    status: OutcomeStatus
    raw_status: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    kind: ClassVar[str]
    # Fields that JSON brings back as plain words.
    enums: ClassVar[dict[str, type[StrEnum]]] = {}
    # Fields that are instants: aware datetimes, or None.
    instants: ClassVar[tuple[str, ...]] = ()
    # Fields that no row, log or audit entry may hold in plain words.
    secrets: ClassVar[tuple[str, ...]] = ()

    def to_json(self) -> dict[str, Any]:
        data = dataclasses.asdict(self)
        for name in self.instants:
            at: datetime | None = data[name]
            data[name] = None if at is None else at.isoformat()
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        names = {f.name for f in dataclasses.fields(cls)}
        values = {key: value for key, value in data.items() if key in names}
        for name in cls.enums.keys() & values.keys():
            if values[name] is not None:
                values[name] = cls.enums[name](values[name])
        for name in cls.instants:
            if values.get(name) is not None:
                values[name] = datetime.fromisoformat(values[name])
        return cls(**values)
