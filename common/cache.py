"""Redis as cache, and the memory of this process while Redis is away.

Pages and rate limits use the cache; neither may fail with it. Limits then count per process, which
is weaker than before but not nothing.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

logger = logging.getLogger(__name__)

R = TypeVar("R")

# So long Redis is not asked again: each attempt may cost a time-out.
_AWAY_SECONDS = 2.0

# Monotonic instant by location. Django makes a cache object per thread and request; what one has
# learnt spares the others.
_away_until: dict[str, float] = {}


def _or_memory(name: str) -> Callable[..., Any]:
    """The method of RedisCache; that of LocMemCache while Redis is away."""
    in_redis = getattr(RedisCache, name)
    in_memory = getattr(LocMemCache, name)

    @wraps(in_redis)
    def method(self: FallbackRedisCache, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= _away_until.get(self.location, 0.0):
            try:
                return in_redis(self, *args, **kwargs)
            except (RedisConnectionError, RedisTimeoutError) as error:
                _away_until[self.location] = time.monotonic() + _AWAY_SECONDS
                logger.warning("cache: Redis is away, using memory: %s", error)
        return in_memory(self.memory, *args, **kwargs)

    return method


class FallbackRedisCache(RedisCache):
    """`LOCATION` and `OPTIONS` are those of Django's RedisCache."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.location = str(server)
        shared = {name: value for name, value in params.items() if name != "OPTIONS"}
        self.memory = LocMemCache(f"fallback of {self.location}", shared)

    add = _or_memory("add")
    get = _or_memory("get")
    set = _or_memory("set")
    touch = _or_memory("touch")
    delete = _or_memory("delete")
    get_many = _or_memory("get_many")
    has_key = _or_memory("has_key")
    incr = _or_memory("incr")
    set_many = _or_memory("set_many")
    delete_many = _or_memory("delete_many")
    clear = _or_memory("clear")
