"""Messages that wait to be sent, in order; those of transactions outlive a lost connection.

Each attempt gets a new message id and the same content, as an event encodes always alike
(1.6 §4.10 and errata; 2.0.1 part 4, 5.2 and E04).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chargers.simulator.link import CallRefused, LinkLost, NoAnswer
from chargers.simulator.neutral import (
    Event,
    Reply,
    StatusChanged,
    TxEnded,
    TxStarted,
    TxUpdated,
    is_transactional,
)
from chargers.simulator.settings import Settings


@dataclass(slots=True)
class Item:
    """A message and how often it failed."""

    event: Event
    attempts: int = 0


class Outbox:
    """The queue of one station."""

    __slots__ = ("_items", "_lock", "retry_at")

    def __init__(self) -> None:
        self._items: deque[Item] = deque()
        self._lock = asyncio.Lock()
        self.retry_at: datetime | None = None

    def __len__(self) -> int:
        return len(self._items)

    def put(self, events: Iterable[Event], *, reachable: bool) -> None:
        """Queue events; without a connection only those of transactions are worth keeping."""
        for event in events:
            if reachable or is_transactional(event):
                self._items.append(Item(event))

    def has_tx(self, reference: str | None) -> bool:
        """Tell whether messages of a transaction, or of any, wait."""
        return any(
            isinstance(item.event, (TxStarted, TxUpdated, TxEnded))
            and reference in {None, item.event.tx.reference}
            for item in self._items
        )

    def forget_tx(self) -> None:
        """Lose every waiting transaction message, as a broken memory does."""
        self._items = deque(item for item in self._items if not is_transactional(item.event))

    def forget_statuses(self) -> None:
        """Drop states that a full report will replace."""
        self._items = deque(i for i in self._items if not isinstance(i.event, StatusChanged))

    async def flush(
        self,
        *,
        send: Callable[[Event], Awaitable[Reply]],
        took: Callable[[Event, Reply], None],
        lost: Callable[[Event], None],
        may_send: Callable[[], bool],
        now: Callable[[], datetime],
        settings: Settings,
    ) -> None:
        """Send in order until the queue is empty, the link is gone or the head must wait."""
        async with self._lock:
            while self._items and may_send():
                if self.retry_at is not None and now() < self.retry_at:
                    return
                self.retry_at = None
                item = self._items[0]
                try:
                    reply = await send(item.event)
                except LinkLost:
                    self._drop_head(item, unless_transactional=True)
                    return
                except (NoAnswer, CallRefused):
                    self._failed(item, lost, now, settings)
                else:
                    self._drop_head(item)
                    took(item.event, reply)

    def _failed(
        self,
        item: Item,
        lost: Callable[[Event], None],
        now: Callable[[], datetime],
        settings: Settings,
    ) -> None:
        item.attempts += 1
        if is_transactional(item.event) and item.attempts < settings.message_attempts:
            pause = settings.message_retry_interval * item.attempts
            self.retry_at = now() + timedelta(seconds=pause)
            return
        self._drop_head(item)
        lost(item.event)

    def _drop_head(self, item: Item, *, unless_transactional: bool = False) -> None:
        keep = unless_transactional and is_transactional(item.event)
        if not keep and self._items and self._items[0] is item:
            self._items.popleft()
