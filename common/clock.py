"""The one place that reads the system clock.

Interfaces (views, consumers, tasks, commands) call `utc_now()` once and pass `now` down;
services and pure functions take it as an argument.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The current instant, timezone-aware UTC."""
    return datetime.now(tz=UTC)
