"""The memory of a server while something happens."""

from __future__ import annotations

import threading
from typing import Self

from bench.served import Served

_POLL_SECONDS = 0.02
_KEPT_EVERY = 50


class Peak:
    """Watches resident memory in a thread of its own. Use as a context manager.

    Attributes:
        highest_kb: the most that was seen.
        course_kb: one value a second.
    """

    def __init__(self, server: Served) -> None:
        self._server = server
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.highest_kb = 0.0
        self.course_kb: list[float] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        count = 0
        while not self._ended.wait(_POLL_SECONDS):
            resident = self._server.resident_kb()
            self.highest_kb = max(self.highest_kb, resident)
            if count % _KEPT_EVERY == 0:
                self.course_kb.append(resident)
            count += 1
