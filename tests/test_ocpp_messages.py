"""The page about messages tells of each one that is served, and says rightly which are only kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chargers.ocpp.codec import Codec
from chargers.ocpp.v201 import acknowledged
from tests.chargers.ocpp.support import ALL

PAGE = Path(__file__).resolve().parent.parent / "docs" / "ocpp-messages.md"
_ROW = re.compile(r"^\| `(\w+)` \| (.*?) ?\| (.*?) ?\| (.*?) ?\| .+ \|$", re.MULTILINE)
ROWS = {row[0]: row[1:] for row in _ROW.findall(PAGE.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("codec", ALL, ids=lambda codec: codec.subprotocol)
def test_every_message_of_a_station_is_told_of(codec: Codec) -> None:
    column = ALL.index(codec)
    told = {action: cells[column] for action, cells in ROWS.items() if cells[column]}
    kept = {action: route.decode is acknowledged.decode for action, route in codec.inbound.items()}
    assert told == {action: "kept" if is_kept else "✓" for action, is_kept in kept.items()}
