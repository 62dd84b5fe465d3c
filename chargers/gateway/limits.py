"""Rates: messages per station, failed handshakes per (identity, address). Pure, time is given."""

from __future__ import annotations

from collections import OrderedDict

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


class FailedAttempts:
    """Counts failed handshakes per (identity, address) in windows of a minute.

    Only *failed* attempts are slowed: a right key is checked first and always let in,
    so nobody can lock a station out by guessing.
    """

    def __init__(self, *, limit: int = 10, window_seconds: float = 60.0) -> None:
        self._limit = limit
        self._window = window_seconds
        self._failures: OrderedDict[tuple[str, str], tuple[float, int]] = OrderedDict()

    def record(self, identity: str, address: str, now: float) -> bool:
        """Count one failure; True when the limit is passed and the answer is to be 429."""
        key = (identity, address)
        started, count = self._failures.pop(key, (now, 0))
        if now - started >= self._window:
            started, count = now, 0
        self._failures[key] = (started, count + 1)
        while len(self._failures) > _MAX_KEYS:
            self._failures.popitem(last=False)
        return count + 1 > self._limit
