"""One batch: decide on every message, write the bulk rows and the frames, commit once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction

from chargers.domain.messages import MeterValues, TransactionEvent
from chargers.domain.results import Acknowledged, Result, TransactionResult
from chargers.ingest.forgiven import ForgivenCounter
from chargers.ingest.items import FrameItem, Item, JobItem
from chargers.services.connections import mark_seen
from chargers.services.frames import store_frames
from chargers.services.handling import handle
from chargers.services.meter_values import ReadingsItem, store_readings
from chargers.services.quirks import rules_read_once
from chargers.services.transactions.plain_updates import (
    ReceivedUpdate,
    may_be_plain,
    plain_updates,
)
from common.clock import Clock
from common.tenancy import system_scope
from events.outbox import forgotten_on_error, gathered_events

logger = logging.getLogger(__name__)

InDoubt = Callable[[Item, Exception], None]

_SEEN_EVERY_SECONDS = 30.0
# After a fault, batches keep their savepoints for so long: whoever fails again and again would have
# every batch decided twice.
_CAREFUL_SECONDS = 10.0
_ACKNOWLEDGED = Acknowledged()
_ONLY_READINGS = TransactionResult()


class _DoubtfulError(Exception):
    """Something failed in a batch without savepoints: none of it may be kept."""


class BatchProcessor:
    """Runs batches on the writer's thread; remembers whom it has marked as seen.

    A fault refuses one message alone, for which every service brings a savepoint to fall back to.
    Two statements a savepoint are half of what a boot says to the database, and hardly any fails:
    so a batch is first tried without, and decided anew with them when anything went wrong.
    """

    def __init__(self, *, clock: Clock, touched: Callable[[set[tuple[UUID, UUID]]], None]) -> None:
        """`touched` gets the (operator, station) pairs of a committed batch, for live pages."""
        self._clock = clock
        self._touched = touched
        self._seen: dict[UUID, float] = {}
        self._forgiven = ForgivenCounter()
        self._careful_until = 0.0

    def process(self, batch: Sequence[Item]) -> None:
        """Store the batch in one transaction; replies and job results are set on the items."""
        with system_scope("ingest: stations of every operator"):
            if time.monotonic() < self._careful_until or not self._try_without_savepoints(batch):
                self._store(batch)
            self._touched(
                {(i.station.operator_id, i.station.station_id) for i in batch if i.station}
            )

    def _try_without_savepoints(self, batch: Sequence[Item]) -> bool:
        """False when anything failed; then nothing is stored."""
        try:
            self._store(batch, without_savepoints=True)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001 -- told by the second pass, if it fails there
            logger.info("a batch of %d is decided again, with savepoints: %r", len(batch), error)
            self._careful_until = time.monotonic() + _CAREFUL_SECONDS
            return False
        return True

    def _store(self, batch: Sequence[Item], *, without_savepoints: bool = False) -> None:
        frames = [item for item in batch if isinstance(item, FrameItem)]
        with transaction.atomic(), gathered_events(), rules_read_once():
            if without_savepoints:
                with _no_savepoints():
                    self._decide(batch, in_doubt=_give_up_batch)
            else:
                self._decide(batch, in_doubt=_refuse)
            counts = self._forgiven.write_if_due()
            if frames:
                now = self._clock()
                store_frames(frames, now=now)
                self._mark_seen(frames, now)
        self._forgiven.written(counts)
        self._forgiven.note(frames)

    def _decide(self, batch: Sequence[Item], *, in_doubt: InDoubt) -> None:
        plain = _plain_updates(batch)
        waiting: list[ReadingsItem] = []
        stations: set[UUID] = set()
        for item in batch:
            if isinstance(item, JobItem):
                _run_job(item, in_doubt)
                continue
            readings = plain.get(id(item)) or _meter_values(item)
            if readings is not None:
                waiting.append(readings)
                stations.add(item.station.station_id)
                _answer(item, _ONLY_READINGS if id(item) in plain else _ACKNOWLEDGED)
            elif item.message is not None:
                if item.station.station_id in stations:
                    # A stop must find the readings that came before it.
                    _store_waiting(waiting)
                    stations.clear()
                _handle(item, in_doubt)
        _store_waiting(waiting)

    def _mark_seen(self, frames: Sequence[FrameItem], now: datetime) -> None:
        tick = time.monotonic()
        due = {
            item.station.station_id
            for item in frames
            if tick - self._seen.get(item.station.station_id, -1e9) >= _SEEN_EVERY_SECONDS
        }
        if due:
            mark_seen(station_ids=due, now=now)
            self._seen.update(dict.fromkeys(due, tick))


def _plain_updates(batch: Sequence[Item]) -> dict[int, ReadingsItem]:
    """What the batch's readings-only TransactionEvents bring, by the identity of their items."""
    items = [
        item
        for item in batch
        if isinstance(item, FrameItem)
        and isinstance(item.message, TransactionEvent)
        and may_be_plain(item.message)
    ]
    updates = [
        ReceivedUpdate(station=item.station, message=item.message, received_at=item.received_at)
        for item in items
        if isinstance(item.message, TransactionEvent)
    ]
    found = zip(items, plain_updates(updates), strict=True)
    return {id(item): readings for item, readings in found if readings is not None}


def _meter_values(item: FrameItem) -> ReadingsItem | None:
    message = item.message
    if not isinstance(message, MeterValues):
        return None
    return ReadingsItem(
        station=item.station,
        evse=message.evse,
        transaction_ref=message.transaction_ref,
        readings=message.readings,
        received_at=item.received_at,
    )


def _store_waiting(waiting: list[ReadingsItem]) -> None:
    if waiting:
        store_readings(waiting)
        waiting.clear()


def _answer(item: FrameItem, result: Result) -> None:
    if item.encode_reply is not None:
        item.reply = item.encode_reply(item, result)


def _handle(item: FrameItem, in_doubt: InDoubt) -> None:
    """Decide on one message."""
    assert item.message is not None  # noqa: S101 -- narrowed by the caller
    try:
        with forgotten_on_error():
            result = handle(item.message, station=item.station, received_at=item.received_at)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 -- see there
        in_doubt(item, error)
        return
    _answer(item, result)


def _run_job(job: JobItem, in_doubt: InDoubt) -> None:
    job.error = None
    try:
        with transaction.atomic(), forgotten_on_error():
            job.result = job.run()
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 -- see there
        in_doubt(job, error)
    if not connection.in_atomic_block:
        raise OperationalError("the batch's transaction was lost")


def _refuse(item: Item, error: Exception) -> None:
    """This one alone: its savepoint is rolled back."""
    if isinstance(item, JobItem):
        item.error = error
        return
    logger.error(
        "%s of %s could not be handled", item.action, item.station.station_id, exc_info=error
    )
    item.reply = item.refuse(item) if item.refuse else ""


def _give_up_batch(_item: Item, error: Exception) -> None:
    raise _DoubtfulError from error


@contextmanager
def _no_savepoints() -> Iterator[None]:
    """Inner `atomic` blocks of this thread's connection cost no statement meanwhile.

    Raises:
        _DoubtfulError: one of them failed and was caught; without a savepoint the transaction is
            broken.
    """
    wrapper: Any = connection
    # Django takes None for "no savepoint here", as with a database that has none.
    wrapper.savepoint = _no_savepoint
    try:
        yield
    finally:
        del wrapper.savepoint
    if connection.needs_rollback:
        raise _DoubtfulError


def _no_savepoint() -> None:
    return None
