"""Block H: reservations."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from chargers.domain.commands.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class ReserveNow(Command):
    """Keep an EVSE, or any (None), for a token until an instant (H01).

    Attributes:
        connector_type: OCPI name of the plug that is wanted, "" for any.
        parent_uid: group of tokens of which each may use it.
    """

    kind: ClassVar[str] = "reserve_now"

    reservation_id: int
    expires_at: datetime
    id_token_uid: str
    id_token_type: str = "ISO14443"  # noqa: S105 -- an OCPP type, no secret
    parent_uid: str = ""
    evse: int | None = None
    connector_type: str = ""

    def to_json(self) -> dict[str, Any]:
        return {**dataclasses.asdict(self), "expires_at": self.expires_at.isoformat()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        names = {f.name for f in dataclasses.fields(cls)}
        values = {key: value for key, value in data.items() if key in names}
        return cls(**{**values, "expires_at": datetime.fromisoformat(data["expires_at"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelReservation(Command):
    """Give a reserved EVSE free again (H02)."""

    kind: ClassVar[str] = "cancel_reservation"

    reservation_id: int


COMMANDS: tuple[type[Command], ...] = (ReserveNow, CancelReservation)
