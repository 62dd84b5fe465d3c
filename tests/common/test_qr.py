"""QR codes: the golden one was compared, module by module, with two other encoders."""

from __future__ import annotations

import hashlib

import pytest

from common.qr import TooLongError, matrix, svg

GOLDEN = {
    10: (21, "8994016b081407c1"),
    26: (25, "af8c51a857b95c4d"),
    42: (29, "19a1cdb32703ed5e"),
    62: (33, "548b701e0fd433a8"),
    84: (37, "b5eb54e54b2d8073"),
    106: (41, "a323cb0da1087541"),
    122: (45, "b4a0d23a671e9a43"),
    152: (49, "826a6a3fed03c2f3"),
    180: (53, "a98553fb353b1bdf"),
    213: (57, "95a29c3384ed2de6"),
}


def digest(text: str) -> tuple[int, str]:
    rows = matrix(text.encode())
    joined = "".join("#" if dark else "." for row in rows for dark in row)
    return len(rows), hashlib.sha256(joined.encode()).hexdigest()[:16]


@pytest.mark.parametrize("length", sorted(GOLDEN))
def test_codes_of_every_version(length: int) -> None:
    text = ("wss://charge.example/ocpp/" + "K7" * 120)[:length]
    assert digest(text) == GOLDEN[length]


def test_the_patterns_that_readers_look_for() -> None:
    rows = matrix(b"ws://a")
    finder = [[max(abs(y - 3), abs(x - 3)) in (0, 1, 3) for x in range(7)] for y in range(7)]
    for top, left in ((0, 0), (0, 14), (14, 0)):
        assert [row[left : left + 7] for row in rows[top : top + 7]] == finder
    assert [rows[6][x] for x in range(8, 13)] == [True, False, True, False, True]
    assert rows[13][8]


def test_too_much_is_refused() -> None:
    with pytest.raises(TooLongError):
        matrix(b"x" * 214)


def test_as_svg_with_a_name_and_a_quiet_zone() -> None:
    text = svg("ws://a", "The <address>")
    assert text.startswith('<svg class="qr" viewBox="0 0 29 29" role="img"')
    assert 'aria-label="The &lt;address&gt;"' in text
    assert "M4 4h1v1h-1z" in text
