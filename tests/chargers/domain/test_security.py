"""Who is let in with what: every combination of what is shown and what is asked for (A00, A05)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chargers.domain.security import (
    Demand,
    Evidence,
    HandshakeFault,
    SecurityProfile,
    is_contested,
    is_critical,
    judge,
    needs_attention,
)
from chargers.domain.station_keys import find_matching, hash_key
from tests.factories import NOW

KEY = Evidence(has_header=True, user_is_right=True, key_is_right=True, is_tls=False)
NOTHING = Evidence(has_header=False, user_is_right=False, key_is_right=False, is_tls=False)
PROFILES = {
    SecurityProfile.BASIC: KEY,
    SecurityProfile.TLS: replace(KEY, is_tls=True),
    SecurityProfile.CERTIFICATE: replace(NOTHING, is_tls=True, certificate_is_right=True),
}
USUAL = Demand(is_enabled=True, minimum=1, allow_unauthenticated_until=None)
OPEN = replace(USUAL, allow_unauthenticated_until=NOW + timedelta(hours=1))


@pytest.mark.parametrize("minimum", [1, 2, 3])
@pytest.mark.parametrize("shown", list(PROFILES))
def test_a_profile_below_the_minimum_is_refused(shown: SecurityProfile, minimum: int) -> None:
    verdict = judge(PROFILES[shown], replace(USUAL, minimum=minimum), now=NOW)
    assert verdict == (shown if shown >= minimum else HandshakeFault.PROFILE_TOO_LOW)


@pytest.mark.parametrize(
    ("evidence", "fault"),
    [
        (NOTHING, HandshakeFault.NO_CREDENTIALS),
        (replace(NOTHING, is_tls=True), HandshakeFault.NO_CREDENTIALS),
        (replace(KEY, user_is_right=False), HandshakeFault.WRONG_USER),
        (replace(KEY, key_is_right=False), HandshakeFault.WRONG_KEY),
        (replace(KEY, is_tls=True, certificate_is_foreign=True), HandshakeFault.WRONG_CERTIFICATE),
        # A certificate proves nothing where TLS did not carry it.
        (replace(NOTHING, certificate_is_right=True), HandshakeFault.NO_CREDENTIALS),
    ],
)
@pytest.mark.parametrize("minimum", [1, 2, 3])
def test_wrong_evidence_opens_nothing(
    evidence: Evidence, fault: HandshakeFault, minimum: int
) -> None:
    assert judge(evidence, replace(USUAL, minimum=minimum), now=NOW) == fault


@pytest.mark.parametrize("evidence", list(PROFILES.values()))
def test_a_disabled_station_is_refused_with_whatever_it_shows(evidence: Evidence) -> None:
    assert judge(evidence, replace(USUAL, is_enabled=False), now=NOW) == HandshakeFault.DISABLED


def test_profile_0_is_a_switch_that_ends_by_itself() -> None:
    assert judge(NOTHING, OPEN, now=NOW) == SecurityProfile.NONE
    later = NOW + timedelta(hours=1)
    assert judge(NOTHING, OPEN, now=later) == HandshakeFault.NO_CREDENTIALS
    assert judge(NOTHING, replace(OPEN, minimum=2), now=NOW) == HandshakeFault.NO_CREDENTIALS


def test_a_header_is_checked_even_where_none_is_asked_for() -> None:
    assert judge(replace(KEY, key_is_right=False), OPEN, now=NOW) == HandshakeFault.WRONG_KEY
    assert judge(KEY, OPEN, now=NOW) == SecurityProfile.BASIC


@pytest.mark.parametrize(
    ("take_overs", "addresses", "contested"),
    [
        (1, ["a"], False),
        (3, ["a", "a", "a"], False),
        (4, ["a", "a", "a", "a"], True),
        (1, ["a", "b"], False),
        (2, ["a", "b", "c"], False),
        (2, ["a", "b", "a"], True),
        (2, ["", "b", ""], False),
    ],
)
def test_a_fight_for_one_identity(take_overs: int, addresses: list[str], contested: bool) -> None:
    assert is_contested(take_overs, addresses) is contested


@pytest.mark.parametrize(
    ("event_type", "critical", "attention"),
    [
        ("TamperDetectionActivated", True, True),
        ("MemoryExhaustion", True, True),
        ("StartupOfTheDevice", True, False),
        ("InvalidFirmwareSignature", False, False),
        ("VendorsOwn", False, False),
        ("ConnectionTakenOver", False, False),
        ("ConnectionContested", True, True),
    ],
)
def test_what_alarms(event_type: str, critical: bool, attention: bool) -> None:
    assert (is_critical(event_type), needs_attention(event_type)) == (critical, attention)


def test_of_two_keys_the_matching_one_is_named() -> None:
    old, new = (hash_key(key, pepper="p") for key in (b"old-key-12345", b"new-key-12345"))
    assert find_matching(b"new-key-12345", stored_hashes=(old, new), pepper="p") == new
    assert find_matching(b"old-key-12345", stored_hashes=(old, ""), pepper="p") == old
    assert find_matching(b"other-key-123", stored_hashes=(old, new), pepper="p") == ""
    assert find_matching(b"", stored_hashes=("", ""), pepper="p") == ""
