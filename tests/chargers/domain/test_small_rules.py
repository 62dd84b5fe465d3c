"""Sequence numbers, warnings, station keys, names of variables, curves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chargers.domain.curve import CurvePoint, downsample
from chargers.domain.messages import ReportedVariable
from chargers.domain.review import (
    Finding,
    Oddity,
    merged,
    needs_person,
    still_open_after_completion,
)
from chargers.domain.sequence import Place, place, read, written
from chargers.domain.station_keys import generate_key, hash_key, key_matches
from chargers.domain.variables import split_place, variable_name

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
NONE: frozenset[int] = frozenset()


def test_events_in_order_are_live() -> None:
    assert place(None, last_seq_no=3, missing=NONE) == Place(is_live=True, last_seq_no=3)
    assert place(0, last_seq_no=None, missing=NONE) == Place(is_live=True, last_seq_no=0)
    assert place(4, last_seq_no=3, missing=NONE) == Place(is_live=True, last_seq_no=4)


def test_q60_holes_open_and_close() -> None:
    jumped = place(6, last_seq_no=3, missing=NONE)
    assert jumped == Place(is_live=True, last_seq_no=6, missing=frozenset({4, 5}))
    late = place(4, last_seq_no=6, missing=jumped.missing)
    assert late == Place(is_live=False, last_seq_no=6, missing=frozenset({5}))
    assert place(4, last_seq_no=6, missing=late.missing) == late


def test_q60_restart_begins_anew() -> None:
    assert place(0, last_seq_no=6, missing=NONE, restarted=True) == Place(
        is_live=True, last_seq_no=0
    )


def test_missing_numbers_as_text_and_back() -> None:
    assert written(frozenset({3, 4, 5, 9})) == "3-5, 9"
    assert written(NONE) == ""
    assert read("3-5, 9") == {3, 4, 5, 9}
    assert read("") == NONE


def test_warnings_are_kept_once() -> None:
    first, fresh = merged([], [Finding(Oddity.ORPHAN, "x"), Finding(Oddity.ORPHAN, "x")], at=NOW)
    assert first == [{"code": "orphan", "detail": "x", "at": "2026-03-14T12:00:00+00:00"}]
    assert fresh == [Finding(Oddity.ORPHAN, "x")]
    again, nothing = merged(first, fresh, at=NOW + timedelta(days=1))
    assert (again, nothing) == (first, [])


def test_what_a_person_must_see() -> None:
    assert needs_person("orphan")
    assert not needs_person("missing_events")
    superseded, _ = merged([], [Finding(Oddity.SUPERSEDED)], at=NOW)
    unauthorised, _ = merged(superseded, [Finding(Oddity.UNAUTHORISED)], at=NOW)
    assert not still_open_after_completion(superseded)
    assert still_open_after_completion(unauthorised)


# -- keys ----------------------------------------------------------------------------------------

KEY = "00112233445566778899aabbccddeeff"


def matches(candidate: bytes, key: str = KEY) -> bool:
    stored = hash_key(key.encode(), pepper="p")
    return key_matches(candidate, stored_hash=stored, pepper="p")


def test_generated_key_has_128_bits() -> None:
    assert generate_key(randbits=lambda bits: bits) == "00000000000000000000000000000080"
    assert len({generate_key() for _ in range(50)}) == 50


@pytest.mark.parametrize("candidate", [KEY.encode(), KEY.upper().encode(), bytes.fromhex(KEY)])
def test_q04_key_as_text_or_as_the_bytes_it_spells(candidate: bytes) -> None:
    assert matches(candidate)


def test_q04_typed_key_may_come_as_hex() -> None:
    assert matches(b"correct:horse!".hex().encode(), "correct:horse!")


@pytest.mark.parametrize("candidate", [b"CORRECT:HORSE!", b"Correct:Horse!"])
def test_a_typed_key_is_what_was_typed(candidate: bytes) -> None:
    assert not matches(candidate, "correct:horse!")


@pytest.mark.parametrize("candidate", [b"", b"\xff\xfe", KEY[:-1].encode(), b"0" * 64])
def test_wrong_keys_match_nothing(candidate: bytes) -> None:
    assert not matches(candidate)
    assert not key_matches(candidate, stored_hash="", pepper="p")


def test_the_pepper_counts() -> None:
    stored = hash_key(KEY.encode(), pepper="p")
    assert not key_matches(KEY.encode(), stored_hash=stored, pepper="other")


# -- variables -----------------------------------------------------------------------------------


def test_names_of_variables() -> None:
    assert variable_name(ReportedVariable(component="", variable="HeartbeatInterval")) == (
        "HeartbeatInterval"
    )
    assert (
        variable_name(
            ReportedVariable(
                component="C", component_instance="1", variable="V", variable_instance="x"
            )
        )
        == "C[1].V[x]"
    )
    assert split_place("Connector@1:2.Available") == ("Connector.Available", 1, 2)
    assert split_place("EVSE@3.Power") == ("EVSE.Power", 3, 0)
    assert split_place("HeartbeatInterval") == ("HeartbeatInterval", 0, 0)


# -- curves --------------------------------------------------------------------------------------


def test_short_curves_stay_and_long_ones_keep_ends_and_peak() -> None:
    points = [
        CurvePoint(NOW + timedelta(seconds=n), n, 5_000 if n != 613 else 9_000, None)
        for n in range(2_000)
    ]
    assert downsample(points[:500], limit=500) == points[:500]
    drawn = downsample(points, limit=500)
    assert len(drawn) == 500
    assert (drawn[0], drawn[-1]) == (points[0], points[-1])
    assert points[613] in drawn
    assert [p.at for p in drawn] == sorted(p.at for p in drawn)
    assert downsample([], limit=500) == []
