from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tariffs.validity import Span

_BASE = datetime(2026, 1, 1, tzinfo=UTC)


def day(number: int | None) -> datetime | None:
    return None if number is None else _BASE + timedelta(days=number)


def span(start: int | None, end: int | None) -> Span:
    return Span(day(start), day(end))


@pytest.mark.parametrize(
    ("one", "other", "rest"),
    [
        ((0, 10), (20, 30), [(0, 10)]),
        ((0, 10), (10, 20), [(0, 10)]),
        ((0, 10), (5, 20), [(0, 5)]),
        ((0, 10), (-5, 5), [(5, 10)]),
        ((0, 10), (3, 6), [(0, 3), (6, 10)]),
        ((0, 10), (0, 10), []),
        ((0, 10), (None, None), []),
        ((None, None), (3, 6), [(None, 3), (6, None)]),
        ((None, None), (3, None), [(None, 3)]),
        ((None, None), (None, 6), [(6, None)]),
        ((None, None), (None, None), []),
    ],
)
def test_what_is_left_beside_another(
    one: tuple[int | None, int | None],
    other: tuple[int | None, int | None],
    rest: list[tuple[int | None, int | None]],
) -> None:
    assert span(*one).without(span(*other)) == [span(*left) for left in rest]
    assert span(*one).overlaps(span(*other)) == (rest != [one])


_INSTANTS = st.none() | st.integers(0, 12)


@st.composite
def _spans(draw: st.DrawFn) -> Span:
    start, end = draw(_INSTANTS), draw(_INSTANTS)
    if start is not None and end is not None and end <= start:
        end = start + 1
    return span(start, end)


def _holds(one: Span, at: datetime) -> bool:
    return (one.start is None or one.start <= at) and (one.end is None or at < one.end)


@given(_spans(), _spans())
def test_every_instant_is_left_exactly_where_the_other_is_not(one: Span, other: Span) -> None:
    left = one.without(other)
    instants = [_BASE + timedelta(days=number) for number in range(-2, 16)]
    for at in instants:
        wanted = _holds(one, at) and not _holds(other, at)
        assert sum(_holds(part, at) for part in left) == wanted
    assert one.covers(other) == all(_holds(one, at) for at in instants if _holds(other, at))
    assert one.overlaps(other) == any(_holds(one, at) and _holds(other, at) for at in instants)
