"""The list of a simulated station, and what it decides without asking."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chargers.simulator.local_list import ListEntry, LocalList
from chargers.simulator.outcome import Outcome

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
YES, NO = ListEntry(), ListEntry("Blocked")


def test_versions_only_grow() -> None:
    known = LocalList()
    assert known.update(2, {"A": YES}, full=True) is Outcome.ACCEPTED
    assert known.update(2, {"B": YES}, full=False) is Outcome.VERSION_MISMATCH
    assert known.update(0, {"B": YES}, full=True) is Outcome.FAILED
    assert (known.version, list(known.entries)) == (2, ["A"])
    assert known.update(3, {"B": NO, "a": None}, full=False) is Outcome.ACCEPTED
    assert (known.version, known.entries) == (3, {"B": NO})
    assert known.update(4, {}, full=True) is Outcome.ACCEPTED
    assert known.entries == {}


def test_too_much_is_refused_as_a_whole() -> None:
    known = LocalList(max_entries=2, max_per_message=2)
    assert known.update(1, dict.fromkeys("ABC", YES), full=True) is Outcome.FAILED
    known.update(1, dict.fromkeys("AB", YES), full=True)
    assert known.update(2, {"C": YES}, full=False) is Outcome.FAILED
    assert known.update(2, {"A": None, "C": YES}, full=False) is Outcome.ACCEPTED
    assert sorted(known.entries) == ["B", "C"]


@pytest.mark.parametrize(
    ("entry", "status"),
    [
        (YES, "Accepted"),
        (NO, "Blocked"),
        (ListEntry(expires_at=NOW), "Expired"),
        (ListEntry(expires_at=NOW.replace(hour=9)), "Accepted"),
    ],
)
def test_what_it_says_of_a_token(entry: ListEntry, status: str) -> None:
    known = LocalList(entries={"04AB": entry})
    assert known.status_of("04ab", NOW) == status
    assert known.status_of("04AC", NOW) is None
