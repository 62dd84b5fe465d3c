"""One batch: decide on every message, write the bulk rows and the frames, commit once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
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
from chargers.services.transactions.plain_updates import (
    ReceivedUpdate,
    may_be_plain,
    plain_updates,
)
from common.clock import Clock
from common.tenancy import system_scope
from events.outbox import forgotten_on_error, gathered_events

logger = logging.getLogger(__name__)

_SEEN_EVERY_SECONDS = 30.0
_ACKNOWLEDGED = Acknowledged()
_ONLY_READINGS = TransactionResult()


class BatchProcessor:
    """Runs batches on the writer's thread; remembers whom it has marked as seen."""

    def __init__(self, *, clock: Clock, touched: Callable[[set[tuple[UUID, UUID]]], None]) -> None:
        """`touched` gets the (operator, station) pairs of a committed batch, for live pages."""
        self._clock = clock
        self._touched = touched
        self._seen: dict[UUID, float] = {}
        self._forgiven = ForgivenCounter()

    def process(self, batch: Sequence[Item]) -> None:
        """Store the batch in one transaction; replies and job results are set on the items."""
        with system_scope("ingest: stations of every operator"):
            frames = [item for item in batch if isinstance(item, FrameItem)]
            with transaction.atomic(), gathered_events():
                self._decide(batch)
                counts = self._forgiven.write_if_due()
                if frames:
                    now = self._clock()
                    store_frames(frames, now=now)
                    self._mark_seen(frames, now)
            self._forgiven.written(counts)
            self._forgiven.note(frames)
            self._touched(
                {(i.station.operator_id, i.station.station_id) for i in batch if i.station}
            )

    def _decide(self, batch: Sequence[Item]) -> None:
        plain = _plain_updates(batch)
        waiting: list[ReadingsItem] = []
        stations: set[UUID] = set()
        for item in batch:
            if isinstance(item, JobItem):
                _run_job(item)
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
                _handle(item)
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


def _handle(item: FrameItem) -> None:
    """Decide on one message; a fault refuses this message only.

    Every service that writes is atomic, so it brings the savepoint to fall back to.
    """
    assert item.message is not None  # noqa: S101 -- narrowed by the caller
    try:
        with forgotten_on_error():
            result = handle(item.message, station=item.station, received_at=item.received_at)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("%s of %s could not be handled", item.action, item.station.station_id)
        item.reply = item.refuse(item) if item.refuse else ""
        return
    _answer(item, result)


def _run_job(job: JobItem) -> None:
    job.error = None
    try:
        with transaction.atomic(), forgotten_on_error():
            job.result = job.run()
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 -- handed to whoever awaits the job
        job.error = error
    if not connection.in_atomic_block:
        raise OperationalError("the batch's transaction was lost")
