from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import svg


def test_points_spread_over_the_box_with_the_smallest_value_at_the_bottom() -> None:
    assert svg.points([0, 5, 10], width=100, height=30) == [(0, 28), (50, 15), (100, 2)]


def test_points_of_a_flat_series_run_through_the_middle() -> None:
    assert svg.points([7, 7, 7], width=10, height=30) == [(0, 15), (5, 15), (10, 15)]


def test_points_of_nothing_and_of_one_value() -> None:
    assert svg.points([], 100, 30) == []
    assert svg.points([3], 100, 30) == [(0, 15)]


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50))
def test_points_stay_inside_the_box(values: list[float]) -> None:
    drawn = svg.points(values, width=96, height=30)
    assert len(drawn) == len(values)
    assert all(-1e-9 <= x <= 96 + 1e-9 and 2 - 1e-6 <= y <= 28 + 1e-6 for x, y in drawn)


def test_line_path_moves_once_then_draws() -> None:
    assert svg.line_path([(0, 1.25), (10, 2), (20.04, 3.96)]) == "M0,1.2 L10,2 L20,4"
    assert svg.line_path([]) == ""


def test_sparkline_closes_its_area_at_the_bottom() -> None:
    drawn = svg.sparkline([0, 10], width=96, height=30)
    assert drawn == svg.Sparkline(
        line="M0,28 L96,2", area="M0,28 L96,2 L96,30 L0,30Z", last=(96, 2)
    )


@pytest.mark.parametrize("values", [[], [4]])
def test_sparkline_needs_two_values(values: list[float]) -> None:
    assert svg.sparkline(values) is None


def test_bars_stand_on_the_zero_line_and_share_the_width() -> None:
    assert svg.bars([50, 100], width=200, height=80) == [
        svg.Bar(20, 40, 60, 40),
        svg.Bar(120, 0, 60, 80),
    ]


def test_bars_show_a_trace_of_small_values_and_nothing_of_none() -> None:
    heights = [bar.height for bar in svg.bars([0.001, 0, -5, 1000], width=400, height=100)]
    assert heights == [1, 0, 0, 100]


def test_bars_above_the_given_top_are_cut() -> None:
    assert [bar.height for bar in svg.bars([5, 20], width=20, height=100, top=10)] == [50, 100]


def test_bars_of_nothing() -> None:
    assert svg.bars([], 100, 50) == []
    assert [bar.height for bar in svg.bars([0, 0], 100, 50)] == [0, 0]


def test_ring_shares_the_circumference() -> None:
    around = 2 * math.pi * 10
    quarter, rest = svg.ring([1, 3], radius=10)
    assert quarter == svg.Arc(dash=round(around / 4, 2), gap=round(around * 3 / 4, 2), offset=0)
    assert rest == svg.Arc(
        dash=round(around * 3 / 4, 2), gap=round(around / 4, 2), offset=-round(around / 4, 2)
    )


def test_ring_leaves_gaps_only_between_segments() -> None:
    around = 2 * math.pi * 10
    assert [arc.dash for arc in svg.ring([1, 1], radius=10, gap=2)] == [
        round(around / 2 - 2, 2),
        round(around / 2 - 2, 2),
    ]
    assert [arc.dash for arc in svg.ring([5, 0], radius=10, gap=2)] == [round(around, 2), 0]


def test_ring_of_nothing() -> None:
    assert svg.ring([], radius=10) == []
    assert svg.ring([0, 0], radius=10) == []


@pytest.mark.parametrize(
    ("value", "ceiling"),
    [(0, 1), (-3, 1), (1, 1), (1.2, 2), (2.1, 2.5), (402, 500), (100, 100), (0.03, 0.05)],
)
def test_nice_ceiling(value: float, ceiling: float) -> None:
    assert svg.nice_ceiling(value) == pytest.approx(ceiling)
