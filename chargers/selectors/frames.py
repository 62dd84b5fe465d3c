"""The frame log of a station, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from chargers.models import OcppFrame

# A text is looked for in this many frames a page; the next page looks further back.
_SEARCH_WINDOW = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameFilters:
    """Empty fields do not filter. `direction` is "in" or "out"; `text` occurs in call or answer."""

    action: str = ""
    direction: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FramePage:
    """`before` continues the log (pass it as `before_id`), None at its end."""

    frames: list[OcppFrame]
    before: int | None


def frame_page(
    *,
    station_id: UUID,
    filters: FrameFilters = FrameFilters(),
    before_id: int | None = None,
    limit: int = 100,
) -> FramePage:
    """Frames with an id below `before_id`. Never reads more than a bounded stretch of the log."""
    stretch = OcppFrame.objects.filter(station_id=station_id).order_by("-id")
    if before_id is not None:
        stretch = stretch.filter(pk__lt=before_id)
    if filters == FrameFilters():
        frames = list(stretch[: limit + 1])
        return _page(frames, limit, None)
    lowest = stretch.values_list("pk", flat=True)[_SEARCH_WINDOW - 1 : _SEARCH_WINDOW].first()
    if lowest is not None:
        stretch = stretch.filter(pk__gte=lowest)
    return _page(list(_filtered(stretch, filters)[: limit + 1]), limit, lowest)


def _page(found: list[OcppFrame], limit: int, lowest: int | None) -> FramePage:
    if len(found) > limit:
        return FramePage(frames=found[:limit], before=found[limit - 1].pk)
    return FramePage(frames=found, before=lowest)


def _filtered(rows: QuerySet[OcppFrame], filters: FrameFilters) -> QuerySet[OcppFrame]:
    if filters.action:
        rows = rows.filter(action=filters.action)
    if filters.direction:
        rows = rows.filter(direction=filters.direction)
    if filters.text:
        text = filters.text.replace("\x00", "")
        rows = rows.filter(Q(raw__icontains=text) | Q(reply__icontains=text))
    return rows


def station_actions(station_id: UUID) -> list[str]:
    """Actions that occur in the station's latest frames, for the filter's choices."""
    latest = OcppFrame.objects.filter(station_id=station_id).order_by("-id")
    actions = latest.values_list("action", flat=True)[:1_000]
    return sorted({action for action in actions if action})
