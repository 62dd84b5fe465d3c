"""Whole sessions back to back: Authorize, Start, so many readings, Stop.

Plan: host, stations, protocol, seconds, readings. A session that has begun is brought to its end.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from bench.control import Control
from bench.station import Station, connect_and_boot, for_each, now


async def run(plan: dict[str, Any], control: Control) -> dict[str, Any]:
    stations = [
        Station(facts, host=plan["host"], protocol=plan["protocol"]) for facts in plan["stations"]
    ]
    await for_each(stations, connect_and_boot)
    await for_each(stations, lambda station: _charge(station, readings=2))
    for station in stations:
        station.waits.clear()
    await control.go()
    started = time.perf_counter()
    end = started + plan["seconds"]
    done = await asyncio.gather(*[_charge_until(end, s, plan["readings"]) for s in stations])
    return {
        "wall": time.perf_counter() - started,
        "waits": [wait for station in stations for wait in station.waits],
        "sessions": sum(map(len, done)),
        "rows": [row for rows in done for row in rows],
    }


async def _charge_until(end: float, station: Station, readings: int) -> list[dict[str, Any]]:
    done = []
    while time.perf_counter() < end:
        done.append(await _charge(station, readings))
    return done


async def _charge(station: Station, readings: int) -> dict[str, Any]:
    dialect = station.dialect
    await station.say(dialect.authorize(station.id_tag))
    session = await station.start()
    for _ in range(readings):
        await station.say(dialect.reading(session, now()))
    await station.say(dialect.stop(session, now()))
    station.next_register = session.register
    return session.facts(station.identity)
