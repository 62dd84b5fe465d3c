"""Malformed frames: the same from the same seed, and honest about what must be answered."""

from __future__ import annotations

import pytest

from bench.grammar import FOLDERS, Grammar, actions, readable_id
from bench.handshakes import Knocker, frame


@pytest.mark.parametrize("subprotocol", FOLDERS)
def test_the_same_seed_makes_the_same_frames(subprotocol: str) -> None:
    def shots(seed: int) -> list[object]:
        grammar = Grammar(seed, subprotocol)
        return [grammar.shot() for _ in range(300)]

    assert shots(3) == shots(3)
    assert shots(3) != shots(4)
    assert len({shot.kind for shot in shots(3)}) >= 11  # type: ignore[attr-defined]


@pytest.mark.parametrize("subprotocol", FOLDERS)
def test_every_text_can_be_sent_and_ids_are_not_repeated(subprotocol: str) -> None:
    grammar = Grammar(1, subprotocol)
    shots = [grammar.shot() for _ in range(2_000)]
    for shot in shots:
        if isinstance(shot.data, str):
            shot.data.encode()
            assert len(shot.data.encode()) < 2**20
    expected = [shot.expects for shot in shots if shot.expects]
    assert len(expected) == len(set(expected)) > 1_000


def test_stations_send_what_is_theirs() -> None:
    assert "StartTransaction" in actions("ocpp1.6")
    assert "TransactionEvent" in actions("ocpp2.0.1")
    for subprotocol in FOLDERS:
        assert not {"Reset", "RemoteStartTransaction", "GetVariables"} & set(actions(subprotocol))


@pytest.mark.parametrize(
    ("text", "message_id"),
    [
        ('[2,"f-1","Heartbeat",{}]', "f-1"),
        ('[2,"f-1"', ""),
        ('[2,"f-1",', "f-1"),
        ('[2 , "f-1" ]', "f-1"),
        ('[3,"f-1",{}]', ""),
        ('[2.0,"f-1",{}]', ""),
        ('{"f-1":2}', ""),
    ],
)
def test_what_counts_as_readable(text: str, message_id: str) -> None:
    assert readable_id(text) == message_id


def test_knocks_are_the_same_from_the_same_seed() -> None:
    def knocks() -> list[object]:
        knocker = Knocker(5, ["A", "B"], ("V", "key"))
        return [knocker.knock() for _ in range(200)]

    assert knocks() == knocks()


def test_frames_of_every_length() -> None:
    assert frame(0x81, b"ab") == b"\x81\x82\x00\x00\x00\x00ab"
    assert frame(0x81, b"ab", masked=False) == b"\x81\x02ab"
    assert frame(0x82, b"", length=200)[:4] == b"\x82\xfe\x00\xc8"
    assert frame(0x82, b"", length=2**20)[:10] == b"\x82\xff" + (2**20).to_bytes(8, "big")
