from __future__ import annotations

import pytest

from chargers.gateway.limits import FailedAttempts, TokenBucket


def test_a_burst_passes_and_what_follows_waits() -> None:
    bucket = TokenBucket(rate=10, burst=3, now=100.0)

    assert [bucket.take(100.0) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert bucket.take(100.0) == pytest.approx(0.1)
    assert bucket.take(100.0) == pytest.approx(0.2)


def test_the_bucket_fills_again_but_not_above_its_burst() -> None:
    bucket = TokenBucket(rate=10, burst=3, now=0.0)
    for _ in range(3):
        bucket.take(0.0)

    assert [bucket.take(1000.0) for _ in range(4)] == [0.0, 0.0, 0.0, pytest.approx(0.1)]


def test_ten_failures_a_minute_then_too_many() -> None:
    attempts = FailedAttempts(limit=10)

    assert [attempts.record("CP1", "::1", now) for now in range(11)] == [False] * 10 + [True]


def test_each_identity_and_address_counts_for_itself() -> None:
    attempts = FailedAttempts(limit=1)
    attempts.record("CP1", "10.0.0.1", 0)

    assert attempts.record("CP1", "10.0.0.1", 1) is True
    assert attempts.record("CP2", "10.0.0.1", 1) is False
    assert attempts.record("CP1", "10.0.0.2", 1) is False


def test_a_new_minute_starts_from_nothing() -> None:
    attempts = FailedAttempts(limit=1)
    attempts.record("CP1", "::1", 0)
    attempts.record("CP1", "::1", 1)

    assert attempts.record("CP1", "::1", 61) is False
