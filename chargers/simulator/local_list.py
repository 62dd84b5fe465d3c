"""Tokens that a station knows by itself. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from chargers.simulator.outcome import Outcome

CACHE_LIMIT = 100
MAX_ENTRIES = 1000
MAX_PER_MESSAGE = 500


@dataclass(frozen=True, slots=True)
class ListEntry:
    """What the list says of a token."""

    status: str = "Accepted"
    expires_at: datetime | None = None


@dataclass(slots=True)
class LocalList:
    """Tokens that the station knows itself, and a cache of those lately accepted.

    The list comes before the cache: a token that it refuses is refused. Letter case does not count.
    """

    version: int = 0
    entries: dict[str, ListEntry] = field(default_factory=dict)
    cache: set[str] = field(default_factory=set)
    max_entries: int = MAX_ENTRIES
    max_per_message: int = MAX_PER_MESSAGE

    def update(self, version: int, entries: dict[str, ListEntry | None], *, full: bool) -> Outcome:
        """Replace the list, or change it; None removes the token. All of it or nothing."""
        if version <= 0 or len(entries) > self.max_per_message:
            return Outcome.FAILED
        if not full and version <= self.version:
            return Outcome.VERSION_MISMATCH
        changed = {} if full else dict(self.entries)
        for token, entry in entries.items():
            if entry is None:
                changed.pop(token.upper(), None)
            else:
                changed[token.upper()] = entry
        if len(changed) > self.max_entries:
            return Outcome.FAILED
        self.entries, self.version = changed, version
        return Outcome.ACCEPTED

    def status_of(self, token: str, now: datetime) -> str | None:
        """What the list says of a token, None when it says nothing."""
        entry = self.entries.get(token.upper())
        if entry is None:
            return None
        if entry.expires_at is not None and entry.expires_at <= now:
            return "Expired"
        return entry.status

    def remember(self, token: str) -> None:
        """Cache an accepted token."""
        if len(self.cache) < CACHE_LIMIT:
            self.cache.add(token)

    def forget(self, token: str) -> None:
        """Drop a token that was refused from the cache."""
        self.cache.discard(token)

    def known_of(self, token: str) -> str:
        """What is stored about a token, in words; empty when nothing is."""
        places = []
        entry = self.entries.get(token.upper())
        if entry is not None:
            places.append(f"local list: {entry.status}")
        if token in self.cache:
            places.append("cache: Accepted")
        return ", ".join(places)
