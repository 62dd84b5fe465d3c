from __future__ import annotations

import pytest

from common import states


@pytest.mark.parametrize(
    ("state", "look"),
    [
        ("Available", "available"),
        ("SuspendedEVSE", "occupied"),
        ("timed_out", "occupied"),
        ("Unavailable", "offline"),
        ("NotSupported", "occupied"),
        ("SomethingNew", "offline"),
    ],
)
def test_look_of_any_spelling(state: str, look: str) -> None:
    assert states.look(state) == look


def test_every_look_has_a_shape_of_its_own() -> None:
    assert set(states.LOOKS.values()) == set(states.ICONS)
    assert len(set(states.ICONS.values())) == len(states.ICONS)


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("SuspendedEV", "Suspended EV"),
        ("timed_out", "Timed out"),
        ("charging", "Charging"),
        ("", ""),
    ],
)
def test_words(state: str, text: str) -> None:
    assert states.words(state) == text
