"""One batch: decide on every message, write the bulk rows and the frames, commit once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction

from chargers.domain.messages import MeterValues
from chargers.domain.results import Acknowledged
from chargers.ingest.items import FrameItem, Item, JobItem
from chargers.services.connections import mark_seen
from chargers.services.frames import store_frames
from chargers.services.handling import handle
from chargers.services.meter_values import ReadingsItem, store_readings
from common.clock import Clock
from common.tenancy import system_scope

logger = logging.getLogger(__name__)

_SEEN_EVERY_SECONDS = 30.0
_ACKNOWLEDGED = Acknowledged()


class BatchProcessor:
    """Runs batches on the writer's thread; remembers whom it has marked as seen."""

    def __init__(self, *, clock: Clock, touched: Callable[[set[tuple[UUID, UUID]]], None]) -> None:
        """`touched` gets the (operator, station) pairs of a committed batch, for live pages."""
        self._clock = clock
        self._touched = touched
        self._seen: dict[UUID, float] = {}

    def process(self, batch: Sequence[Item]) -> None:
        """Store the batch in one transaction; replies and job results are set on the items."""
        with system_scope("ingest: stations of every operator"):
            with transaction.atomic():
                self._decide(batch)
                frames = [item for item in batch if isinstance(item, FrameItem)]
                if frames:
                    now = self._clock()
                    store_frames(frames, now=now)
                    self._mark_seen(frames, now)
            self._touched(
                {(i.station.operator_id, i.station.station_id) for i in batch if i.station}
            )

    def _decide(self, batch: Sequence[Item]) -> None:
        waiting: list[FrameItem] = []
        stations: set[UUID] = set()
        for item in batch:
            if isinstance(item, JobItem):
                _run_job(item)
            elif isinstance(item.message, MeterValues):
                waiting.append(item)
                stations.add(item.station.station_id)
                _acknowledge(item)
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


def _store_waiting(waiting: list[FrameItem]) -> None:
    if not waiting:
        return
    store_readings([_readings(item) for item in waiting if isinstance(item.message, MeterValues)])
    waiting.clear()


def _readings(item: FrameItem) -> ReadingsItem:
    message = item.message
    assert isinstance(message, MeterValues)  # noqa: S101 -- narrowed by the caller
    return ReadingsItem(
        station=item.station,
        evse=message.evse,
        transaction_ref=message.transaction_ref,
        readings=message.readings,
        received_at=item.received_at,
    )


def _acknowledge(item: FrameItem) -> None:
    if item.encode_reply is not None:
        item.reply = item.encode_reply(item, _ACKNOWLEDGED)


def _handle(item: FrameItem) -> None:
    """Decide on one message in its own savepoint; a fault refuses this message only."""
    assert item.message is not None  # noqa: S101 -- narrowed by the caller
    try:
        with transaction.atomic():
            result = handle(item.message, station=item.station, received_at=item.received_at)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("%s of %s could not be handled", item.action, item.station.station_id)
        item.reply = item.refuse(item) if item.refuse else ""
        return
    if item.encode_reply is not None:
        item.reply = item.encode_reply(item, result)


def _run_job(job: JobItem) -> None:
    job.error = None
    try:
        with transaction.atomic():
            job.result = job.run()
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 -- handed to whoever awaits the job
        job.error = error
    if not connection.in_atomic_block:
        raise OperationalError("the batch's transaction was lost")
