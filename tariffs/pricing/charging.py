"""What happened at the plug, as far as a price depends on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """Of a period.

    CHARGING: the vehicle takes energy, or may. IDLE: it takes none and holds the place.
    PAUSED: the station or load management holds it back. RESERVED: before the session.
    """

    CHARGING = "charging"
    IDLE = "idle"
    PAUSED = "paused"
    RESERVED = "reserved"


class Period(NamedTuple):
    """A stretch [start, end) of whole seconds since the Unix epoch, UTC; energy spread evenly.

    `power_w` and `current_ma` (sum of phases) are None where they are not known.
    """

    start: int
    end: int
    energy_wh: int = 0
    state: State = State.CHARGING
    power_w: int | None = None
    current_ma: int | None = None


@dataclass(frozen=True, kw_only=True)
class Charging:
    """Periods in order of time, reserved ones first.

    Attributes:
        reservation_expired: the reservation lapsed unused (there are reserved periods only).
    """

    periods: tuple[Period, ...]
    reservation_expired: bool = False


class BadChargingError(ValueError):
    """A charging that cannot be priced; `field` names the place, such as `periods[3].end`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message
