"""Sites: the embedded default for the fast suite, PostgreSQL and Redis for the service suite.

One site of each kind serves all tests of a process; every test has stations of its own on it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from typing import Any

import pytest
import pytest_asyncio

from chargers.simulator import SimulatedStation
from tests.journeys.site import Site, Web
from tests.journeys.stations import PROTOCOLS, simulated
from tests.support.servers import PostgresServer, RedisServer

Dial = Callable[..., SimulatedStation]

_numbers = count(1)


@pytest.fixture(params=PROTOCOLS)
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(
    scope="session",
    params=["embedded", pytest.param("services", marks=pytest.mark.services)],
)
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    directory = tmp_path_factory.mktemp("site")
    if request.param == "embedded":
        with Site(directory) as embedded:
            yield embedded
        return
    with (
        PostgresServer() as postgres,
        RedisServer() as redis,
        Site(directory, database_url=postgres.url, redis_url=redis.url) as production,
    ):
        yield production


@pytest.fixture
def identity(request: pytest.FixtureRequest, site: Site) -> str:
    """A station of the site that is nobody else's, with two EVSEs of 22 kW."""
    return new_station(site)


@pytest.fixture
def card(site: Site) -> str:
    """A token that may charge."""
    uid = f"04A1{next(_numbers):08X}"
    site.do("add_token", uid=uid)
    return uid


def new_station(site: Site, **more: Any) -> str:
    identity = f"JOURNEY-{next(_numbers):05}"
    site.add_station(identity, **more)
    return identity


@pytest_asyncio.fixture
async def dial(site: Site) -> AsyncIterator[Dial]:
    """Makes stations of the site, which are closed when the test is over."""
    made: list[SimulatedStation] = []

    def make(identity: str, protocol: str, *, web: Web | None = None, **more: Any) -> Any:
        station = simulated(web or site.web, identity, protocol, **more)
        made.append(station)
        return station

    yield make
    for station in made:
        await station.close()


@pytest_asyncio.fixture
async def station(dial: Dial, identity: str, protocol: str) -> SimulatedStation:
    """Connected and booted."""
    made = dial(identity, protocol)
    await made.connect()
    await made.boot()
    return made
