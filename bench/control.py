"""Words between the orchestrator and a client process, one a line."""

from __future__ import annotations

import asyncio
import json
import sys
import threading


class Control:
    """The client's side: says "ready", hears "go" and "stop"."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._heard: dict[str, asyncio.Event] = {"go": asyncio.Event(), "stop": asyncio.Event()}
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in sys.stdin:
            self._loop.call_soon_threadsafe(self._heard[line.strip()].set)
        # The orchestrator is gone; nobody wants the rest.
        self._loop.call_soon_threadsafe(self._loop.stop)

    @staticmethod
    def say(word: str, **facts: float) -> None:
        print(json.dumps({"word": word, **facts}), flush=True)

    async def go(self, **facts: float) -> None:
        """Say that everything is set up and wait until the measurement starts."""
        self.say("ready", **facts)
        await self._heard["go"].wait()

    async def stopped(self) -> None:
        """Return when the orchestrator says "stop"."""
        await self._heard["stop"].wait()
