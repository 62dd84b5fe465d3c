"""The local authorisation list of a station (OCPP 2.0.1 D; 1.6 section 3.5): what it holds, what
it should hold, and the next message on the way there.

A list has a version, a number that grows from 1 with every update; 0 means that a station holds
no list, a negative one that it has none at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import orjson

from chargers.domain.vocabulary import AuthorizationStatus

# What no station says of itself is assumed to fit every station.
DEFAULT_PER_MESSAGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One token of a list; `expires_at` and `parent_uid` as in an answer to Authorize."""

    uid: str
    type: str = "ISO14443"
    status: AuthorizationStatus = AuthorizationStatus.ACCEPTED
    expires_at: datetime | None = None
    parent_uid: str = ""

    @property
    def key(self) -> str:
        """What tells tokens apart: letter case does not."""
        return self.uid.upper()

    def to_json(self) -> dict[str, Any]:
        """Only what differs from the default: lists are long and stored as they are."""
        found: dict[str, Any] = {"uid": self.uid, "type": self.type, "status": self.status.value}
        if self.expires_at is not None:
            found["expires_at"] = self.expires_at.isoformat()
        if self.parent_uid:
            found["parent_uid"] = self.parent_uid
        return found

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        expires_at = data.get("expires_at")
        return cls(
            uid=data["uid"],
            type=data["type"],
            status=AuthorizationStatus(data["status"]),
            expires_at=datetime.fromisoformat(expires_at) if expires_at else None,
            parent_uid=data.get("parent_uid", ""),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a station can take; None where it has not said.

    Attributes:
        entries: in its list (1.6 LocalAuthListMaxLength; 2.x LocalAuthListCtrlr.Entries).
        per_message: in one update (1.6 SendLocalListMaxLength; 2.x …ItemsPerMessage).
    """

    entries: int | None = None
    per_message: int | None = None

    @property
    def chunk(self) -> int:
        return max(1, self.per_message or DEFAULT_PER_MESSAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One message to a station. `removed` is empty when it is full."""

    is_full: bool
    entries: tuple[Entry, ...] = ()
    removed: tuple[Entry, ...] = ()


def next_update(
    held: Sequence[Entry] | None, wanted: Sequence[Entry], limits: Limits
) -> Update | None:
    """The next message that brings a station nearer to `wanted`, None when it is there.

    Apply it (`applied`), ask again, and the station arrives: each message carries at most
    `limits.per_message` tokens. Removals come first, so that the list is never too long on the way.

    Args:
        held: what the station holds; None when that is not known, which calls for a full list.
        wanted: at most `limits.entries` of them are sent; order decides which.
    """
    capped = list(wanted if limits.entries is None else wanted[: limits.entries])
    if held is None:
        return _full(capped, limits)
    before = {entry.key: entry for entry in held}
    after = {entry.key: entry for entry in capped}
    removed = [entry for key, entry in before.items() if key not in after]
    changed = [entry for key, entry in after.items() if before.get(key) != entry]
    if not removed and not changed:
        return None
    if _messages(len(removed) + len(changed), limits) > _messages(len(capped), limits):
        return _full(capped, limits)
    gone = tuple(removed[: limits.chunk])
    return Update(is_full=False, removed=gone, entries=tuple(changed[: limits.chunk - len(gone)]))


def _full(wanted: Sequence[Entry], limits: Limits) -> Update:
    return Update(is_full=True, entries=tuple(wanted[: limits.chunk]))


def _messages(tokens: int, limits: Limits) -> int:
    return max(1, -(-tokens // limits.chunk))


def applied(held: Sequence[Entry] | None, update: Update) -> list[Entry]:
    """What a station holds once it has accepted an update, by number.

    Raises:
        ValueError: a differential update of a list that is not known.
    """
    if held is None and not update.is_full:
        raise ValueError("a differential update needs a list that is known")
    found = {} if update.is_full else {entry.key: entry for entry in held or ()}
    for entry in update.removed:
        found.pop(entry.key, None)
    found.update({entry.key: entry for entry in update.entries})
    return [found[key] for key in sorted(found)]


def checksum(entries: Iterable[Entry]) -> str:
    """A short fingerprint of a list's content, whatever its order; "" for an empty one."""
    ordered = sorted((entry.to_json() for entry in entries), key=lambda found: found["uid"])
    return hashlib.sha256(orjson.dumps(ordered)).hexdigest()[:16] if ordered else ""


def earliest_expiry(entries: Iterable[Entry]) -> datetime | None:
    """When the first token of a list ceases to be valid."""
    return min((entry.expires_at for entry in entries if entry.expires_at), default=None)
