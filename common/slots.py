"""Slots: places in a page which higher apps fill, without the page knowing them.

A page names its slot (`"driver_page"`); `csms.wiring.PANELS` says who fills it. A filler is asked
once per page, with the ids of every row shown, and answers for as many of them as it likes.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Panel:
    """What a filler shows for one id.

    Attributes:
        template: rendered with `panel` in its context.
        context: values for the template, as `panel.context.…`.
        permission: name of the permission needed to see it, "" for none.
    """

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    permission: str = ""


Filler = Callable[[Sequence[Any], datetime], Mapping[Any, Panel]]
Panels = Mapping[str, Sequence[Filler]]

_fillers: dict[str, tuple[Filler, ...]] = {}


def fill(table: Panels) -> None:
    """Replace all fillers by `table` (called by `CsmsConfig.ready` and by tests)."""
    _fillers.clear()
    _fillers.update({slot: tuple(fillers) for slot, fillers in table.items()})


def panels_for(
    slot: str, ids: Sequence[Hashable], *, permissions: frozenset[str], now: datetime
) -> dict[Hashable, list[Panel]]:
    """The panels of each id, in the order of the table, as far as the viewer may see them."""
    found: dict[Hashable, list[Panel]] = {key: [] for key in ids}
    for filler in _fillers.get(slot, ()):
        for key, panel in filler(ids, now).items():
            if not panel.permission or panel.permission in permissions:
                found[key].append(panel)
    return found
