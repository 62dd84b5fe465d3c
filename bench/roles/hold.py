"""Connect, boot, and stay. After "go" every station sends one Heartbeat; "stop" ends it.

Plan: host, stations, sources (local addresses to dial from, in turn).
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from bench.control import Control
from bench.link import LinkLost
from bench.station import Station, connect_and_boot, for_each


async def run(plan: dict[str, Any], control: Control) -> dict[str, Any]:
    sources = plan["sources"]
    stations = [
        Station(facts, host=plan["host"], protocol="ocpp1.6", source=sources[n % len(sources)])
        for n, facts in enumerate(plan["stations"])
    ]
    started = time.perf_counter()
    await for_each(stations, connect_and_boot)
    control_facts = {"seconds": time.perf_counter() - started}
    idlers = [asyncio.create_task(_stay(station)) for station in stations]
    await control.go(**control_facts)
    for idler in idlers:
        idler.cancel()
    await asyncio.gather(*idlers, return_exceptions=True)
    lost = sum(idler.done() and not idler.cancelled() for idler in idlers)
    answered = await for_each(stations, _is_alive)
    control.say("counted")
    await control.stopped()
    return {"held": len(stations), "lost": lost, "alive": sum(answered)}


async def _stay(station: Station) -> None:
    while True:
        await station.link.idle(3600)


async def _is_alive(station: Station) -> bool:
    try:
        await station.say(station.dialect.heartbeat())
    except LinkLost:
        return False
    return True
