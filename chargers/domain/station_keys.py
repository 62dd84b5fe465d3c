"""Keys of stations (OCPP security profiles 1 and 2): made random, kept as HMAC-SHA-256.

A random key needs no slow password hash, and thousands of stations that redial at once could
not afford one.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator, Sequence

from common.ids import RandomBits

KEY_BITS = 128
MIN_TYPED_LENGTH = 12


def generate_key(*, randbits: RandomBits = secrets.randbits) -> str:
    """A new key, 32 hexadecimal digits: legal as 1.6 AuthorizationKey and 2.x BasicAuthPassword."""
    return f"{randbits(KEY_BITS):0{KEY_BITS // 4}x}"


def hash_key(key: bytes, *, pepper: str) -> str:
    """64 hexadecimal digits of HMAC-SHA-256 over the key."""
    return hmac.new(pepper.encode(), key, hashlib.sha256).hexdigest()


def key_matches(candidate: bytes, *, stored_hash: str, pepper: str) -> bool:
    """Whether a station sent its key, as text or as the bytes that the text spells in hex.

    A wrong key takes the same time whether or not there is a stored hash: pass "" for an unknown
    station.
    """
    return bool(find_matching(candidate, stored_hashes=(stored_hash,), pepper=pepper))


def find_matching(candidate: bytes, *, stored_hashes: Sequence[str], pepper: str) -> str:
    """Which of the stored hashes a key belongs to, "" for none; see `key_matches`.

    A station that has its key as we gave it costs one HMAC.
    """
    known = [stored for stored in stored_hashes if stored]
    for form in _spellings(candidate):
        digest = hash_key(form, pepper=pepper)
        for stored in known or ("0" * 64,):
            if hmac.compare_digest(digest, stored) and known:
                return stored
    return ""


def _spellings(candidate: bytes) -> Iterator[bytes]:
    yield candidate
    as_hex = candidate.hex().encode()
    # Only digits may come in other letters; a typed key is what was typed.
    digits = candidate if _is_hex(candidate) else as_hex
    yield from (digits.lower(), digits.upper(), as_hex, as_hex.upper(), _from_hex(candidate))


def _is_hex(candidate: bytes) -> bool:
    return bool(candidate) and not candidate.strip(b"0123456789abcdefABCDEF")


def _from_hex(candidate: bytes) -> bytes:
    try:
        return bytes.fromhex(candidate.decode("ascii")) or candidate
    except ValueError:
        return candidate
