"""What every wire dialect offers, and the helpers that dialects share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from chargers.simulator.commands import CommandDesk
from chargers.simulator.neutral import Event, Json, Reply, Tx
from chargers.simulator.profiles import Period

RECURRENCES = {"Daily": 86_400, "Weekly": 604_800}


class Call(NamedTuple):
    """An outgoing message."""

    action: str
    payload: Json


class CommandError(Exception):
    """An order that is answered by a CALLERROR of this code."""

    def __init__(self, code: str, description: str = "") -> None:
        super().__init__(code, description)
        self.code = code
        self.description = description


class Wire(Protocol):
    """One version of OCPP as one station speaks it."""

    subprotocol: str
    malformed_code: str

    def reference_for(self, tx: Tx) -> str | None:
        """Name a new transaction, or None where the CSMS does."""
        ...

    def encode(self, event: Event) -> tuple[Call, ...]:
        """Turn an event into messages; none where this version says nothing about it."""
        ...

    def read_reply(self, event: Event, payload: Json) -> Reply:
        """Take from an answer what the station needs."""
        ...

    def answer(self, action: str, payload: Json, desk: CommandDesk) -> Json:
        """Carry out an order; raises `CommandError`, and built-in errors on malformed payloads."""
        ...

    def noticed(self, desk: CommandDesk) -> list[Event]:
        """What the station notices about itself by now, where this version tells of it."""
        ...

    def next_due(self) -> datetime | None:
        """When it tells something by itself."""
        ...

    def forget(self) -> None:
        """Drop what was remembered of the last connection."""
        ...


def stamp(instant: datetime) -> str:
    """Write an instant as stations do: UTC, whole milliseconds, `Z`."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_instant(text: str) -> datetime:
    """Read an RFC 3339 instant; raises `ValueError`. Without an offset it is UTC."""
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def parse_optional(text: str | None) -> datetime | None:
    """Read an instant that may be missing."""
    return None if text is None else parse_instant(text)


def encode_periods(periods: tuple[Period, ...]) -> list[Json]:
    """Write schedule periods, alike in all versions."""
    return [_period(period) for period in periods]


def _period(period: Period) -> Json:
    item: Json = {"startPeriod": period.start_s, "limit": period.limit}
    if period.phases is not None:
        item["numberPhases"] = period.phases
    return item


def decode_periods(schedule: Json) -> tuple[Period, ...]:
    """Read schedule periods, alike in all versions."""
    return tuple(
        Period(int(item["startPeriod"]), float(item["limit"]), item.get("numberPhases"))
        for item in schedule["chargingSchedulePeriod"]
    )
