"""The time of a simulated station: stepped by a test, or following the wall."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Source of a station's true time. A broken device clock is a fault, not a `Clock`."""

    def now(self) -> datetime:
        """Return the present instant, aware, UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let so many simulated seconds pass where time passes by itself."""
        ...


class VirtualClock:
    """Stands still until it is moved, so a test of an hour's charging takes no time."""

    __slots__ = ("_now",)

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """Return the instant it was last moved to."""
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Move forward; an earlier instant is ignored since stations may share a clock."""
        self._now = max(self._now, instant)

    def advance(self, seconds: float) -> None:
        """Move forward by so many seconds."""
        self.move_to(self._now + timedelta(seconds=seconds))

    async def sleep(self, seconds: float) -> None:  # noqa: ARG002
        """Give others a turn; no simulated time passes by waiting."""
        await asyncio.sleep(0)


class RunningClock:
    """Follows the wall from `start`, `speed` simulated seconds to each real one."""

    __slots__ = ("_origin", "_start", "speed")

    def __init__(self, *, speed: float = 1.0, start: datetime | None = None) -> None:
        if speed <= 0:
            msg = "speed must be above 0"
            raise ValueError(msg)
        self.speed = speed
        self._start = start or datetime.now(tz=UTC)
        self._origin = time.monotonic()

    def now(self) -> datetime:
        """Return the accelerated present."""
        elapsed = (time.monotonic() - self._origin) * self.speed
        return self._start + timedelta(seconds=elapsed)

    async def sleep(self, seconds: float) -> None:
        """Sleep so many simulated seconds."""
        await asyncio.sleep(seconds / self.speed)
