"""Rates: messages and connections per station, failed handshakes. Pure, time is given."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from uuid import UUID

_MAX_KEYS = 20_000


class TokenBucket:
    """Lets `rate` messages a second through with bursts of `burst`; says how long to wait."""

    __slots__ = ("_burst", "_level", "_rate", "_updated")

    def __init__(self, *, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._level = burst
        self._updated = now

    def take(self, now: float) -> float:
        """Take one; returns the seconds to wait before going on (0 when within the rate)."""
        self._level = min(self._burst, self._level + (now - self._updated) * self._rate)
        self._updated = now
        self._level -= 1.0
        return 0.0 if self._level >= 0 else -self._level / self._rate


class Windows:
    """Counts per key in windows; keeps the latest `_MAX_KEYS` keys."""

    def __init__(self, *, limit: int, window_seconds: float = 60.0) -> None:
        self._limit = limit
        self._window = window_seconds
        self._counts: OrderedDict[Hashable, tuple[float, int]] = OrderedDict()

    def exceeds(self, key: Hashable, now: float) -> bool:
        """Count one; True when there are more than `limit` in this window."""
        started, count = self._counts.pop(key, (now, 0))
        if now - started >= self._window:
            started, count = now, 0
        self._counts[key] = (started, count + 1)
        while len(self._counts) > _MAX_KEYS:
            self._counts.popitem(last=False)
        return count + 1 > self._limit


class FailedAttempts:
    """Counts failed handshakes in windows of a minute, within this process alone.

    Per (identity, address), and more generously per identity (many addresses guess) and per
    address (one guesses many). Only *failed* attempts are slowed: a right key is checked first
    and always let in, so nobody can lock a station out by guessing.
    """

    def __init__(self, *, limit: int = 10, window_seconds: float = 60.0) -> None:
        self._pairs = Windows(limit=limit, window_seconds=window_seconds)
        self._identities = Windows(limit=3 * limit, window_seconds=window_seconds)
        self._addresses = Windows(limit=20 * limit, window_seconds=window_seconds)

    def record(self, identity: str, address: str, now: float) -> bool:
        """Count one failure; True when a limit is passed and the answer is to be slow."""
        found = [
            self._pairs.exceeds((identity, address), now),
            self._identities.exceeds(identity, now),
            self._addresses.exceeds(address, now),
        ]
        return any(found)


class Connects:
    """How often each station may connect: a loop of reconnects is cut to one in ten seconds (Q09).

    Counted are admitted handshakes only, so that nobody without a key can slow a station down, and
    the station itself is let in again every `every_seconds`, whatever it does.
    """

    def __init__(self, *, burst: int = 12, every_seconds: float = 10.0) -> None:
        self._burst = burst
        self._every = every_seconds
        self._buckets: OrderedDict[UUID, tuple[float, float]] = OrderedDict()

    def wait(self, station_id: UUID, now: float) -> float:
        """Take one; seconds to wait when there is none left (then none is taken)."""
        level, at = self._buckets.pop(station_id, (float(self._burst), now))
        level = min(float(self._burst), level + (now - at) / self._every)
        # A hair's breadth of rounding must not cost whoever waited the ten seconds.
        short = 0.0 if level > 1.0 - 1e-6 else 1.0 - level
        self._buckets[station_id] = (level if short > 0 else level - 1.0, now)
        while len(self._buckets) > _MAX_KEYS:
            self._buckets.popitem(last=False)
        return short * self._every if short > 0 else 0.0
