"""Block L: firmware."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmwareStatusNotification:
    status: str
    request_id: int | None = None
