"""Servers of a drill's own, because drills stop and kill them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import pytest

from tests.journeys.site import Site
from tests.support.servers import PostgresServer, RedisServer

CARD = "04A1B2C3D4"

_numbers = count(1)


@dataclass(frozen=True)
class Stage:
    """A site in production shape whose parts can be broken."""

    site: Site
    postgres: PostgresServer
    redis: RedisServer

    def add_stations(self, how_many: int) -> list[str]:
        """Identities of new stations that share a prefix of their own: see `prefix`."""
        drill = next(_numbers)
        identities = [f"DRILL-{drill:03}-{number:02}" for number in range(how_many)]
        for identity in identities:
            self.site.add_station(identity)
        return identities

    def repair(self) -> None:
        """Everything runs again for the next drill."""
        self.redis.start()
        self.postgres.start()
        if not self.site.web.is_running():
            self.site.web.start()


def prefix(identities: list[str]) -> str:
    return identities[0][:-2]


@pytest.fixture(scope="session")
def _stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    directory = tmp_path_factory.mktemp("drill")
    with (
        PostgresServer() as postgres,
        RedisServer() as redis,
        Site(directory, database_url=postgres.url, redis_url=redis.url) as site,
    ):
        site.do("add_token", uid=CARD)
        yield Stage(site, postgres, redis)


@pytest.fixture
def stage(_stage: Stage) -> Iterator[Stage]:
    yield _stage
    _stage.repair()
