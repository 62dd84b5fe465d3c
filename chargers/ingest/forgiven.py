"""Counters of what was forgiven, gathered in memory and written every few seconds."""

from __future__ import annotations

import time
from collections.abc import Iterable
from uuid import UUID

from chargers.domain.forgiven import Kind, counted
from chargers.ingest.items import FrameItem
from chargers.services.forgiven import ForgivenCount, add_forgiven

_WRITE_EVERY_SECONDS = 2.0
_MAX_PENDING = 2_000


class ForgivenCounter:
    """Used by the ingest's thread alone. A killed process loses a few seconds of counts."""

    def __init__(self) -> None:
        self._pending: dict[tuple[UUID, Kind, str], ForgivenCount] = {}
        self._written_at = 0.0

    def note(self, frames: Iterable[FrameItem]) -> None:
        """Count the warnings of a committed batch."""
        for item in frames:
            if item.warnings:
                self._note(item)

    def write_if_due(self) -> list[ForgivenCount]:
        """Write in the caller's transaction; give the result to `written` after its commit."""
        tick = time.monotonic()
        waited = tick - self._written_at >= _WRITE_EVERY_SECONDS
        if not self._pending or not (waited or len(self._pending) >= _MAX_PENDING):
            return []
        self._written_at = tick
        rows = list(self._pending.values())
        add_forgiven(rows)
        return rows

    def written(self, rows: list[ForgivenCount]) -> None:
        if rows:
            self._pending.clear()

    def _note(self, item: FrameItem) -> None:
        station = item.station
        # Only a known action is told apart: others could be invented without end.
        action = item.action if item.encode_reply is not None else ""
        for kind, detail in counted(item.warnings).items():
            key = (station.station_id, kind, action)
            before = self._pending.get(key)
            self._pending[key] = ForgivenCount(
                operator_id=station.operator_id,
                station_id=station.station_id,
                kind=kind.value,
                action=action,
                occurrences=before.occurrences + 1 if before else 1,
                first_at=before.first_at if before else item.received_at,
                last_at=item.received_at,
                message_id=item.message_id,
                detail=detail,
            )
