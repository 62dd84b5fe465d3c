"""How much is made up, and the sources of chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from common.ids import RandomBits, uuid7
from csms.seed.places import NEIGHBOUR_SITES, SITES, Site


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorPlan:
    """One operator to make up.

    Attributes:
        prefix: of station codes, such as `NC`.
        hosts: host names that show its brand.
        cards: pool cards of companies, without a driver.
    """

    name: str
    slug: str
    country: str
    time_zone: str
    color: str
    font: str
    domain: str
    prefix: str
    hosts: tuple[str, ...]
    sites: Sequence[Site]
    stations: int
    drivers: int
    cards: int
    out_of_service: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedPlan:
    """What to make up; `detail_days` of readings minute by minute, the rest coarse."""

    operators: tuple[OperatorPlan, ...]
    days: int = 30
    detail_days: int = 2
    timeline_days: int = 3


def standard_plan(*, stations: int = 100, days: int = 30) -> SeedPlan:
    """The network of the demo: one operator in three countries and a small neighbour.

    Args:
        stations: of the first operator; locations and drivers shrink along.
        days: of history.
    """
    share = min(1.0, stations / 100)
    main = OperatorPlan(
        name="Nordlys Charging",
        slug="nordlys",
        country="DK",
        time_zone="Europe/Copenhagen",
        color="#0b6e4f",
        font="Inter",
        domain="nordlys.example",
        prefix="NC",
        hosts=("localhost", "127.0.0.1"),
        sites=SITES[: max(1, min(len(SITES), round(len(SITES) * share)))],
        stations=stations,
        drivers=max(6, round(150 * share)),
        cards=max(2, round(25 * share)),
        out_of_service=2 if stations >= 20 else 0,
    )
    neighbour = OperatorPlan(
        name="Ribera Recarga",
        slug="ribera",
        country="ES",
        time_zone="Europe/Madrid",
        color="#b4431f",
        font="Manrope",
        domain="ribera.example",
        prefix="RR",
        hosts=("ribera.localhost",),
        sites=NEIGHBOUR_SITES,
        stations=max(1, round(6 * share)),
        drivers=max(3, round(12 * share)),
        cards=1,
    )
    return SeedPlan(operators=(main, neighbour), days=days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """Where chance and time come from. The same three give the same network.

    Attributes:
        rng: everything that is no secret.
        secret_bits: station keys and passwords.
        now: the present; the past ends here (aware UTC).
    """

    rng: Random
    secret_bits: RandomBits
    now: datetime

    def key_at(self, at: datetime) -> UUID:
        """A primary key that sorts by `at`."""
        return uuid7(unix_ms=int(at.timestamp() * 1000), randbits=self.rng.getrandbits)

    def start(self, days: int) -> datetime:
        """Where the history begins."""
        return (self.now - timedelta(days=days)).replace(minute=0, second=0, microsecond=0)
