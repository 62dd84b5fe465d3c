"""Block O: what a display shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMessage:
    """One message of a display; enumerations as the station sent them."""

    number: int
    content: str
    priority: str
    format: str
    language: str = ""
    state: str = ""
    transaction_ref: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyDisplayMessages:
    """A part of what a display shows, at our wish."""

    request_id: int
    is_last: bool
    messages: tuple[ShownMessage, ...]
