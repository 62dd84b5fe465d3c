from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
import pytest_asyncio

from chargers.simulator import SimulatedStation, VirtualClock
from tests.chargers.simulator.fake_csms import FakeCsms

START = datetime(2026, 3, 2, 8, tzinfo=UTC)

MakeStation = Callable[..., SimulatedStation]


@pytest.fixture(params=["1.6", "2.0.1"])
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest_asyncio.fixture
async def csms() -> AsyncIterator[FakeCsms]:
    async with FakeCsms() as server:
        yield server
    assert server.faults == []


@pytest_asyncio.fixture
async def make_station(csms: FakeCsms) -> AsyncIterator[MakeStation]:
    """Stations that are closed when the test is over."""
    made: list[SimulatedStation] = []

    def make(protocol: str, identity: str = "SIM-1", **more: Any) -> SimulatedStation:
        defaults: dict[str, Any] = {
            "model": "alfen-eve-double",
            "clock": VirtualClock(START),
            "rng": Random(1),
            "call_timeout_s": 5.0,
        }
        station = SimulatedStation(
            csms.url, identity, "secret", protocol=protocol, **{**defaults, **more}
        )
        made.append(station)
        return station

    yield make
    for station in made:
        await station.close()


@pytest_asyncio.fixture
async def station(make_station: MakeStation, protocol: str) -> SimulatedStation:
    """A booted AC station of two EVSEs."""
    made = make_station(protocol)
    await made.connect()
    await made.boot()
    return made
