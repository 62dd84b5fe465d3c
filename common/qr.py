"""QR codes as SVG (ISO/IEC 18004): bytes, error correction level M, versions 1 to 10.

Small enough to own, and no picture has to be fetched from anywhere. `matrix` is pure; `svg` draws
it as one path in the colour of the text around.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

Matrix = list[list[bool]]
_Cells = list[list[bool | None]]

# Level M by version: error-correction bytes a block, then (blocks, data bytes of each), repeated.
_BLOCKS: tuple[tuple[int, tuple[tuple[int, int], ...]], ...] = (
    (10, ((1, 16),)),
    (16, ((1, 28),)),
    (26, ((1, 44),)),
    (18, ((2, 32),)),
    (24, ((2, 43),)),
    (16, ((4, 27),)),
    (18, ((4, 31),)),
    (22, ((2, 38), (2, 39))),
    (22, ((3, 36), (2, 37))),
    (26, ((4, 43), (1, 44))),
)
_ALIGNMENT = (
    (),
    (6, 18),
    (6, 22),
    (6, 26),
    (6, 30),
    (6, 34),
    (6, 22, 38),
    (6, 24, 42),
    (6, 26, 46),
    (6, 28, 50),
)
_QUIET = 4
_PADS = (0xEC, 0x11)


class TooLongError(ValueError):
    """More than 213 bytes: no code of these versions holds them."""


def matrix(data: bytes) -> Matrix:
    """Dark modules of the smallest code that holds `data`, without its quiet zone.

    Raises:
        TooLongError: see there.
    """
    version = _version_for(len(data))
    bits = list(_bits(_codewords(data, version)))
    canvas = _Canvas(version)
    canvas.place(bits)
    return canvas.finished()


def svg(text: str, label: str) -> SafeString:
    """A code of the text (UTF-8) with the name that screen readers say."""
    rows = matrix(text.encode())
    side = len(rows) + 2 * _QUIET
    path = "".join(
        f"M{x + _QUIET} {y + _QUIET}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, dark in enumerate(row)
        if dark
    )
    return format_html(
        '<svg class="qr" viewBox="0 0 {} {}" role="img" aria-label="{}"'
        ' shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{}v{}H0z"/>'
        '<path fill="#000" d="{}"/></svg>',
        side, side, label, side, side, path,
    )  # fmt: skip


def _capacity(version: int) -> int:
    return sum(count * size for count, size in _BLOCKS[version - 1][1])


def _header_bits(version: int) -> int:
    return 12 if version < 10 else 20


def _version_for(length: int) -> int:
    for version in range(1, len(_BLOCKS) + 1):
        if 8 * length + _header_bits(version) <= 8 * _capacity(version):
            return version
    raise TooLongError(f"{length} bytes are too many for a QR code here")


def _codewords(data: bytes, version: int) -> bytes:
    """Mode, length, data, padding; cut into blocks, each with its correction, interleaved."""
    count_bits = _header_bits(version) - 4
    text = f"{0b0100:04b}{len(data):0{count_bits}b}" + "".join(f"{byte:08b}" for byte in data)
    capacity = _capacity(version)
    text += "0" * min(4, 8 * capacity - len(text))
    text += "0" * (-len(text) % 8)
    words = [int(text[at : at + 8], 2) for at in range(0, len(text), 8)]
    words += [_PADS[at % 2] for at in range(capacity - len(words))]
    ec_size, groups = _BLOCKS[version - 1]
    blocks, start = [], 0
    for count, size in groups:
        for _ in range(count):
            blocks.append(words[start : start + size])
            start += size
    corrections = [_correction(block, ec_size) for block in blocks]
    return bytes([*_interleaved(blocks), *_interleaved(corrections)])


def _interleaved(blocks: Sequence[Sequence[int]]) -> Iterator[int]:
    for at in range(max(map(len, blocks))):
        yield from (block[at] for block in blocks if at < len(block))


def _tables() -> tuple[list[int], list[int]]:
    powers, logs, value = [0] * 512, [0] * 256, 1
    for exponent in range(255):
        powers[exponent] = powers[exponent + 255] = value
        logs[value] = exponent
        value = value << 1 ^ (0x11D if value & 0x80 else 0)
    return powers, logs


_POWERS, _LOGS = _tables()


def _times(one: int, two: int) -> int:
    """Product in GF(256)."""
    return _POWERS[_LOGS[one] + _LOGS[two]] if one and two else 0


def _correction(block: Sequence[int], size: int) -> list[int]:
    """Remainder of the block by the generator polynomial of that degree (Reed and Solomon)."""
    generator = [1]
    for exponent in range(size):
        root = _POWERS[exponent]
        shifted = [*generator, 0]
        generator = [
            shifted[at] ^ (_times(generator[at - 1], root) if at else 0)
            for at in range(len(shifted))
        ]
    rest = [*block, *[0] * size]
    for at in range(len(block)):
        factor = rest[at]
        for offset, coefficient in enumerate(generator):
            rest[at + offset] ^= _times(coefficient, factor)
    return rest[len(block) :]


def _bits(words: bytes) -> Iterator[bool]:
    for word in words:
        yield from (bool(word >> shift & 1) for shift in range(7, -1, -1))


def _masked(mask: int, y: int, x: int) -> bool:
    rules = (
        (y + x) % 2,
        y % 2,
        x % 3,
        (y + x) % 3,
        (y // 2 + x // 3) % 2,
        y * x % 2 + y * x % 3,
        (y * x % 2 + y * x % 3) % 2,
        ((y + x) % 2 + y * x % 3) % 2,
    )
    return rules[mask] == 0


@dataclass(slots=True)
class _Format:
    """Bits that tell level and mask, or the version, with their own correction."""

    data: int
    bits: int
    generator: int
    xor: int = 0

    def value(self) -> int:
        degree = self.generator.bit_length() - 1
        rest = self.data << degree
        while rest.bit_length() > degree:
            rest ^= self.generator << rest.bit_length() - degree - 1
        return (self.data << degree | rest) ^ self.xor


class _Canvas:
    """None is a module that is free for data."""

    def __init__(self, version: int) -> None:
        self._version = version
        self.side = 17 + 4 * version
        self._cells: _Cells = [[None] * self.side for _ in range(self.side)]
        self._data: list[tuple[int, int, bool]] = []
        self._patterns()

    def _set(self, y: int, x: int, dark: bool) -> None:  # noqa: FBT001 -- the value itself
        if 0 <= y < self.side and 0 <= x < self.side:
            self._cells[y][x] = dark

    def _patterns(self) -> None:
        last = self.side - 7
        for top, left in ((0, 0), (0, last), (last, 0)):
            for y in range(-1, 8):
                for x in range(-1, 8):
                    ring = max(abs(y - 3), abs(x - 3))
                    self._set(top + y, left + x, ring in (0, 1, 3))
        self._alignment()
        for at in range(8, self.side - 8):
            self._set(6, at, at % 2 == 0)
            self._set(at, 6, at % 2 == 0)
        self._write_format(0)
        self._write_version()

    def _alignment(self) -> None:
        centres = _ALIGNMENT[self._version - 1]
        for cy in centres:
            for cx in centres:
                if self._cells[cy][cx] is None:
                    for y in range(-2, 3):
                        for x in range(-2, 3):
                            self._set(cy + y, cx + x, max(abs(y), abs(x)) != 1)

    def _write_format(self, mask: int) -> None:
        # Level M is 00.
        value = _Format(data=mask, bits=15, generator=0b10100110111, xor=0b101010000010010).value()
        for at in range(15):
            dark = bool(value >> at & 1)
            far = self.side - 1 - at if at < 8 else self.side - 15 + at
            if at < 8:
                self._set(8, far, dark)
                self._set(at if at < 6 else at + 1, 8, dark)
            else:
                self._set(far, 8, dark)
                self._set(8, 7 if at == 8 else 14 - at, dark)
        self._set(self.side - 8, 8, dark=True)

    def _write_version(self) -> None:
        if self._version < 7:
            return
        value = _Format(data=self._version, bits=18, generator=0b1111100100101).value()
        for at in range(18):
            dark = bool(value >> at & 1)
            self._set(self.side - 11 + at % 3, at // 3, dark)
            self._set(at // 3, self.side - 11 + at % 3, dark)

    def place(self, bits: Sequence[bool]) -> None:
        """Data from the lower right corner, in columns of two, up and down; the rest stays light."""
        stream = iter(bits)
        up = True
        for right in (x for x in range(self.side - 1, 0, -2)):
            column = right - 1 if right <= 6 else right
            rows = range(self.side - 1, -1, -1) if up else range(self.side)
            for y in rows:
                for x in (column, column - 1):
                    if self._cells[y][x] is None:
                        self._data.append((y, x, next(stream, False)))
            up = not up

    def finished(self) -> Matrix:
        """With the mask of the lowest penalty."""
        return min((self._with(mask) for mask in range(8)), key=_penalty)

    def _with(self, mask: int) -> Matrix:
        self._write_format(mask)
        rows = [[bool(cell) for cell in row] for row in self._cells]
        for y, x, dark in self._data:
            rows[y][x] = dark != _masked(mask, y, x)
        return rows


_FINDER = ([True, False, True, True, True, False, True], [False] * 4)


def _penalty(rows: Matrix) -> int:
    side = len(rows)
    columns = [list(column) for column in zip(*rows, strict=True)]
    lines = sum(_line_penalty(line) for line in (*rows, *columns))
    squares = sum(
        rows[y][x] == rows[y][x + 1] == rows[y + 1][x] == rows[y + 1][x + 1]
        for y in range(side - 1)
        for x in range(side - 1)
    )
    dark = sum(map(sum, rows))
    uneven = abs(20 * dark - 10 * side * side) // (side * side)
    return lines + 3 * squares + 10 * uneven


def _line_penalty(line: Sequence[bool]) -> int:
    total, run = 0, 1
    for before, here in itertools.pairwise(line):
        if before == here:
            run += 1
            continue
        total += run - 2 if run >= 5 else 0
        run = 1
    total += run - 2 if run >= 5 else 0
    finder, quiet = _FINDER
    looks = ([*finder, *quiet], [*quiet, *finder])
    windows = (list(line[at : at + 11]) for at in range(len(line) - 10))
    return total + 40 * sum(window in looks for window in windows)
