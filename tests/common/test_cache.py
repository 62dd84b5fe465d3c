"""The cache while Redis is away: the memory of this process stands in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from unittest.mock import patch

import pytest
import redis

from common import cache as module
from common.cache import FallbackRedisCache
from tests.support.servers import RedisServer, free_port


def cache_at(port: int) -> FallbackRedisCache:
    options = {"socket_connect_timeout": 1, "socket_timeout": 1}
    return FallbackRedisCache(f"redis://127.0.0.1:{port}/0", {"OPTIONS": options, "TIMEOUT": 60})


@pytest.fixture
def cache() -> Iterator[FallbackRedisCache]:
    """Nobody listens where its Redis should be."""
    made = cache_at(free_port())
    yield made
    made.memory.clear()


def test_what_was_set_is_got(cache: FallbackRedisCache) -> None:
    assert cache.get("a") is None
    assert cache.get("a", "default") == "default"
    cache.set("a", {"b": 1}, timeout=5)
    assert cache.get("a") == {"b": 1}
    assert cache.has_key("a")
    assert cache.touch("a")
    assert cache.delete("a")
    assert cache.get("a") is None


def test_limits_go_on_counting(cache: FallbackRedisCache) -> None:
    assert cache.add("attempts", 1)
    assert not cache.add("attempts", 1)
    assert cache.incr("attempts") == 2
    assert cache.incr("attempts", 3) == 5


def test_many_at_once(cache: FallbackRedisCache) -> None:
    assert cache.set_many({"a": 1, "b": 2}) == []
    assert cache.get_many(["a", "b", "c"]) == {"a": 1, "b": 2}
    cache.delete_many(["a"])
    assert cache.get_many(["a", "b"]) == {"b": 2}
    cache.clear()
    assert cache.get("b") is None


def test_other_objects_of_the_same_cache_see_it(cache: FallbackRedisCache) -> None:
    cache.set("a", 1)
    assert cache_at(int(cache.location.rpartition(":")[2].split("/")[0])).get("a") == 1


def test_redis_is_not_asked_again_at_once(cache: FallbackRedisCache) -> None:
    cache.get("a")
    with patch.object(cache, "_cache", None):
        assert cache.get("a") is None


def test_keys_are_spelled_by_version(cache: FallbackRedisCache) -> None:
    cache.set("a", 1, version=2)
    assert cache.get("a", version=1) is None
    assert cache.get("a", version=2) == 1


@pytest.mark.services
def test_redis_comes_and_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AWAY_SECONDS", 0.0)
    with RedisServer() as server:
        cache = cache_at(server.port)
        cache.set("a", "in Redis")
        assert redis.Redis(port=server.port).dbsize() == 1
        server.stop()
        assert cache.get("a") is None
        cache.set("a", "in memory")
        assert cache.get("a") == "in memory"
        server.start()
        deadline = time.monotonic() + 10
        while cache.get("a") is not None:
            assert time.monotonic() < deadline
        cache.set("a", "again in Redis")
        assert cache.get("a") == "again in Redis"
