from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from operations.shared import Shared


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_value_is_computed_once_for_who_needs_it_no_fresher() -> None:
    clock, calls = Clock(), iter(range(10))
    shared = Shared(clock)
    assert shared.get("a", since=shared.at_most(2), compute=lambda: next(calls)) == 0
    clock.now += 1
    assert shared.get("a", since=shared.at_most(2), compute=lambda: next(calls)) == 0
    assert shared.get("a", since=100.5, compute=lambda: next(calls)) == 1
    assert shared.get("b", since=0, compute=lambda: next(calls)) == 2


def test_news_while_computing_are_not_missed() -> None:
    """What was begun before the news does not serve who has heard them."""
    clock, calls = Clock(), iter(range(10))
    shared = Shared(clock)

    def slow() -> int:
        clock.now += 5
        return next(calls)

    assert shared.get("a", since=100, compute=slow) == 0
    assert shared.get("a", since=102, compute=slow) == 1


def test_a_failure_is_not_kept() -> None:
    shared = Shared(Clock())

    def fail() -> int:
        raise ValueError("no database")

    with pytest.raises(ValueError, match="no database"):
        shared.get("a", since=0, compute=fail)
    assert shared.get("a", since=0, compute=lambda: 7) == 7


def test_twenty_viewers_of_the_same_news_cost_one_computation() -> None:
    shared, gate = Shared(), threading.Event()
    calls: list[int] = []

    def compute() -> int:
        gate.wait(5)
        calls.append(1)
        return len(calls)

    since = shared.at_most(0)
    with ThreadPoolExecutor(20) as pool:
        waiting = [pool.submit(shared.get, "a", since=since, compute=compute) for _ in range(20)]
        gate.set()
        assert {one.result() for one in waiting} == {1}
    assert calls == [1]
