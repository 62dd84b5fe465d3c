"""How far the seeding is: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sized
from typing import Protocol, TextIO, TypeVar

_T = TypeVar("_T")

_WIDTH = 24
_LABEL_WIDTH = 26


class Progress(Protocol):
    """Told what is being done."""

    def step(self, label: str) -> None:
        """A new step begins; the one before is done."""

    def advance(self, done: int, total: int) -> None:
        """The current step is so far."""

    def finish(self) -> None:
        """The last step is done."""


class Silent:
    """Says nothing."""

    def step(self, label: str) -> None:
        pass

    def advance(self, done: int, total: int) -> None:
        pass

    def finish(self) -> None:
        pass


class Shown:
    """Writes to a stream; redraws one line of it when it is a terminal."""

    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._label = ""
        self._percent = -1

    def step(self, label: str) -> None:
        self.finish()
        self._label, self._percent = label, -1
        self._draw(0)

    def advance(self, done: int, total: int) -> None:
        percent = 100 * done // max(total, 1)
        if percent != self._percent:
            self._draw(percent)

    def finish(self) -> None:
        if not self._label:
            return
        self._draw(100)
        if self._live:
            self._stream.write("\n")
        self._label = ""

    def _draw(self, percent: int) -> None:
        if self._live:
            filled = _WIDTH * percent // 100
            bar = "█" * filled + "░" * (_WIDTH - filled)
            self._stream.write(f"\r  {self._label:<{_LABEL_WIDTH}} {bar} {percent:3d} %")
        elif self._percent < 0 <= percent < 100:
            self._stream.write(f"  {self._label} ...\n")
        self._percent = percent
        self._stream.flush()


def tracked(items: Iterable[_T], progress: Progress) -> Iterator[_T]:
    """Iterate and tell the progress."""
    total = len(items) if isinstance(items, Sized) else 0
    for done, item in enumerate(items):
        progress.advance(done, total)
        yield item
