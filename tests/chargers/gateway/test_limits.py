from __future__ import annotations

from uuid import uuid4

import pytest

from chargers.domain.security import HandshakeFault
from chargers.gateway import failures
from chargers.gateway.failures import FailureBook
from chargers.gateway.limits import Connects, FailedAttempts, TokenBucket
from tests.factories import NOW


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


def test_many_addresses_at_one_identity_and_many_identities_at_one_address() -> None:
    guessed = FailedAttempts(limit=2)
    assert [guessed.record("CP1", f"10.0.0.{n}", 0) for n in range(7)] == [False] * 6 + [True]
    sweeping = FailedAttempts(limit=2)
    assert [sweeping.record(f"CP{n}", "10.0.0.1", 0) for n in range(41)] == [False] * 40 + [True]


def test_q09_a_loop_of_reconnects_is_cut_but_never_locked_out() -> None:
    connects, station = Connects(burst=3, every_seconds=10), uuid4()
    assert [connects.wait(station, 0) for _ in range(3)] == [0, 0, 0]
    # Whoever asks on and on gets in every ten seconds nevertheless.
    admitted = [second for second in range(1, 61) if connects.wait(station, second) == 0]
    assert admitted == [10, 20, 30, 40, 50, 60]
    assert connects.wait(uuid4(), 5) == 0


def test_q09_the_wait_is_told() -> None:
    connects, station = Connects(burst=1, every_seconds=10), uuid4()
    connects.wait(station, 0)
    assert connects.wait(station, 4) == pytest.approx(6)


def test_refusals_are_gathered_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "_MAX_KEYS", 2)
    book = FailureBook()
    for identity in ("A", "B", "B", "C"):
        book.note(identity, HandshakeFault.WRONG_KEY, address="10.0.0.1", now=NOW)
    book.note("C", HandshakeFault.WRONG_KEY, address="10.0.0.2", now=NOW, is_guessing=True)
    gathered = [(one.identity, one.count, one.address, one.is_guessing) for one in book.take()]
    assert gathered == [("B", 2, "10.0.0.1", False), ("C", 2, "10.0.0.2", True)]
    assert book.take() == []
