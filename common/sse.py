"""Server-sent events: the one live stream of a page.

A page's stream follows one group of the channel layer. Messages name what changed
(`{"type": …, "<key>": [ids]}`); the stream gathers them for a moment, asks the page to render what
it shows of them, and sends that. It holds no database connection while it waits, says "beat"
every 15 seconds, and ends when the client leaves.

In the browser (`static/app/js/live.js`): unnamed events hold `<hx-partial>` fragments that htmx
swaps in, named ones become DOM events.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from weakref import WeakSet

from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.db import close_old_connections
from django.http import StreamingHttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from common.tenancy import Scope, aiterate_in_scope


class Changed(frozenset[str]):
    """Ids of what changed; `heard_at` is when the last of them was heard (`time.monotonic`).

    Pages that share what they compute need it: whatever was begun later knows of the change.
    """

    heard_at: float = 0.0


# What the page shows of these ids (`Changed`), as ready events; None asks for everything.
Render = Callable[[frozenset[str] | None], Sequence[str]]

# All streams of a process render here, so they never hold more connections than this.
_renderers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="sse")
_open: WeakSet[asyncio.Event] = WeakSet()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds: between two updates at least, and between signs of life."""

    update_every: float = 1.0
    beat_every: float = 15.0


def event(data: str, *, name: str = "") -> str:
    """One event in wire format; `data` may have several lines."""
    lines = [f"event: {name}"] if name else []
    lines += [f"data: {line}" for line in data.splitlines() or [""]]
    return "\n".join(lines) + "\n\n"


def json_event(name: str, data: Any) -> str:
    """A named event whose data is JSON: `document` gets a DOM event `name`."""
    return event(json.dumps(data, separators=(",", ":"), default=str), name=name)


def partial(target: str, html: str, *, swap: str = "outerHTML") -> SafeString:
    """A fragment for htmx: `html` goes where the selector `target` points.

    Args:
        target: CSS selector; must match nothing else on the page.
        html: rendered by a template, so escaped already.
        swap: an `hx-swap` style.
    """
    return format_html(
        '<hx-partial hx-target="{}" hx-swap="{}">{}</hx-partial>',
        target,
        swap,
        mark_safe(html),  # noqa: S308 -- comes from a template
    )


def partials(fragments: Iterable[str]) -> list[str]:
    """All fragments in one unnamed event; nothing for no fragment."""
    html = "".join(fragments)
    return [event(html)] if html else []


def stream(
    *, group: str, key: str, scope: Scope, render: Render, pace: Pace | None = None
) -> StreamingHttpResponse:
    """The response of a live view.

    Args:
        group: channel-layer group to follow.
        key: field of its messages that holds the ids of what changed.
        scope: tenant scope of the page (`common.tenancy.current_scope()` in the view).
        render: called in a worker thread, in `scope`; first with None, so that nothing is
            missed between the page and its stream, then with the changed ids.
        pace: for tests.
    """

    def events() -> AsyncIterator[str]:
        return _events(group, key, render, pace or Pace())

    response = StreamingHttpResponse(
        aiterate_in_scope(scope, events), content_type="text/event-stream"
    )
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def end_all() -> None:
    """End every stream of this process (the server stops; browsers dial again)."""
    for stop in list(_open):
        stop.set()


class _Inbox:
    """Gathers ids from the group until the stream has time for them."""

    def __init__(self, group: str, key: str) -> None:
        self._group = group
        self._key = key
        self._ids: set[str] = set()
        self._heard_at = 0.0
        self.news = asyncio.Event()

    async def listen(self) -> None:
        layer = get_channel_layer()
        channel = await layer.new_channel("sse")
        await layer.group_add(self._group, channel)
        try:
            while True:
                message = await layer.receive(channel)
                self._ids.update(str(one) for one in message.get(self._key, ()))
                self._heard_at = time.monotonic()
                self.news.set()
        finally:
            await layer.group_discard(self._group, channel)

    def take(self) -> Changed:
        self.news.clear()
        ids, self._ids = Changed(self._ids), set()
        ids.heard_at = self._heard_at
        return ids


async def _events(group: str, key: str, render: Render, pace: Pace) -> AsyncIterator[str]:
    inbox = _Inbox(group, key)
    stop = asyncio.Event()
    _open.add(stop)
    listening = asyncio.create_task(inbox.listen())
    try:
        yield event("", name="beat")
        for text in await _rendered(render, None):
            yield text
        while not stop.is_set() and not listening.done():
            if not await _wait(inbox.news, stop, pace.beat_every):
                yield event("", name="beat")
                continue
            for text in await _rendered(render, inbox.take()):
                yield text
            await _sleep(stop, pace.update_every)
    finally:
        _open.discard(stop)
        listening.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await listening


async def _wait(news: asyncio.Event, stop: asyncio.Event, seconds: float) -> bool:
    """Whether there is news within so many seconds; ends early when the stream shall stop."""
    waiting = [asyncio.create_task(news.wait()), asyncio.create_task(stop.wait())]
    try:
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
    return news.is_set() and not stop.is_set()


async def _sleep(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()


async def _rendered(render: Render, ids: frozenset[str] | None) -> Sequence[str]:
    if ids is not None and not ids:
        return ()
    return await sync_to_async(_render_in_thread, thread_sensitive=False, executor=_renderers)(
        render, ids
    )


def _render_in_thread(render: Render, ids: frozenset[str] | None) -> Sequence[str]:
    close_old_connections()
    try:
        return render(ids)
    finally:
        close_old_connections()
