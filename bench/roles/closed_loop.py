"""Every station sends a reading, waits for the answer, sends the next.

Plan: host, stations, seconds, protocol (1.6: MeterValues, 2.0.1: TransactionEvent Updated);
`transactions` (one id a station) skips boot and start, for servers that know only MeterValues.
"""

from __future__ import annotations

import time
from typing import Any

from bench.control import Control
from bench.messages import Session
from bench.station import Station, connect_and_boot, for_each, now

_WARM_UP_MESSAGES = 2
_FIRST_REGISTER_WITHOUT_START = 5_000_000


async def run(plan: dict[str, Any], control: Control) -> dict[str, Any]:
    protocol = plan.get("protocol", "ocpp1.6")
    stations = [Station(facts, host=plan["host"], protocol=protocol) for facts in plan["stations"]]
    sessions = await _set_up(stations, plan.get("transactions"))
    chargers = list(zip(stations, sessions, strict=True))
    await for_each(stations, _warm_up_of(dict(chargers)), len(stations))
    for station in stations:
        station.waits.clear()
    await control.go()
    started = time.perf_counter()
    await for_each(stations, _loop_of(dict(chargers), started + plan["seconds"]), len(stations))
    return {
        "wall": time.perf_counter() - started,
        "waits": [wait for station in stations for wait in station.waits],
        "sessions": [session.facts(station.identity) for station, session in chargers],
    }


async def _set_up(stations: list[Station], transactions: list[int] | None) -> list[Session]:
    if transactions is None:
        await for_each(stations, connect_and_boot)
        return await for_each(stations, Station.start)
    await for_each(stations, Station.connect)
    return [
        Session(id_tag=station.id_tag, meter_start=_FIRST_REGISTER_WITHOUT_START, ref=ref)
        for station, ref in zip(stations, transactions, strict=True)
    ]


def _warm_up_of(sessions: dict[Station, Session]) -> Any:
    async def warm_up(station: Station) -> None:
        for _ in range(_WARM_UP_MESSAGES):
            await station.say(station.dialect.reading(sessions[station], now()))

    return warm_up


def _loop_of(sessions: dict[Station, Session], end: float) -> Any:
    async def loop(station: Station) -> None:
        session = sessions[station]
        while time.perf_counter() < end:
            await station.say(station.dialect.reading(session, now()))

    return loop
