"""Who listens to what. Filled once at start-up from `csms.wiring.SUBSCRIBERS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from events.event import Event

# Handlers take the typed event and `now`; each runs at least once, so each is idempotent.
Handler = Callable[[Any, datetime], None]
Subscribers = Mapping[type[Event], Sequence[Handler]]

_by_kind: dict[str, tuple[type[Event], tuple[Handler, ...]]] = {}


def subscribe(table: Subscribers) -> None:
    """Replace the event graph by `table` (called by `CsmsConfig.ready` and by tests)."""
    _by_kind.clear()
    for event_class, handlers in table.items():
        _by_kind[event_class.kind] = (event_class, tuple(handlers))


def handlers_of(kind: str) -> tuple[type[Event] | None, tuple[Handler, ...]]:
    """The event class and its handlers, `(None, ())` for a kind that nobody listens to."""
    return _by_kind.get(kind, (None, ()))


def heard_kinds() -> list[str]:
    """Kinds of events that somebody listens to."""
    return [kind for kind, (_, handlers) in _by_kind.items() if handlers]


def handler_name(handler: Handler) -> str:
    """Stable dotted name under which a failed delivery is stored."""
    return f"{handler.__module__}.{handler.__qualname__}"
