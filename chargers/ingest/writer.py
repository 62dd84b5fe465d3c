"""The ingest thread of a web process: one queue, one database connection, one commit a batch.

Everything that sockets want to write goes through here in the order of arrival. An item is
reported back only after its batch has committed. When the database is away, the batch waits for
it and is tried again; the bounded queue then pushes back on the sockets.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection

from chargers.domain.context import StationContext
from chargers.ingest.batch import BatchProcessor
from chargers.ingest.items import FrameItem, Item, JobItem

logger = logging.getLogger(__name__)

T = TypeVar("T")

MAX_BATCH = 2_000
MIN_BATCH = 50
# Everybody in a batch waits for its commit: as many as were done in this time, going by the last one.
BATCH_SECONDS = 0.4
# More than one message is about: wait this long for company. Small batches are dear.
LINGER_SECONDS = 0.012
_FIRST_RETRY_SECONDS = 0.2
_LAST_RETRY_SECONDS = 2.0


class IngestWriter:
    """Owns the thread. `submit` and `run` are called on the event loop only."""

    def __init__(self, *, loop: asyncio.AbstractEventLoop, processor: BatchProcessor) -> None:
        self._loop = loop
        self._processor = processor
        self._items: deque[Item] = deque()
        self._wakeup = threading.Event()
        self._stopping = False
        self._limit = MAX_BATCH
        self._thread = threading.Thread(target=self._run, name="ocpp-ingest", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float = 8.0) -> None:
        """Write what is queued, then end the thread (blocking; call it off the loop)."""
        self._stopping = True
        self._wakeup.set()
        self._thread.join(timeout)

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs; without it nothing that stations say is stored."""
        return self._thread.is_alive()

    @property
    def depth(self) -> int:
        """Items waiting; sockets stop reading when it grows too deep."""
        return len(self._items)

    def submit(self, item: FrameItem) -> None:
        """Queue a frame; `item.delivered` is called after its commit."""
        self._items.append(item)
        self._wakeup.set()

    async def run(self, call: Callable[[], T], *, station: StationContext | None = None) -> T:
        """Run a service call inside the next batch; returns after the commit.

        Args:
            call: the service, its arguments bound.
            station: whom it concerns, for live pages.

        Raises:
            Exception: whatever `call` raised; its own savepoint is rolled back, not the batch.
        """
        future: asyncio.Future[T] = self._loop.create_future()
        self._items.append(JobItem(run=call, future=future, station=station))
        self._wakeup.set()
        return await future

    # -- the thread --------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while batch := self._next_batch():
                started = time.monotonic()
                self._write(batch)
                self._limit = batch_limit(len(batch), time.monotonic() - started)
        except BaseException:
            logger.critical("ingest thread died", exc_info=True)
            raise
        finally:
            connection.close()

    def _next_batch(self) -> list[Item]:
        while not self._items:
            if self._stopping:
                return []
            self._wakeup.wait(1.0)
            self._wakeup.clear()
        if 1 < len(self._items) < self._limit and not self._stopping:
            time.sleep(LINGER_SECONDS)
        count = min(len(self._items), self._limit)
        return [self._items.popleft() for _ in range(count)]

    def _write(self, batch: Sequence[Item]) -> None:
        if self._commit(batch):
            self._report(batch)
            return
        # One bad row fails a batch: alone, it fails alone.
        for item in batch:
            if not self._commit([item]):
                _give_up(item)
            self._report([item])

    def _commit(self, batch: Sequence[Item]) -> bool:
        pause = _FIRST_RETRY_SECONDS
        while True:
            try:
                self._processor.process(batch)
            except (OperationalError, InterfaceError) as error:
                connection.close()
                if self._stopping:
                    return False
                logger.warning("database is away, %d messages wait: %s", len(batch), error)
                time.sleep(pause)
                pause = min(pause * 2, _LAST_RETRY_SECONDS)
            except Exception:
                logger.exception("a batch of %d messages could not be stored", len(batch))
                return False
            else:
                return True

    def _report(self, batch: Sequence[Item]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(_deliver, batch)


def batch_limit(count: int, seconds: float) -> int:
    """How many items the next batch may have, when the last one took so long for so many."""
    return int(min(max(count * BATCH_SECONDS / max(seconds, 1e-6), MIN_BATCH), MAX_BATCH))


def _give_up(item: Item) -> None:
    if isinstance(item, JobItem):
        item.error = item.error or RuntimeError("could not be stored")
    elif item.refuse is not None:
        item.reply = item.refuse(item)


def _deliver(batch: Sequence[Item]) -> None:
    for item in batch:
        if isinstance(item, JobItem):
            _resolve(item)
        elif item.delivered is not None:
            item.delivered(item)


def _resolve(job: JobItem) -> None:
    future: asyncio.Future[Any] = job.future
    if future.done():
        return
    if job.error is not None:
        future.set_exception(job.error)
    else:
        future.set_result(job.result)
