"""What was forgiven in one payload: short warnings of path and keyword, never a value."""

from __future__ import annotations

LIMIT = 20


class Notes:
    """A bounded collector; a payload with thousands of faults keeps the first twenty."""

    __slots__ = ("_items", "_more")

    def __init__(self) -> None:
        self._items: list[str] = []
        self._more = 0

    def add(self, path: str, keyword: str) -> None:
        if len(self._items) < LIMIT:
            self._items.append(f"{path or 'payload'}: {keyword}")
        else:
            self._more += 1

    def __contains__(self, warning: str) -> bool:
        return warning in self._items

    def __bool__(self) -> bool:
        return bool(self._items)

    def as_tuple(self) -> tuple[str, ...]:
        if self._more:
            return (*self._items, f"and {self._more} more")
        return tuple(self._items)
