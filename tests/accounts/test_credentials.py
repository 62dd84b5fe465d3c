from __future__ import annotations

import pytest

from accounts.credentials import key_hash, make_key, matches, prefix_of


def test_a_key_matches_its_own_hash_only() -> None:
    key = make_key()
    stored = key_hash(key.text, pepper="pepper")
    assert len(stored) == 64
    assert matches(key.text, stored, pepper="pepper")
    assert not matches(key.text, stored, pepper="salt")
    assert not matches(make_key().text, stored, pepper="pepper")
    assert prefix_of(key.text) == key.prefix


@pytest.mark.parametrize(
    "text",
    [
        "",
        "csms_",
        "csms_SHORT_x",
        "csms_ABCDEFGH",
        "csms_ABCDEFGH_",
        "xxxx_ABCDEFGH_x",
        "csms_ÄBCDEFG_x",
    ],
)
def test_what_does_not_look_like_a_key(text: str) -> None:
    assert prefix_of(text) is None
    assert prefix_of("csms_ABCDEFGH_" + "x" * 100) is None
