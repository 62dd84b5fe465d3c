from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from operations.periods import Period, Span, days_before, whole_hours, window

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
KOLKATA = ZoneInfo("Asia/Kolkata")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_today_begins_at_the_operators_midnight() -> None:
    today = window(Period.TODAY, zone=COPENHAGEN, now=at("2026-03-14 23:30"))
    assert today.current == Span(at("2026-03-14 23:00"), at("2026-03-14 23:30"))
    assert today.previous == Span(at("2026-03-13 23:00"), at("2026-03-13 23:30"))
    assert today.ends == at("2026-03-15 23:00")


@pytest.mark.parametrize(
    ("now", "start", "ends", "hours"),
    [
        ("2026-03-29 10:00", "2026-03-28 23:00", "2026-03-29 22:00", 23),
        ("2026-10-25 10:00", "2026-10-24 22:00", "2026-10-25 23:00", 25),
    ],
)
def test_days_on_which_the_clocks_change(now: str, start: str, ends: str, hours: int) -> None:
    day = window(Period.TODAY, zone=COPENHAGEN, now=at(now))
    assert (day.current.start, day.ends) == (at(start), at(ends))
    assert day.ends - day.current.start == timedelta(hours=hours)


def test_the_previous_day_is_equally_far_on_by_the_local_clock() -> None:
    """Noon after the change of clocks is compared with noon before it."""
    day = window(Period.TODAY, zone=COPENHAGEN, now=at("2026-03-29 10:00"))
    assert day.previous == Span(at("2026-03-27 23:00"), at("2026-03-28 11:00"))


def test_seven_and_thirty_days_end_today() -> None:
    now = at("2026-06-10 12:00")
    week = window(Period.WEEK, zone=COPENHAGEN, now=now)
    assert week.current == Span(at("2026-06-03 22:00"), now)
    assert week.previous == Span(at("2026-05-27 22:00"), at("2026-06-03 12:00"))
    month = window(Period.MONTH, zone=COPENHAGEN, now=now)
    assert month.current.start == at("2026-05-11 22:00")
    assert month.previous == Span(at("2026-04-11 22:00"), at("2026-05-11 12:00"))


def test_days_before_keeps_the_local_time_over_a_change_of_clocks() -> None:
    assert days_before(at("2026-03-30 10:00"), 7, COPENHAGEN) == at("2026-03-23 11:00")


def test_unknown_periods_are_today() -> None:
    assert [Period.of(text) for text in ("7d", "30d", "", "year")] == [
        Period.WEEK,
        Period.MONTH,
        Period.TODAY,
        Period.TODAY,
    ]


def test_whole_hours_leave_the_ends_over() -> None:
    span = Span(at("2026-03-14 10:20"), at("2026-03-14 14:40"))
    assert whole_hours(span, settled=at("2026-03-14 20:00")) == (
        Span(at("2026-03-14 11:00"), at("2026-03-14 14:00")),
        [
            Span(at("2026-03-14 10:20"), at("2026-03-14 11:00")),
            Span(at("2026-03-14 14:00"), at("2026-03-14 14:40")),
        ],
    )


def test_unsettled_hours_are_left_over() -> None:
    span = Span(at("2026-03-14 10:00"), at("2026-03-14 14:40"))
    whole, rest = whole_hours(span, settled=at("2026-03-14 13:00"))
    assert whole == Span(at("2026-03-14 10:00"), at("2026-03-14 13:00"))
    assert rest == [Span(at("2026-03-14 13:00"), at("2026-03-14 14:40"))]


def test_a_short_span_has_no_whole_hour() -> None:
    span = Span(at("2026-03-14 10:20"), at("2026-03-14 10:40"))
    assert whole_hours(span, settled=at("2026-03-14 20:00"))[1] == [span]


def test_a_day_that_begins_at_half_past() -> None:
    day = window(Period.TODAY, zone=KOLKATA, now=at("2026-03-14 10:00"))
    assert day.current.start == at("2026-03-13 18:30")
    whole, rest = whole_hours(day.current, settled=at("2026-03-14 09:00"))
    assert whole == Span(at("2026-03-13 19:00"), at("2026-03-14 09:00"))
    assert rest == [
        Span(at("2026-03-13 18:30"), at("2026-03-13 19:00")),
        Span(at("2026-03-14 09:00"), at("2026-03-14 10:00")),
    ]
