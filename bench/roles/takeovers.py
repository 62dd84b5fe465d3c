"""Real stations, intruders without a valid key, then newcomers with one. See the scenario.

Plan: host, stations, attempts, takeovers (valid ones for each station).
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from bench.control import Control
from bench.link import LinkLost
from bench.station import Station, connect_and_boot, for_each
from bench.upgrade import Answer, ask, request

_ATTEMPTS_AT_ONCE = 60
_BETWEEN_TAKEOVERS_SECONDS = 1.0


async def run(plan: dict[str, Any], control: Control) -> dict[str, Any]:
    stations = _stations(plan)
    await for_each(stations, connect_and_boot)
    listeners = [asyncio.create_task(_stay(station)) for station in stations]
    await control.go()
    answers = await _intrude(plan)
    closed = sum(listener.done() for listener in listeners)
    control.say("intruded")
    await _take_over_all(plan, listeners)
    control.say("taken")
    await control.stopped()
    return {
        "answers": [[answer.status, answer.seconds] for answer in answers],
        "real_sockets_closed": closed,
    }


def _stations(plan: dict[str, Any]) -> list[Station]:
    return [Station(facts, host=plan["host"], protocol="ocpp1.6") for facts in plan["stations"]]


async def _stay(station: Station) -> None:
    while True:
        await station.link.idle(3600)


async def _intrude(plan: dict[str, Any]) -> list[Answer]:
    slots = asyncio.Semaphore(_ATTEMPTS_AT_ONCE)
    host, stations = plan["host"], plan["stations"]

    async def attempt(number: int) -> Answer:
        victim = stations[number % len(stations)]["identity"]
        other = stations[(number + 1) % len(stations)]
        ways = (
            request(host, victim),
            request(host, victim, key=""),
            request(host, victim, key="guessed-key-of-no-station"),
            request(host, victim, key=other["key"]),
            request(host, victim, user=other["identity"], key=other["key"]),
        )
        async with slots:
            return await ask(host, ways[number % len(ways)])

    return list(await asyncio.gather(*(attempt(n) for n in range(plan["attempts"]))))


async def _take_over_all(plan: dict[str, Any], listeners: list[asyncio.Task[None]]) -> None:
    """Each station dials again and again while its older socket is still open."""
    current = listeners
    for _ in range(plan["takeovers"]):
        newcomers = _stations(plan)
        await for_each(newcomers, connect_and_boot)
        listening = [asyncio.create_task(_stay(station)) for station in newcomers]
        await asyncio.sleep(_BETWEEN_TAKEOVERS_SECONDS)
        for old in current:
            old.cancel()
            with contextlib.suppress(LinkLost, asyncio.CancelledError):
                await old
        current = listening
