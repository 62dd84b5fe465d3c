from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargers.ocpp.notes import Notes
from chargers.ocpp.times import format_time, parse_time, read_time

NOON = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01T12:00:00Z", NOON),
        ("2026-03-01T12:00:00.000Z", NOON),
        ("2026-03-01T12:00:00.5Z", NOON.replace(microsecond=500_000)),
        ("2026-03-01T12:00:00.123456789Z", NOON.replace(microsecond=123_456)),
        ("2026-03-01T14:00:00+02:00", NOON),
        ("2026-03-01T14:00:00+0200", NOON),
        ("2026-03-01T06:30:00-05:30", NOON),
        ("2026-03-01T12:00:00", NOON),
        ("2026-03-01 12:00:00", NOON),
        ("2026-03-01t12:00:00z", NOON),
        ("2026-03-01T12:00Z", NOON),
        (" 2026-03-01T12:00:00Z ", NOON),
        ("2026-03-01T12:00:00+00:00Z", NOON),
        ("1970-01-01T00:00:23Z", datetime(1970, 1, 1, 0, 0, 23, tzinfo=UTC)),
    ],
)
def test_readable(text: str, expected: datetime) -> None:
    parsed = parse_time(text)
    assert parsed == expected
    assert parsed is not None
    assert parsed.tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        "222222017-10-27T19:10:11Z",
        "1000000",
        1000000,
        1772366400.5,
        "20260301",
        "2026-03-01",
        "2026-W09-7",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+23:00",
        "9999-12-31T23:59:59-23:00",
        "2101-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "2026-13-01T12:00:00Z",
        "2026-03-01T25:00:00Z",
        "2026-03-01T12:00:60Z",
        "yesterday",
        "",
        " ",
        "Z",
        None,
        True,
        [],
        {"time": 1},
    ],
)
def test_unreadable(value: object) -> None:
    assert parse_time(value) is None


def test_a_note_for_what_was_sent_and_none_for_what_was_not() -> None:
    notes = Notes()
    assert read_time(None, notes, "timestamp") is None
    assert notes.as_tuple() == ()
    assert read_time("1000000", notes, "timestamp") is None
    assert notes.as_tuple() == ("timestamp: unreadable time",)


@settings(deadline=None)
@given(st.text() | st.from_regex(r"\d{1,9}-\d\d-\d\dT\d\d:\d\d:\d\d.*"))
def test_never_raises(text: str) -> None:
    parsed = parse_time(text)
    assert parsed is None or parsed.tzinfo is UTC


@settings(deadline=None)
@given(
    st.datetimes(
        min_value=datetime(1970, 1, 2),  # noqa: DTZ001 -- hypothesis wants naive bounds
        max_value=datetime(2100, 12, 30),  # noqa: DTZ001
        timezones=st.just(UTC),
    )
)
def test_what_we_write_we_read(at: datetime) -> None:
    assert parse_time(format_time(at)) == at.replace(microsecond=0)


def test_one_form_out() -> None:
    local = datetime(2026, 3, 1, 13, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=1)))
    assert format_time(local) == "2026-03-01T12:00:00Z"
    with pytest.raises(ValueError, match="naive"):
        format_time(NOON.replace(tzinfo=None))
