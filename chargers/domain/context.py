"""What a socket knows about its station without asking the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from chargers.domain.quirks import STANDARD, Quirks


@dataclass(frozen=True, slots=True, kw_only=True)
class StationContext:
    """The authenticated station that a message came from.

    Attributes:
        epoch: number of the connection; commands go to the newest one only.
        protocol: the WebSocket subprotocol, for the reader of a log; no rule depends on it.
        quirks: of its make, resolved at connect and again at boot.
    """

    station_id: UUID
    operator_id: UUID
    epoch: int
    protocol: str
    quirks: Quirks = STANDARD
    station_text: str = field(init=False, repr=False, compare=False)
    operator_text: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Bulk statements write both for every message, and formatting a UUID is dear.
        object.__setattr__(self, "station_text", str(self.station_id))
        object.__setattr__(self, "operator_text", str(self.operator_id))
