from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from operations.figures import energy_of, needed_spans, uptime_of
from operations.measured import Hour
from operations.periods import Period, Span, window

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
NOW = datetime(2026, 3, 14, 12, 20, tzinfo=UTC)
SETTLED = datetime(2026, 3, 14, 11, 0, tzinfo=UTC)


def hour(day: int, of_day: int, wh: int = 0, ppm: int | None = None) -> Hour:
    start = datetime(2026, 3, day, of_day, tzinfo=UTC)
    return Hour(start, wh, None, None, ppm)


def test_energy_of_today_beside_yesterday_until_the_same_time() -> None:
    today = window(Period.TODAY, zone=COPENHAGEN, now=NOW)
    spans = needed_spans(today, settled=SETTLED)
    assert spans == [
        Span(SETTLED, NOW),
        Span(NOW - timedelta(days=1, minutes=20), NOW - timedelta(days=1)),
    ]
    hours = [
        hour(12, 22, 7_000),  # the day before yesterday in Copenhagen
        hour(12, 23, 1_000),
        hour(13, 11, 2_000),
        hour(13, 12, 64_000),  # partly later than now: only what ended until 12:20 counts
        hour(13, 23, 4_000),
        hour(14, 10, 500),
        hour(14, 11, 128_000),  # not settled: added up from the sessions
    ]
    ended = {spans[0]: 300, spans[1]: 20}
    energy = energy_of(today, hours, ended, settled=SETTLED)
    assert (energy.wh, energy.previous_wh) == (4_800, 3_020)
    assert energy.change == (4_800 - 3_020) / 3_020
    assert energy.trend == [4_000, *[0] * 10, 500, 128_000, 0]


def test_energy_by_local_day() -> None:
    week = window(Period.WEEK, zone=COPENHAGEN, now=NOW)
    hours = [hour(7, 11, 1), hour(7, 22, 32), hour(7, 23, 2), hour(8, 12, 4), hour(13, 23, 8)]
    ended = dict.fromkeys(needed_spans(week, settled=SETTLED), 0)
    energy = energy_of(week, hours, ended, settled=SETTLED)
    assert energy.trend == [6, 0, 0, 0, 0, 0, 8]
    assert (energy.wh, energy.previous_wh, energy.change) == (14, 1, 13.0)


def test_without_a_past_there_is_no_change() -> None:
    today = window(Period.TODAY, zone=COPENHAGEN, now=NOW)
    ended = dict.fromkeys(needed_spans(today, settled=SETTLED), 0)
    assert energy_of(today, [], ended, settled=SETTLED).change is None


def test_uptime_is_the_mean_of_the_measured_hours() -> None:
    old = NOW - timedelta(days=31)
    hours = [
        Hour(old, 0, None, None, 1_000_000),
        hour(12, 10, ppm=900_000),
        hour(13, 10, ppm=1_000_000),
        hour(13, 11, ppm=None),
        hour(13, 12, ppm=980_000),
    ]
    uptime = uptime_of(hours, now=NOW, zone=COPENHAGEN)
    assert uptime.share == 0.96
    assert uptime.previous == 1.0
    assert uptime.trend == [0.9, 0.99]
    assert round(uptime.change or 0, 6) == -0.04


def test_uptime_without_samples_is_not_known() -> None:
    uptime = uptime_of([], now=NOW, zone=COPENHAGEN)
    assert (uptime.share, uptime.previous, uptime.change, uptime.trend) == (None, None, None, [])
