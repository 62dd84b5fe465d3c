from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError

from chargers.domain.context import StationContext
from chargers.ingest import writer as module
from chargers.ingest.items import FrameItem, Item, JobItem
from chargers.ingest.writer import MAX_BATCH, MIN_BATCH, IngestWriter, batch_limit

NOW = datetime(2026, 3, 1, tzinfo=UTC)
STATION = StationContext(station_id=uuid4(), operator_id=uuid4(), epoch=1, protocol="ocpp1.6")


class FakeProcessor:
    """Answers each frame with its own text; `faults` are raised before, one a call."""

    def __init__(self, *faults: Exception, poison: str = "") -> None:
        self.faults = list(faults)
        self.poison = poison
        self.batches: list[int] = []

    def process(self, batch: Sequence[Item]) -> None:
        self.batches.append(len(batch))
        if self.faults:
            raise self.faults.pop(0)
        for item in batch:
            if isinstance(item, JobItem):
                item.result = item.run()
            elif item.raw == self.poison:
                raise ValueError(self.poison)
            else:
                item.reply = f"answer to {item.raw}"


async def _write(processor: Any, *raws: str) -> list[str]:
    writer = IngestWriter(loop=asyncio.get_running_loop(), processor=processor)
    done = asyncio.Event()
    replies: list[str] = []

    def delivered(item: FrameItem) -> None:
        replies.append(item.reply)
        if len(replies) == len(raws):
            done.set()

    for raw in raws:
        writer.submit(
            FrameItem(
                station=STATION,
                received_at=NOW,
                raw=raw,
                refuse=lambda item: f"refused {item.raw}",
                delivered=delivered,
            )
        )
    writer.start()
    await asyncio.wait_for(done.wait(), 10)
    await asyncio.to_thread(writer.stop)
    return replies


@pytest.mark.asyncio
async def test_what_arrived_together_is_one_batch_in_order() -> None:
    processor = FakeProcessor()

    replies = await _write(processor, "a", "b", "c")

    assert replies == ["answer to a", "answer to b", "answer to c"]
    assert processor.batches == [3]


@pytest.mark.asyncio
async def test_one_bad_row_is_refused_alone() -> None:
    processor = FakeProcessor(poison="b")

    replies = await _write(processor, "a", "b", "c")

    assert replies == ["answer to a", "refused b", "answer to c"]
    assert processor.batches == [3, 1, 1, 1]


@pytest.mark.asyncio
async def test_a_batch_waits_for_a_database_that_is_away() -> None:
    processor = FakeProcessor(OperationalError("gone"), OperationalError("still gone"))

    replies = await _write(processor, "a", "b")

    assert replies == ["answer to a", "answer to b"]
    assert processor.batches == [2, 2, 2]


@pytest.mark.asyncio
async def test_a_job_returns_its_result_and_raises_its_error() -> None:
    writer = IngestWriter(loop=asyncio.get_running_loop(), processor=FakeProcessor())  # type: ignore[arg-type]
    writer.start()

    assert await writer.run(lambda: 42) == 42
    await asyncio.to_thread(writer.stop)


@pytest.mark.asyncio
async def test_stop_writes_what_is_queued() -> None:
    processor = FakeProcessor()
    writer = IngestWriter(loop=asyncio.get_running_loop(), processor=processor)  # type: ignore[arg-type]
    for raw in ("a", "b"):
        writer.submit(FrameItem(station=STATION, received_at=NOW, raw=raw))
    writer.start()

    await asyncio.to_thread(writer.stop)

    assert sum(processor.batches) == 2
    assert writer.depth == 0


@pytest.mark.parametrize(
    ("count", "seconds", "limit"),
    [
        (1_000, 0.2, 2_000),  # readings: cheap, as many as there are
        (700, 2.8, 100),  # stops of sessions: four milliseconds each
        (10, 0.02, 200),
        (1, 0.0, MAX_BATCH),
        (1, 60.0, MIN_BATCH),  # the database was away
    ],
)
def test_a_batch_is_as_large_as_can_be_written_in_a_moment(
    count: int, seconds: float, limit: int
) -> None:
    assert batch_limit(count, seconds) == limit


@pytest.mark.asyncio
async def test_after_a_slow_batch_the_next_ones_are_smaller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "batch_limit", lambda _count, _seconds: 2)
    monkeypatch.setattr(module, "MAX_BATCH", 3)
    processor = FakeProcessor()

    replies = await _write(processor, *"abcdefg")

    assert replies == [f"answer to {raw}" for raw in "abcdefg"]
    assert processor.batches == [3, 2, 2]
