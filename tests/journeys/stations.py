"""Stations of a journey: where they dial, when they live, and waiting without sleeping blindly."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TypeVar

from chargers.simulator import SimulatedStation, VirtualClock
from tests.journeys.site import KEY, Site, Web

T = TypeVar("T")

PROTOCOLS = ("1.6", "2.0.1")
SUBPROTOCOLS = {"1.6": "ocpp1.6", "2.0.1": "ocpp2.0.1"}


class StillNot(AssertionError):
    """What was waited for did not come; the message holds what was seen last."""


async def eventually(
    look: Callable[[], T], wanted: Callable[[T], bool] = bool, *, within: float = 15.0
) -> T:
    """Look again and again until it is as wanted.

    Raises:
        StillNot: see there.
    """
    deadline = time.monotonic() + within
    while True:
        seen = look()
        if wanted(seen):
            return seen
        if time.monotonic() > deadline:
            raise StillNot(f"after {within:g} s still {seen!r}")
        await asyncio.sleep(0.05)


def past(hours: float = 3) -> VirtualClock:
    """A clock of a few hours ago: what is charged by it has happened when it is told."""
    now = datetime.now(tz=UTC).replace(microsecond=0)
    return VirtualClock(now - timedelta(hours=hours))


def simulated(web: Web, identity: str, protocol: str, **more: Any) -> SimulatedStation:
    """A station of the site, not connected yet."""
    defaults: dict[str, Any] = {
        "model": "alfen-eve-double",
        "clock": past(),
        "rng": Random(identity),
        "call_timeout_s": 20.0,
        "protocol": protocol,
    }
    return SimulatedStation(web.ocpp_url, identity, KEY, **{**defaults, **more})


def instant(text: str | None) -> datetime | None:
    """A time as the second process tells it."""
    return None if text is None else datetime.fromisoformat(text)


def answered(frames: Iterable[dict[str, Any]]) -> list[str]:
    """Actions that the station called and got a result for, in order; fails on any other end."""
    calls = [frame for frame in frames if frame["direction"] == "in" and frame["raw"][1:2] == "2"]
    for frame in calls:
        assert frame["reply"].startswith(f'[3,"{frame["message_id"]}",'), frame
    return [frame["action"] for frame in calls]


async def charged(
    site: Site, station: SimulatedStation, *, evse: int, uid: str, minutes: float
) -> str:
    """A whole session from plug to unplug; its reference at the station."""
    await station.plug_in(evse)
    tx = await station.authorize_and_start(evse, uid)
    await station.charge(minutes=minutes)
    await station.stop(tx)
    await station.unplug(evse)
    assert tx.reference is not None
    return tx.reference
