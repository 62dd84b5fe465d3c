"""Tokens that a station knows by itself. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from chargers.simulator.outcome import Outcome

CACHE_LIMIT = 100


@dataclass(slots=True)
class LocalList:
    """Tokens that the station knows itself, and a cache of those lately accepted."""

    version: int = 0
    entries: dict[str, str] = field(default_factory=dict)  # token → status
    cache: set[str] = field(default_factory=set)

    def update(self, version: int, entries: dict[str, str | None], *, full: bool) -> Outcome:
        """Replace the list, or change it; a None status removes the token."""
        if not full and version <= self.version:
            return Outcome.VERSION_MISMATCH
        if full:
            self.entries.clear()
        for token, status in entries.items():
            if status is None:
                self.entries.pop(token, None)
            else:
                self.entries[token] = status
        self.version = version
        return Outcome.ACCEPTED

    def remember(self, token: str) -> None:
        """Cache an accepted token."""
        if len(self.cache) < CACHE_LIMIT:
            self.cache.add(token)
