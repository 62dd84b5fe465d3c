"""Stretches of time in which an assignment holds. Pure; [start, end), None is without end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch [start, end); `start` None: since ever, `end` None: for ever."""

    start: datetime | None = None
    end: datetime | None = None

    def overlaps(self, other: Span) -> bool:
        """Whether they have an instant in common."""
        return _before(self.start, other.end) and _before(other.start, self.end)

    def covers(self, other: Span) -> bool:
        """Whether every instant of the other is one of this."""
        begins = self.start is None or (other.start is not None and self.start <= other.start)
        ends = self.end is None or (other.end is not None and other.end <= self.end)
        return begins and ends

    def without(self, other: Span) -> list[Span]:
        """What is left of it beside the other: nothing, one stretch, or two."""
        if not self.overlaps(other):
            return [self]
        left = [Span(self.start, other.start)] if _starts_earlier(self, other) else []
        right = [Span(other.end, self.end)] if _ends_later(self, other) else []
        return left + right


def _before(start: datetime | None, end: datetime | None) -> bool:
    return start is None or end is None or start < end


def _starts_earlier(one: Span, other: Span) -> bool:
    return other.start is not None and (one.start is None or one.start < other.start)


def _ends_later(one: Span, other: Span) -> bool:
    return other.end is not None and (one.end is None or other.end < one.end)
