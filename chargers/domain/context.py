"""What a socket knows about its station without asking the database."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StationContext:
    """The authenticated station that a message came from.

    Attributes:
        epoch: number of the connection; commands go to the newest one only.
        protocol: the WebSocket subprotocol, for the reader of a log; no rule depends on it.
    """

    station_id: UUID
    operator_id: UUID
    epoch: int
    protocol: str
