from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import cast
from uuid import UUID

import pytest
from channels.layers import get_channel_layer

from common import sse
from common.tenancy import Scope, current_scope

# The threads that render are kept: one may still hold a connection of an earlier test.
pytestmark = pytest.mark.django_db

OPERATOR = UUID(int=7)
SCOPE = Scope(operator_id=OPERATOR)
QUICK = sse.Pace(update_every=0.02, beat_every=5)
GROUP = "live.test"


def test_an_event_has_one_data_line_per_line() -> None:
    assert sse.event("a\nb", name="x") == "event: x\ndata: a\ndata: b\n\n"
    assert sse.event("") == "data: \n\n"


def test_json_event_is_compact() -> None:
    assert sse.json_event("power", {"x": 1}) == 'event: power\ndata: {"x":1}\n\n'


def test_a_partial_escapes_its_target_and_keeps_its_html() -> None:
    assert sse.partial('#a"b', "<i>1</i>") == (
        '<hx-partial hx-target="#a&quot;b" hx-swap="outerHTML"><i>1</i></hx-partial>'
    )


def test_no_fragments_make_no_event() -> None:
    assert sse.partials([]) == []
    assert sse.partials(["<b>", "</b>"]) == ["data: <b></b>\n\n"]


class Renderer:
    def __init__(self) -> None:
        self.asked: list[frozenset[str] | None] = []
        self.scopes: list[UUID | None] = []

    def __call__(self, ids: frozenset[str] | None) -> Sequence[str]:
        self.asked.append(ids)
        self.scopes.append(current_scope().operator_id)
        return [sse.event(",".join(sorted(ids)) if ids is not None else "all")]


def _content(render: Renderer, pace: sse.Pace = QUICK) -> AsyncIterator[bytes]:
    response = sse.stream(group=GROUP, key="stations", scope=SCOPE, render=render, pace=pace)
    assert response["Content-Type"] == "text/event-stream"
    assert response["X-Accel-Buffering"] == "no"
    return cast("AsyncIterator[bytes]", response.streaming_content)


async def _next(content: AsyncIterator[bytes]) -> str:
    async with asyncio.timeout(5):
        return (await anext(content)).decode()


async def _post(*ids: str) -> None:
    await get_channel_layer().group_send(GROUP, {"type": "live.changed", "stations": list(ids)})


@pytest.mark.asyncio
async def test_the_stream_beats_shows_everything_and_then_what_changed() -> None:
    render = Renderer()
    async with aclosing(_content(render)) as content:  # type: ignore[type-var]
        assert await _next(content) == "event: beat\ndata: \n\n"
        assert await _next(content) == "data: all\n\n"
        await _post("b", "a")
        await _post("c")
        assert await _next(content) == "data: a,b,c\n\n"
    assert render.asked == [None, frozenset("abc")]
    assert render.scopes == [OPERATOR, OPERATOR]


@pytest.mark.asyncio
async def test_a_quiet_stream_beats() -> None:
    async with aclosing(_content(Renderer(), sse.Pace(beat_every=0.01))) as content:  # type: ignore[type-var]
        await _next(content)
        await _next(content)
        assert await _next(content) == "event: beat\ndata: \n\n"


@pytest.mark.asyncio
async def test_a_client_that_leaves_takes_the_stream_out_of_the_group() -> None:
    groups = get_channel_layer().groups
    content = _content(Renderer())
    await _next(content)
    await _next(content)
    waiting = asyncio.create_task(_next(content))
    await asyncio.sleep(0.05)
    assert len(groups[GROUP]) == 1
    waiting.cancel()  # as Django does when the client has gone
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not groups.get(GROUP)


@pytest.mark.asyncio
async def test_a_stopping_server_ends_its_streams() -> None:
    content = _content(Renderer())
    await _next(content)
    await _next(content)
    sse.end_all()
    with pytest.raises(StopAsyncIteration):
        await _next(content)
