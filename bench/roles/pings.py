"""Few messages on an idle server: what one station waits when nobody else is there.

Plan: host, stations, protocol (one MeterValues a station every `gap` seconds, `count` times, the
stations out of step), and whether the messages are heartbeats.
"""

from __future__ import annotations

import asyncio
from typing import Any

from bench.control import Control
from bench.messages import Session
from bench.station import Station, connect_and_boot, for_each, now


async def run(plan: dict[str, Any], control: Control) -> dict[str, Any]:
    stations = [Station(facts, host=plan["host"], protocol="ocpp1.6") for facts in plan["stations"]]
    transactions = plan.get("transactions")
    if transactions is None:
        await for_each(stations, connect_and_boot)
        sessions = await for_each(stations, Station.start)
    else:
        await for_each(stations, Station.connect)
        sessions = [Session(id_tag="", meter_start=9_000_000, ref=ref) for ref in transactions]
    await control.go()
    found: dict[str, list[float]] = {}
    for kind in ("heartbeat", "reading") if transactions is None else ("reading",):
        for station in stations:
            station.waits.clear()
        await asyncio.gather(
            *[
                _ping(station, session, kind, plan, offset=n / len(stations))
                for n, (station, session) in enumerate(zip(stations, sessions, strict=True))
            ]
        )
        found[kind] = [wait for station in stations for wait in station.waits]
    return found


async def _ping(
    station: Station, session: Session, kind: str, plan: dict[str, Any], offset: float
) -> None:
    await asyncio.sleep(plan["gap"] * offset)
    for _ in range(plan["count"]):
        if kind == "heartbeat":
            await station.say(station.dialect.heartbeat())
        else:
            await station.say(station.dialect.reading(session, now()))
        await asyncio.sleep(plan["gap"])
