from __future__ import annotations

import math

import pytest

from bench.percentiles import percentile, spread


@pytest.mark.parametrize(
    ("percent", "expected"), [(0, 1.0), (25, 2.0), (50, 3.0), (95, 4.8), (100, 5.0)]
)
def test_percentile_is_linear_between_ranks(percent: float, expected: float) -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0, 5.0], percent) == pytest.approx(expected)


def test_percentile_of_one_sample_is_that_sample() -> None:
    assert percentile([7.0], 99) == 7.0


@pytest.mark.parametrize(("ordered", "percent"), [([], 50), ([1.0], 101), ([1.0], -1)])
def test_percentile_refuses_what_it_cannot_answer(ordered: list[float], percent: float) -> None:
    with pytest.raises(ValueError, match=r"sample|percentage"):
        percentile(ordered, percent)


def test_spread_takes_samples_in_any_order() -> None:
    found = spread(float(n) for n in reversed(range(101)))

    assert (found.count, found.p50, found.p95, found.p99, found.longest) == (101, 50, 95, 99, 100)


def test_spread_of_nothing_is_not_a_number() -> None:
    found = spread([])

    assert found.count == 0
    assert math.isnan(found.p95)
