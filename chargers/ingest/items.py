"""What waits in the ingest queue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from chargers.domain.context import StationContext
from chargers.domain.messages import Message
from chargers.domain.quirks import Quirks
from chargers.domain.results import Result


class ReplyEncoder(Protocol):
    """Turns a neutral result into the reply's text; called by the writer before the commit."""

    def __call__(self, item: FrameItem, result: Result) -> str: ...


@dataclass(slots=True, kw_only=True, eq=False)
class FrameItem:
    """One frame of a station on its way to the database.

    Attributes:
        message: the decoded call; None for frames that are only logged.
        raw: the frame as stored, secrets masked.
        reply: what is answered; preset for refusals, else filled by the writer.
        encode_reply: see `ReplyEncoder`.
        refuse: text of a CALLERROR InternalError, for a message that could not be stored.
        delivered: called on the event loop after the commit (or after giving up).
        learned: what is known of the make since this boot.
    """

    station: StationContext
    received_at: datetime
    raw: str
    action: str = ""
    message_id: str = ""
    message: Message | None = None
    reply: str = ""
    warnings: tuple[str, ...] = ()
    encode_reply: ReplyEncoder | None = None
    refuse: Callable[[FrameItem], str] | None = None
    delivered: Callable[[FrameItem], None] | None = None
    direction: str = "in"
    learned: Quirks | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class JobItem:
    """A service call of a socket (handshake, command result) that joins the group commit.

    `station` is whom it concerns, so that live pages hear of it.
    """

    run: Callable[[], Any]
    station: StationContext | None = None
    future: asyncio.Future[Any]
    result: Any = field(default=None)
    error: Exception | None = None


Item = FrameItem | JobItem
