"""What happened to a station or a transaction, newest first, in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from chargers.domain.timeline import sentence
from common.tenancy import current_scope
from events.models import OutboxEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """`id` orders and pages; `subject_type` and `subject_id` say what to link to."""

    id: int
    at: datetime
    kind: str
    text: str
    subject_type: str
    subject_id: UUID


def timeline(
    *, subject_id: UUID, before_id: int | None = None, limit: int = 50
) -> list[TimelineEntry]:
    """Events of an object and of what belongs to it (a station's transactions). Two queries.

    Args:
        subject_id: a station, a transaction or a command.
        before_id: id of the last entry of the page before.
    """
    rows = OutboxEvent.objects.order_by("-id")
    operator_id = current_scope().operator_id
    if operator_id is not None:
        rows = rows.filter(operator_id=operator_id)
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    # Each half walks its own index; one query with OR would walk neither.
    own = rows.filter(subject_id=subject_id)[:limit]
    of_parts = rows.filter(parent_id=subject_id)[:limit]
    return _newest(own, of_parts, limit)


def _newest(
    own: QuerySet[OutboxEvent], of_parts: QuerySet[OutboxEvent], limit: int
) -> list[TimelineEntry]:
    merged = {event.pk: event for event in (*own, *of_parts)}
    return [_entry(merged[pk]) for pk in sorted(merged, reverse=True)[:limit]]


def _entry(event: OutboxEvent) -> TimelineEntry:
    return TimelineEntry(
        id=event.pk,
        at=event.occurred_at,
        kind=event.kind,
        text=sentence(event.kind, event.payload),
        subject_type=event.subject_type,
        subject_id=event.subject_id,
    )
