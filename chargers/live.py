"""Live pages: which stations changed, at most one message a second and operator.

The message carries ids only; whoever shows a page reads the denormalised rows that it shows.
Lossy by design: a page that misses one message is right again with the next.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from common import bus

INTERVAL_SECONDS = 1.0
MESSAGE_TYPE = "live.changed"


def group_of(operator_id: UUID) -> str:
    """Channel-layer group of an operator's live pages."""
    return f"live.{operator_id}"


def touch(*, operator_id: UUID, station_ids: Iterable[UUID]) -> None:
    """Announce changes made outside the ingest path, after the caller's transaction commits."""
    message = _message(station_ids)
    transaction.on_commit(lambda: bus.post(group_of(operator_id), message), robust=True)


def _message(station_ids: Iterable[UUID]) -> dict[str, object]:
    return {"type": MESSAGE_TYPE, "stations": [str(station_id) for station_id in station_ids]}


class LiveBroadcaster:
    """Gathers what batches touched and announces it once a second. Lives on the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._changed: dict[UUID, set[UUID]] = defaultdict(set)
        self._timer: asyncio.TimerHandle | None = None

    def touched(self, pairs: set[tuple[UUID, UUID]]) -> None:
        """Called by the ingest thread with (operator, station) pairs of a committed batch."""
        if pairs and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._gather, pairs)

    def _gather(self, pairs: set[tuple[UUID, UUID]]) -> None:
        for operator_id, station_id in pairs:
            self._changed[operator_id].add(station_id)
        if self._timer is None:
            self._timer = self._loop.call_later(INTERVAL_SECONDS, self._announce)

    def _announce(self) -> None:
        self._timer = None
        changed, self._changed = self._changed, defaultdict(set)
        for operator_id, station_ids in changed.items():
            bus.post(group_of(operator_id), _message(station_ids))
