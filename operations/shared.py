"""One computation for everybody who looks, per process."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

_T = TypeVar("_T")
_KEYS_KEPT = 500


@dataclass(slots=True)
class _Entry:
    lock: threading.Lock = field(default_factory=threading.Lock)
    started_at: float = float("-inf")
    value: Any = None


class Shared:
    """Values by key, as fresh as each caller asks for.

    Who comes while a value is computed waits for it, and takes it when it was begun late enough
    for him: twenty open pages that hear the same news cost one computation, not twenty.

    Args:
        clock: seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()

    def get(self, key: Hashable, *, since: float, compute: Callable[[], _T]) -> _T:
        """The value of `key`; computed now unless there is one begun at `since` or later.

        Raises:
            Exception: what `compute` raises; nothing is kept then.
        """
        entry = self._entry(key)
        with entry.lock:
            if entry.started_at < since:
                started_at = self._clock()
                entry.value = compute()
                entry.started_at = started_at
            value: _T = entry.value
            return value

    def at_most(self, seconds: float) -> float:
        """The `since` of values that are not older than so many seconds."""
        return self._clock() - seconds

    def clear(self) -> None:
        """Forget everything (tests)."""
        with self._lock:
            self._entries.clear()

    def _entry(self, key: Hashable) -> _Entry:
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            if len(self._entries) > _KEYS_KEPT:
                self._entries.popitem(last=False)
            return entry


shared = Shared()
