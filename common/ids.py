"""Identifiers: UUIDv7 primary keys and random references, with injectable clock and randomness."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Callable

RandomBits = Callable[[int], int]

INT31_MAX = 2**31 - 1
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def uuid7(*, unix_ms: int | None = None, randbits: RandomBits = secrets.randbits) -> uuid.UUID:
    """A time-ordered UUID, version 7 (RFC 9562 §5.7).

    Args:
        unix_ms: Unix time in milliseconds; the system clock when not given.
        randbits: source of the 74 random bits.
    """
    stamp = time.time_ns() // 1_000_000 if unix_ms is None else unix_ms
    value = (stamp & (2**48 - 1)) << 80
    value |= 0x7 << 76
    value |= randbits(12) << 64
    value |= 0b10 << 62
    value |= randbits(62)
    return uuid.UUID(int=value)


def random_int31(*, randbits: RandomBits = secrets.randbits) -> int:
    """A positive random integer below 2**31: OCPP 1.6 transaction ids, request ids.

    Random and not sequential, so that nobody can guess another station's number.
    """
    return randbits(31) or 1


def random_code(length: int, *, randbits: RandomBits = secrets.randbits) -> str:
    """A random code of Crockford base32 characters (5 bits each), safe to read aloud."""
    return "".join(_CROCKFORD[randbits(5)] for _ in range(length))
