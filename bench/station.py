"""A simulated station of the load client: dial, boot, say one message after the other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

from bench.link import Address, Link, LinkLost, dial
from bench.messages import DIALECTS, Message, Session

T = TypeVar("T")

# Handshakes that one client process has under way at a time.
DIALS_AT_ONCE = 50
# The register moves on between two sessions, as it does with a real meter.
_FIRST_REGISTER = 100_000


def now() -> datetime:
    return datetime.now(UTC)


class Station:
    """One station. `facts` is a row of `bench.seed`: identity, key, id_tag.

    Attributes:
        waits: seconds from each call to its answer, over all its connections.
        dials: seconds of each successful handshake.
    """

    def __init__(
        self, facts: dict[str, str], *, host: str, protocol: str, source: str = ""
    ) -> None:
        self.identity = facts["identity"]
        self.id_tag = facts["id_tag"]
        self.dialect = DIALECTS[protocol]
        self._address = Address(
            url=f"ws://{host}/ocpp/{self.identity}",
            user=self.identity,
            key=facts["key"],
            subprotocol=protocol,
            source=source,
        )
        self._link: Link | None = None
        self.waits: list[float] = []
        self.dials: list[float] = []
        self.next_register = _FIRST_REGISTER

    @property
    def link(self) -> Link:
        if self._link is None:
            raise LinkLost("not connected")
        return self._link

    async def connect(self) -> None:
        """Dial once.

        Raises:
            LinkLost: it did not work out.
        """
        started = time.perf_counter()
        self._link = await dial(self._address)
        self._link.waits = self.waits
        self.dials.append(time.perf_counter() - started)

    async def boot(self) -> None:
        """BootNotification and the connector's status.

        Raises:
            LinkLost, CallRefused: see `Link.call`.
        """
        answer = await self.say(self.dialect.boot())
        assert answer["status"] == "Accepted", answer
        await self.say(self.dialect.status(now(), "Available"))

    async def say(self, message: Message) -> Any:
        return await self.link.call(*message)

    def new_session(self) -> Session:
        return Session(id_tag=self.id_tag, meter_start=self.next_register)

    async def start(self) -> Session:
        """StartTransaction; returns the running session."""
        session = self.new_session()
        self.dialect.started(session, await self.say(self.dialect.start(session, now())))
        return session

    async def close(self) -> None:
        if self._link is not None:
            await self._link.close()


S = TypeVar("S", bound="Station")


async def for_each(
    stations: Iterable[S], job: Callable[[S], Awaitable[T]], at_once: int = DIALS_AT_ONCE
) -> list[T]:
    """Run `job` for every station, so many at a time; results in order."""
    slots = asyncio.Semaphore(at_once)

    async def limited(station: S) -> T:
        async with slots:
            return await job(station)

    return list(await asyncio.gather(*[limited(station) for station in stations]))


async def connect_and_boot(station: Station) -> None:
    await station.connect()
    await station.boot()
