from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tariffs.local_time import NoSuchTimeError, first_instant, instant_of, quarters

_COPENHAGEN = "Europe/Copenhagen"


@pytest.mark.parametrize(
    ("wall", "zone", "at", "is_twice"),
    [
        ((2026, 3, 29, 1, 59), _COPENHAGEN, (2026, 3, 29, 0, 59), False),
        ((2026, 3, 29, 3, 0), _COPENHAGEN, (2026, 3, 29, 1, 0), False),
        ((2026, 10, 25, 1, 59), _COPENHAGEN, (2026, 10, 24, 23, 59), False),
        ((2026, 10, 25, 2, 0), _COPENHAGEN, (2026, 10, 25, 0, 0), True),
        ((2026, 10, 25, 2, 59), _COPENHAGEN, (2026, 10, 25, 0, 59), True),
        ((2026, 10, 25, 3, 0), _COPENHAGEN, (2026, 10, 25, 2, 0), False),
        ((2024, 2, 29, 12, 0), "Asia/Kathmandu", (2024, 2, 29, 6, 15), False),
    ],
)
def test_what_the_clock_shows_is_an_instant(
    wall: tuple[int, ...], zone: str, at: tuple[int, ...], is_twice: bool
) -> None:
    found = instant_of(_naive(*wall), ZoneInfo(zone))
    assert (found.at, found.is_twice) == (_naive(*at).replace(tzinfo=UTC), is_twice)


def _naive(*parts: int) -> datetime:
    year, month, day, hour, minute = parts
    return datetime(year, month, day, hour, minute, tzinfo=UTC).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("wall", "zone", "told"),
    [
        ((2026, 3, 29, 2, 0), _COPENHAGEN, "the clock goes from 02:00 to 03:00"),
        ((2026, 3, 29, 2, 59), _COPENHAGEN, "the clock goes from 02:00 to 03:00"),
        ((2026, 9, 6, 0, 30), "America/Santiago", "the clock goes from 00:00 to 01:00"),
        ((2026, 10, 4, 2, 15), "Australia/Lord_Howe", "the clock goes from 02:00 to 02:30"),
    ],
)
def test_a_time_that_the_clock_skips_is_refused(
    wall: tuple[int, ...], zone: str, told: str
) -> None:
    with pytest.raises(NoSuchTimeError, match=told):
        instant_of(_naive(*wall), ZoneInfo(zone))


@pytest.mark.parametrize(
    ("day", "zone", "count", "first"),
    [
        (date(2026, 6, 1), _COPENHAGEN, 96, (2026, 5, 31, 22, 0)),
        (date(2026, 3, 29), _COPENHAGEN, 92, (2026, 3, 28, 23, 0)),
        (date(2026, 10, 25), _COPENHAGEN, 100, (2026, 10, 24, 22, 0)),
        (date(2026, 9, 6), "America/Santiago", 92, (2026, 9, 6, 4, 0)),
        (date(2026, 10, 4), "Australia/Lord_Howe", 94, (2026, 10, 3, 13, 30)),
        (date(2024, 2, 29), "UTC", 96, (2024, 2, 29, 0, 0)),
    ],
)
def test_the_quarters_of_a_day(day: date, zone: str, count: int, first: tuple[int, ...]) -> None:
    found = quarters(day, ZoneInfo(zone))
    assert (len(found), found[0]) == (count, _naive(*first).replace(tzinfo=UTC))
    assert found[-1] + timedelta(minutes=15) == first_instant(
        day + timedelta(days=1), ZoneInfo(zone)
    )


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2037, 12, 31)),  # noqa: DTZ001 -- a wall clock
    st.sampled_from([_COPENHAGEN, "America/Santiago", "Australia/Lord_Howe", "Asia/Tehran"]),
)
def test_an_instant_shows_the_time_that_it_was_made_from(wall: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    try:
        shown = instant_of(wall, zone).at.astimezone(zone).replace(tzinfo=None)
    except NoSuchTimeError as error:
        shown = min(max(wall, error.before), error.after - timedelta(seconds=1))
    assert shown == wall
