"""Keys of stations (OCPP security profiles 1 and 2): made random, kept as HMAC-SHA-256.

A random key needs no slow password hash, and thousands of stations that redial at once could
not afford one.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

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

    Takes the same time whether or not there is a stored hash: pass "" for an unknown station.
    """
    expected = stored_hash or "0" * 64
    found = False
    for form in _spellings(candidate):
        found |= hmac.compare_digest(hash_key(form, pepper=pepper), expected)
    return found and bool(stored_hash)


def _spellings(candidate: bytes) -> tuple[bytes, ...]:
    as_hex = candidate.hex().encode()
    # Only digits may come in other letters; a typed key is what was typed.
    digits = candidate if _is_hex(candidate) else as_hex
    return (
        candidate,
        digits.lower(),
        digits.upper(),
        as_hex,
        as_hex.upper(),
        _from_hex(candidate),
    )


def _is_hex(candidate: bytes) -> bool:
    return bool(candidate) and not candidate.strip(b"0123456789abcdefABCDEF")


def _from_hex(candidate: bytes) -> bytes:
    try:
        return bytes.fromhex(candidate.decode("ascii")) or candidate
    except ValueError:
        return candidate
