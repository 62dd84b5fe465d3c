"""Handshakes that come at once: checked together, let in a few at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from django.db import OperationalError

from chargers.domain.security import HandshakeFault
from chargers.gateway import arrivals as module
from chargers.gateway.arrivals import MAX_TOGETHER, Arrivals
from chargers.services.admission import Credentials, RefusedHandshake, Verdict

pytestmark = pytest.mark.asyncio

REFUSED = RefusedHandshake(fault=HandshakeFault.WRONG_KEY)


class Checks:
    """Stands for the database; `gate` holds a check back until it is set."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.begun = asyncio.Event()
        self.failure: Exception | None = None

    async def __call__(self, waiting: Sequence[Credentials]) -> list[Verdict]:
        identities = [credentials.identity for credentials in waiting]
        self.asked.append(identities)
        self.begun.set()
        await self.gate.wait()
        if self.failure is not None and "poison" in identities:
            raise self.failure
        return [REFUSED for _ in waiting]


def named(*identities: str) -> list[Credentials]:
    return [Credentials(identity=identity) for identity in identities]


async def test_one_alone_is_checked_at_once() -> None:
    checks = Checks()
    arrivals = Arrivals(checks)
    assert await arrivals.verdict(named("a")[0]) == REFUSED
    assert await arrivals.verdict(named("b")[0]) == REFUSED
    assert checks.asked == [["a"], ["b"]]


async def test_what_comes_during_a_check_is_checked_together() -> None:
    checks = Checks()
    checks.gate.clear()
    arrivals = Arrivals(checks)
    names = [f"s{number}" for number in range(MAX_TOGETHER + 3)]
    tasks = [asyncio.create_task(arrivals.verdict(shown)) for shown in named("first", *names)]
    await checks.begun.wait()
    checks.gate.set()
    assert await asyncio.gather(*tasks) == [REFUSED] * len(tasks)
    assert [len(together) for together in checks.asked] == [MAX_TOGETHER, 4]


async def test_one_that_cannot_be_checked_fails_alone() -> None:
    checks = Checks()
    checks.failure = ValueError("unreadable")
    arrivals = Arrivals(checks)
    found = await asyncio.gather(
        *(arrivals.verdict(shown) for shown in named("a", "poison", "b")), return_exceptions=True
    )
    assert found == [REFUSED, checks.failure, REFUSED]


async def test_a_lost_database_is_asked_once_for_all() -> None:
    checks = Checks()
    checks.failure = OperationalError("gone")
    arrivals = Arrivals(checks)
    found = await asyncio.gather(
        *(arrivals.verdict(shown) for shown in named("a", "poison")), return_exceptions=True
    )
    assert found == [checks.failure] * 2
    assert len(checks.asked) == 1


async def test_few_are_let_in_at_a_time_in_the_order_they_came(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MAX_AT_ONCE", 2)
    monkeypatch.setattr(module, "MAX_WAITING", 3)
    arrivals = Arrivals(Checks())
    opened: list[int] = []
    done = asyncio.Event()

    async def come_in(number: int) -> None:
        async with arrivals.turn():
            opened.append(number)
            await done.wait()

    def is_full() -> bool:
        return arrivals.is_full

    tasks = [asyncio.create_task(come_in(number)) for number in range(4)]
    await asyncio.sleep(0)
    assert opened == [0, 1]
    assert not is_full()
    late = asyncio.create_task(come_in(4))
    await asyncio.sleep(0)
    assert is_full()
    # One that gives up leaves its place.
    late.cancel()
    await asyncio.gather(late, return_exceptions=True)
    assert not is_full()
    done.set()
    await asyncio.gather(*tasks)
    assert opened == [0, 1, 2, 3]
