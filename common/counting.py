"""Calls counted by the minute, to keep one caller from taking everybody's time."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final

from django.core.cache import cache
from redis.exceptions import RedisError

WINDOW_SECONDS: Final = 60
_log = logging.getLogger(__name__)


def count(key: str) -> int | None:
    """One more under this key; None when the cache does not answer."""
    try:
        cache.add(key, 0, 2 * WINDOW_SECONDS)
        return cache.incr(key)
    except (RedisError, OSError):
        _log.warning("The cache does not answer: calls are not counted.")
    except ValueError:  # gone between the two calls
        pass
    return None


def within_limit(name: str, *, limit: int, now: datetime) -> bool:
    """Count a call under `name` and say whether it is among the first `limit` of this minute.

    Without its cache it lets everybody pass: a limit protects the service, it is no service.
    """
    used = count(f"{name}:{int(now.timestamp()) // WINDOW_SECONDS}")
    return used is None or used <= limit
