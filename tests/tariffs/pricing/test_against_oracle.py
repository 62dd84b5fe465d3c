"""The engine and an implementation that shares no line with it, over random tariffs and sessions.

`python -m bench pricing-oracle` asks for 100,000 pairs.
"""

from __future__ import annotations

from random import Random

import pytest

from tests.tariffs.compare import differences
from tests.tariffs.generate import pair

BLOCKS = 20
PAIRS_A_BLOCK = 100


@pytest.mark.parametrize("block", range(BLOCKS))
def test_no_difference(block: int) -> None:
    told = {}
    for number in range(PAIRS_A_BLOCK):
        seed = f"4 {block} {number}"
        found = differences(pair(Random(seed)))
        if found:
            told[seed] = found

    assert told == {}
