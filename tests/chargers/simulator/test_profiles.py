from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chargers.simulator.profiles import Kind, Period, Profile, ProfileBook, Purpose, in_unit
from chargers.simulator.vehicle import Limit

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def profile(number: int = 1, **more: object) -> Profile:
    fields: dict[str, object] = {
        "id": number,
        "stack_level": 0,
        "purpose": Purpose.TX_DEFAULT,
        "kind": Kind.ABSOLUTE,
        "unit": "A",
        "periods": (Period(0, 16.0), Period(3600, 10.0)),
        "start": NOW,
    }
    return Profile(**{**fields, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("at", "amps"),
    [(NOW, 16.0), (NOW + HOUR - timedelta(seconds=1), 16.0), (NOW + HOUR, 10.0)],
)
def test_periods_follow_each_other(at: datetime, amps: float) -> None:
    assert profile().limit_at(at, None) == Limit(amps=amps)


def test_nothing_holds_before_the_start_after_the_end_or_outside_validity() -> None:
    assert profile().limit_at(NOW - HOUR, None) is None
    assert profile(duration_s=3600).limit_at(NOW + HOUR, None) is None
    assert profile(valid_to=NOW).limit_at(NOW, None) is None
    assert profile(valid_from=NOW + HOUR).limit_at(NOW, None) is None


def test_a_daily_schedule_returns() -> None:
    daily = profile(kind=Kind.RECURRING, recurs_s=86_400)
    assert daily.limit_at(NOW + 25 * HOUR, None) == Limit(amps=10.0)
    assert daily.limit_at(NOW + 24 * HOUR, None) == Limit(amps=16.0)


def test_a_relative_schedule_counts_from_the_transaction() -> None:
    relative = profile(kind=Kind.RELATIVE, start=None)
    assert relative.limit_at(NOW + 3 * HOUR, NOW + 2.5 * HOUR) == Limit(amps=16.0)


def test_the_higher_stack_level_wins_and_the_transaction_replaces_the_default() -> None:
    book = ProfileBook()
    book.install(0, profile(1, periods=(Period(0, 16.0),)))
    book.install(1, profile(2, stack_level=3, periods=(Period(0, 12.0),)))
    assert book.limit(1, NOW, None) == Limit(amps=12.0)
    assert book.limit(2, NOW, None) == Limit(amps=16.0)
    book.install(1, profile(3, purpose=Purpose.TX, periods=(Period(0, 20.0),)))
    assert book.limit(1, NOW, NOW) == Limit(amps=20.0)
    book.end_tx(1)
    assert book.limit(1, NOW, NOW) == Limit(amps=12.0)


def test_a_profile_of_the_same_place_purpose_and_level_is_replaced() -> None:
    book = ProfileBook()
    book.install(1, profile(1))
    book.install(1, profile(2))
    assert [(place, entry.id) for place, entry in book.entries] == [(1, 2)]


def test_clearing_tells_how_many_went() -> None:
    book = ProfileBook()
    book.install(0, profile(1))
    book.install(1, profile(2))
    assert book.clear(profile_id=9) == 0
    assert book.clear(purpose=Purpose.TX_DEFAULT, evse=1) == 1
    assert [entry.id for _, entry in book.entries] == [1]


def test_the_composite_schedule_has_exact_edges() -> None:
    book = ProfileBook()
    book.install(0, profile(1))
    cap = (Period(0, 11_040.0), Period(5400, 4_140.0))
    book.install(0, profile(2, purpose=Purpose.STATION_MAX, unit="W", periods=cap))
    assert book.composite(1, NOW, 7200, "A", None) == (
        Period(0, 16.0),
        Period(3600, 10.0),
        Period(5400, 6.0),
    )
    assert book.composite(1, NOW, 3600, "W", None) == (Period(0, 11_040.0),)


def test_no_limit_is_minus_one() -> None:
    assert ProfileBook().composite(1, NOW, 600, "W", None) == (Period(0, -1.0),)
    assert in_unit(Limit(), "A") == -1
