"""The raw-frame log: bulk writing and retention."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import orjson
from django.db import connection

from chargers.models import OcppFrame

_PRUNE_ROWS = 10_000
# What PostgreSQL's text format of COPY wants escaped; it cannot store NUL at all.
_COPY_ESCAPES = str.maketrans(
    {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x00": "\\\\u0000"}
)
_COPY_NULL = "\\N"
_COPY_SQL = (
    "COPY chargers_ocppframe (operator_id, station_id, epoch, at, direction, action, message_id,"
    " raw, reply, replied_at, warnings) FROM STDIN"
)


class StationRef(Protocol):
    @property
    def station_id(self) -> UUID: ...
    @property
    def operator_id(self) -> UUID: ...
    @property
    def station_text(self) -> str: ...
    @property
    def operator_text(self) -> str: ...
    @property
    def epoch(self) -> int: ...


class Frame(Protocol):
    """What the log needs of a frame; `chargers.ingest.items.FrameItem` is one."""

    @property
    def station(self) -> StationRef: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def direction(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def message_id(self) -> str: ...
    @property
    def raw(self) -> str: ...
    @property
    def reply(self) -> str: ...
    @property
    def warnings(self) -> tuple[str, ...]: ...


def store_frames(frames: Sequence[Frame], *, now: datetime) -> None:
    """Log frames in bulk, in the caller's transaction. Secrets are masked by the caller."""
    if connection.vendor == "postgresql":
        _copy(frames, now)
        return
    OcppFrame.objects.bulk_create(_row(frame, now) for frame in frames)


def _row(frame: Frame, now: datetime) -> OcppFrame:
    return OcppFrame(
        operator_id=frame.station.operator_id,
        station_id=frame.station.station_id,
        epoch=frame.station.epoch,
        at=frame.received_at,
        direction=frame.direction,
        action=frame.action[:50],
        message_id=frame.message_id[:64],
        raw=frame.raw,
        reply=frame.reply,
        replied_at=now if frame.reply else None,
        warnings=list(frame.warnings) or None,
    )


def _copy(frames: Sequence[Frame], now: datetime) -> None:
    text = io.StringIO("".join(_copy_lines(frames, now.isoformat())))
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(_COPY_SQL, text)


def _copy_lines(frames: Iterable[Frame], now: str) -> Iterable[str]:
    for frame in frames:
        station = frame.station
        reply = frame.reply
        warnings = orjson.dumps(frame.warnings).decode() if frame.warnings else None
        yield (
            f"{station.operator_text}\t{station.station_text}\t{station.epoch}\t"
            f"{frame.received_at.isoformat()}\t{frame.direction}\t{_escaped(frame.action[:50])}\t"
            f"{_escaped(frame.message_id[:64])}\t{_escaped(frame.raw)}\t{_escaped(reply)}\t"
            f"{now if reply else _COPY_NULL}\t{_escaped(warnings) if warnings else _COPY_NULL}\n"
        )


def _escaped(text: str) -> str:
    return text.translate(_COPY_ESCAPES) if not text.isprintable() or "\\" in text else text


def prune_frames(*, now: datetime, keep: timedelta) -> int:
    """Delete frames older than `keep`, a bounded number of rows a call. Returns how many."""
    old = OcppFrame.objects.filter(at__lt=now - keep).order_by("id")
    ids = list(old.values_list("id", flat=True)[:_PRUNE_ROWS])
    deleted, _ = OcppFrame.objects.filter(id__in=ids).delete()
    return deleted
