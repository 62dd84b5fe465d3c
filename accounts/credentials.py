"""API keys as text: `csms_<prefix>_<secret>`; only the prefix and an HMAC of the whole are kept.

The secret is random (200 bit), so a fast keyed hash is right: a slow password hash would only
make every API call dear (the pepper keeps a stolen database useless).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from common.ids import RandomBits, random_code

SCHEME = "csms_"
_PREFIX_LENGTH = 8
_SECRET_LENGTH = 40
_MAX_LENGTH = 100


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made; `text` is shown once and then forgotten."""

    prefix: str
    text: str


def make_key(*, randbits: RandomBits = secrets.randbits) -> NewKey:
    """A new random key."""
    prefix = random_code(_PREFIX_LENGTH, randbits=randbits)
    return NewKey(prefix, f"{SCHEME}{prefix}_{random_code(_SECRET_LENGTH, randbits=randbits)}")


def prefix_of(text: str) -> str | None:
    """The public part of a presented key; None for what does not look like one."""
    if len(text) > _MAX_LENGTH or not text.isascii() or not text.startswith(SCHEME):
        return None
    prefix, _, secret = text.removeprefix(SCHEME).partition("_")
    return prefix if len(prefix) == _PREFIX_LENGTH and secret else None


def key_hash(text: str, *, pepper: str) -> str:
    """HMAC-SHA-256 of a key, as hex."""
    return hmac.new(pepper.encode(), text.encode(), hashlib.sha256).hexdigest()


def matches(text: str, stored_hash: str, *, pepper: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(key_hash(text, pepper=pepper), stored_hash)
