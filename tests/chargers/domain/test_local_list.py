"""The next message to a station's list, and what the station then holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargers.domain.local_list import (
    DEFAULT_PER_MESSAGE,
    Entry,
    Limits,
    Update,
    applied,
    checksum,
    earliest_expiry,
    next_update,
)
from chargers.domain.vocabulary import AuthorizationStatus

LATER = datetime(2026, 5, 1, tzinfo=UTC)
A, B, C, D = (Entry(uid=uid) for uid in "ABCD")
A_BLOCKED = Entry(uid="a", status=AuthorizationStatus.BLOCKED)
FIVE = Limits(entries=10, per_message=5)
TWO = Limits(entries=10, per_message=2)


def everything(
    held: Sequence[Entry] | None, wanted: Sequence[Entry], limits: Limits
) -> tuple[list[Update], list[Entry] | None]:
    """All messages until a station is in step."""
    updates: list[Update] = []
    now: list[Entry] | None = None if held is None else list(held)
    while (update := next_update(now, wanted, limits)) is not None:
        updates.append(update)
        now = applied(now, update)
        assert len(updates) < 500
    return updates, now


def test_a_list_that_is_not_known_is_sent_in_full() -> None:
    assert next_update(None, [A, B], FIVE) == Update(is_full=True, entries=(A, B))
    assert next_update(None, [], FIVE) == Update(is_full=True)


def test_a_known_list_gets_only_what_changed() -> None:
    assert next_update([A, B, C], [C, B, A], FIVE) is None
    assert next_update([], [], FIVE) is None
    assert next_update([A, B], [A, B, C], FIVE) == Update(is_full=False, entries=(C,))
    assert next_update([A, B], [B], FIVE) == Update(is_full=False, removed=(A,))
    assert next_update([A, B], [A_BLOCKED, B], FIVE) == Update(is_full=False, entries=(A_BLOCKED,))
    dated = Entry(uid="B", expires_at=LATER)
    assert next_update([A, B], [A, dated], FIVE) == Update(is_full=False, entries=(dated,))


def test_a_long_list_arrives_in_messages_of_the_station_s_size() -> None:
    updates, held = everything(None, [A, B, C, D, Entry(uid="E")], TWO)
    assert [(u.is_full, "".join(e.uid for e in u.entries)) for u in updates] == [
        (True, "AB"),
        (False, "CD"),
        (False, "E"),
    ]
    assert held == [A, B, C, D, Entry(uid="E")]


def test_removals_come_first_so_that_the_list_is_never_too_long() -> None:
    full = Limits(entries=3, per_message=2)
    updates, _ = everything([A, B, C], [C, D, Entry(uid="E")], full)
    assert updates == [
        Update(is_full=False, removed=(A, B)),
        Update(is_full=False, entries=(D, Entry(uid="E"))),
    ]


def test_a_full_list_replaces_changes_that_would_take_more_messages() -> None:
    assert next_update([A, B, C, D], [Entry(uid="E")], TWO) == Update(
        is_full=True, entries=(Entry(uid="E"),)
    )


def test_more_tokens_than_the_station_holds_are_left_out_in_order() -> None:
    assert next_update(None, [B, A, C], Limits(entries=2, per_message=5)) == Update(
        is_full=True, entries=(B, A)
    )
    assert next_update([A, B], [B, A, C], Limits(entries=2)) is None
    assert next_update([A], [A], Limits(entries=0)) == Update(is_full=False, removed=(A,))


def test_without_limits_messages_are_short() -> None:
    many = [Entry(uid=f"{n:04}") for n in range(DEFAULT_PER_MESSAGE + 1)]
    update = next_update(None, many, Limits())
    assert update is not None
    assert len(update.entries) == DEFAULT_PER_MESSAGE


def test_a_differential_update_needs_a_list_that_is_known() -> None:
    with pytest.raises(ValueError, match="known"):
        applied(None, Update(is_full=False, entries=(A,)))


def test_the_fingerprint_is_of_the_content() -> None:
    assert checksum([]) == ""
    assert checksum([A, B]) == checksum([B, A])
    assert checksum([A]) != checksum([A_BLOCKED]) != checksum([Entry(uid="A", expires_at=LATER)])
    assert len(checksum([A])) == 16


def test_the_first_token_to_expire() -> None:
    assert earliest_expiry([A, B]) is None
    soon = Entry(uid="C", expires_at=LATER)
    assert earliest_expiry([A, soon, Entry(uid="D", expires_at=LATER.replace(year=2027))]) == LATER


ENTRIES = st.lists(
    st.builds(
        Entry,
        uid=st.text("ABCDEFGH", min_size=1, max_size=2),
        status=st.sampled_from([AuthorizationStatus.ACCEPTED, AuthorizationStatus.BLOCKED]),
        parent_uid=st.sampled_from(["", "P"]),
    ),
    max_size=20,
    unique_by=lambda entry: entry.key,
)
LIMITS = st.builds(
    Limits,
    entries=st.none() | st.integers(0, 12),
    per_message=st.none() | st.integers(0, 6),
)


@given(held=st.none() | ENTRIES, wanted=ENTRIES, limits=LIMITS)
def test_every_station_arrives(
    held: list[Entry] | None, wanted: list[Entry], limits: Limits
) -> None:
    before = None if held is None else held[: limits.entries]
    updates, after = everything(before, wanted, limits)
    room = len(wanted) if limits.entries is None else limits.entries
    if updates:
        assert after == sorted(wanted[:room], key=lambda entry: entry.key)
    assert all(len(u.entries) + len(u.removed) <= limits.chunk for u in updates)
    assert all(u.entries or u.removed for u in updates if not u.is_full)
    now = before
    for update in updates:
        now = applied(now, update)
        if limits.entries is not None:
            assert len(now) <= limits.entries


@given(ENTRIES)
def test_an_entry_survives_the_database(entries: list[Entry]) -> None:
    assert [Entry.from_json(entry.to_json()) for entry in entries] == entries
    assert Entry.from_json(Entry(uid="A", expires_at=LATER).to_json()).expires_at == LATER
