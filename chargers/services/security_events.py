"""Security events: of stations (A04), and those that we notice ourselves. Counted, never lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from accounts.services import audit
from accounts.services.audit import Actor
from chargers.domain.context import StationContext
from chargers.domain.messages import SecurityEventNotification
from chargers.domain.results import Acknowledged
from chargers.domain.security import Noticed, is_critical, needs_attention
from chargers.events import SecurityEventReported
from chargers.models import ChargingStation, SecurityEvent
from events.outbox import publish

# A repetition within this time of the last one is counted and makes no row of its own.
FOLDED_WITHIN = timedelta(minutes=1)
# Of one station within that time; what comes on top is counted together.
MAX_ROWS = 20
OVERFLOW_TYPE = "(others)"
_PRUNE_ROWS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    type: str
    tech_info: str
    device_at: datetime | None
    is_noticed: bool


@transaction.atomic
def record_security_event(
    message: SecurityEventNotification, *, station: StationContext, received_at: datetime
) -> Acknowledged:
    """SecurityEventNotification (A04)."""
    seen = _Seen(
        type=message.event_type[:50],
        tech_info=message.tech_info[:255],
        device_at=message.device_at,
        is_noticed=False,
    )
    _record(station.station_id, station.operator_id, seen, received_at)
    return Acknowledged()


def note_security_event(
    *, station_id: UUID, operator_id: UUID, what: Noticed, detail: str = "", now: datetime
) -> None:
    """Store what we noticed about a station, in the caller's transaction and scope."""
    seen = _Seen(type=what.value, tech_info=detail[:255], device_at=None, is_noticed=True)
    _record(station_id, operator_id, seen, now)


def _record(station_id: UUID, operator_id: UUID, seen: _Seen, now: datetime) -> None:
    recent = SecurityEvent.objects.filter(
        station_id=station_id, last_at__gt=now - FOLDED_WITHIN
    ).order_by("-id")
    rows = list(recent.values("id", "type", "is_noticed", "acknowledged_at")[: MAX_ROWS + 1])
    # Acknowledged is acknowledged: what happens after it is news.
    rows = [row for row in rows if row["acknowledged_at"] is None]
    event_type = seen.type
    if len(rows) >= MAX_ROWS and not any(row["type"] == event_type for row in rows):
        event_type = OVERFLOW_TYPE
    for row in rows:
        if (row["type"], row["is_noticed"]) == (event_type, seen.is_noticed):
            _count(row["id"], seen, now)
            return
    _create(station_id, operator_id, event_type, seen, now)


def _count(row_id: int, seen: _Seen, now: datetime) -> None:
    changes = {"count": F("count") + 1, "last_at": now, "tech_info": seen.tech_info}
    # The common row of what came on top may begin harmless and go on otherwise.
    changes |= {"is_critical": True} if is_critical(seen.type) else {}
    changes |= {"needs_attention": True} if needs_attention(seen.type) else {}
    SecurityEvent.objects.filter(pk=row_id).update(**changes)


def _create(
    station_id: UUID, operator_id: UUID, event_type: str, seen: _Seen, now: datetime
) -> None:
    SecurityEvent.objects.create(
        operator_id=operator_id,
        station_id=station_id,
        type=event_type,
        is_noticed=seen.is_noticed,
        is_critical=is_critical(seen.type),
        needs_attention=needs_attention(seen.type),
        tech_info=seen.tech_info,
        device_at=seen.device_at,
        received_at=now,
        last_at=now,
    )
    publish(
        SecurityEventReported(
            operator_id=operator_id,
            subject_id=station_id,
            event_type=event_type,
            tech_info=seen.tech_info,
        ),
        now=now,
    )


def prune_security_events(*, now: datetime, keep: timedelta) -> int:
    """Delete what is older than `keep` and waits for nobody, a bounded number of rows a call."""
    old = SecurityEvent.objects.filter(last_at__lt=now - keep).exclude(
        needs_attention=True, acknowledged_at=None
    )
    ids = list(old.order_by("id").values_list("id", flat=True)[:_PRUNE_ROWS])
    deleted, _ = SecurityEvent.objects.filter(id__in=ids).delete()
    return deleted


@transaction.atomic
def acknowledge_security_events(
    *, station: ChargingStation, actor: Actor, now: datetime, ids: Iterable[int] | None = None
) -> int:
    """Take what needs attention off the list; ids of another station change nothing.

    Args:
        ids: only these; None for all of the station.

    Returns:
        How many were open.
    """
    rows = SecurityEvent.objects.filter(station=station, needs_attention=True, acknowledged_at=None)
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    count = rows.update(acknowledged_at=now, acknowledged_by=actor.user)
    if count:
        audit.record(
            operator=station.operator,
            actor=actor,
            action="station.security_events_acknowledged",
            obj=station,
            changes={"count": count},
            now=now,
        )
    return count
