"""Short messages between processes over the channel layer, from any thread.

At most once and never blocking the caller for long: whoever must not miss a message keeps a row
in the database and sweeps. A web process registers its event loop; then every thread of that
process (writer, embedded worker) posts through it, because the in-memory layer is not thread-safe.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)

_POST_TIMEOUT_SECONDS = 2.0

_loop: asyncio.AbstractEventLoop | None = None


def register_loop(loop: asyncio.AbstractEventLoop | None) -> None:
    """Name the event loop of this web process (None when it stops)."""
    global _loop  # noqa: PLW0603 -- one server loop per process
    _loop = loop


def post(group: str, message: dict[str, Any]) -> None:
    """Send `message` (needs a `type`) to every subscriber of `group`; errors are logged only."""
    loop = _loop
    if loop is not None and not loop.is_closed():
        loop.call_soon_threadsafe(_post_from_loop, group, message)
        return
    try:
        async_to_sync(_send)(group, message)
    except Exception:  # the bus may be away; rows are the truth
        logger.warning("bus: %s was not delivered to %s", message["type"], group, exc_info=True)


_tasks: set[asyncio.Task[None]] = set()


def _post_from_loop(group: str, message: dict[str, Any]) -> None:
    task = asyncio.get_running_loop().create_task(_send_quietly(group, message))
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


async def _send_quietly(group: str, message: dict[str, Any]) -> None:
    try:
        await _send(group, message)
    except Exception as error:  # noqa: BLE001 -- the bus may be away; rows are the truth
        logger.warning("bus: %s was not delivered to %s: %r", message["type"], group, error)


async def _send(group: str, message: dict[str, Any]) -> None:
    async with asyncio.timeout(_POST_TIMEOUT_SECONDS):
        await get_channel_layer().group_send(group, message)
