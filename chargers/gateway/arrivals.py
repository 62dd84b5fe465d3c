"""Handshakes on their way in: checked together, let in as fast as the ingest takes them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from django.db import InterfaceError, OperationalError

from chargers.services.admission import Credentials, Verdict

Check = Callable[[Sequence[Credentials]], Awaitable[list[Verdict]]]

# Of these, one query: enough to make its price a trifle, and few enough not to wait for it.
MAX_TOGETHER = 50
# Handshakes that are looked at. Whoever is in already is answered before the next come.
MAX_AT_ONCE = 64
# Beyond this nobody could be served before it gave up.
MAX_WAITING = 3_000


class Arrivals:
    """One per process; lives on the event loop.

    A handshake alone is checked at once. What comes while a check is under way waits for it and is
    checked together: when thousands redial, that is a query for many instead of two for each.
    """

    def __init__(self, check: Check) -> None:
        self._check = check
        self._waiting: deque[tuple[Credentials, asyncio.Future[Verdict]]] = deque()
        self._checking: asyncio.Task[None] | None = None
        self._turns = asyncio.Semaphore(MAX_AT_ONCE)
        self._at_the_door = 0

    @property
    def is_full(self) -> bool:
        """Whether more handshakes wait than can be served before their stations give up."""
        return self._at_the_door >= MAX_WAITING

    async def verdict(self, credentials: Credentials) -> Verdict:
        """Whether the station may come in.

        Raises:
            Exception: whatever the check raised.
        """
        future: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self._waiting.append((credentials, future))
        if self._checking is None:
            self._checking = asyncio.get_running_loop().create_task(self._check_waiting())
        return await future

    async def _check_waiting(self) -> None:
        try:
            while self._waiting:
                count = min(len(self._waiting), MAX_TOGETHER)
                await self._check_some([self._waiting.popleft() for _ in range(count)])
        finally:
            self._checking = None

    async def _check_some(
        self, some: Sequence[tuple[Credentials, asyncio.Future[Verdict]]]
    ) -> None:
        try:
            found = await self._check([credentials for credentials, _ in some])
        except Exception as error:  # noqa: BLE001 -- handed to those who wait
            if len(some) > 1 and not isinstance(error, OperationalError | InterfaceError):
                # One that cannot be read must not shut out the others.
                for one in some:
                    await self._check_some([one])
                return
            for _, future in some:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), verdict in zip(some, found, strict=True):
            if not future.done():
                future.set_result(verdict)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A turn to be checked and written down, in the order of arrival."""
        self._at_the_door += 1
        try:
            await self._turns.acquire()
        finally:
            self._at_the_door -= 1
        try:
            yield
        finally:
            self._turns.release()
