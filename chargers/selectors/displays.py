"""What displays show, and the background work of stations."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet

from chargers.models import (
    DisplayMessage,
    DisplayStatus,
    SessionDisplay,
    StationJob,
    TransactionState,
)

Job = TypeVar("Job", bound=StationJob)


def messages_of_station(station_id: UUID) -> QuerySet[DisplayMessage]:
    """All messages that are known of a station, latest change first, with their sessions."""
    rows: QuerySet[DisplayMessage] = DisplayMessage.objects.filter(station_id=station_id)
    return rows.select_related("transaction").order_by("-changed_at", "-id")


def messages_up(station_id: UUID) -> list[DisplayMessage]:
    """What a station shows or was asked to show, by number."""
    up = (DisplayStatus.ASKED, DisplayStatus.SHOWN)
    return list(messages_of_station(station_id).filter(status__in=up).order_by("number")[:200])


def sessions_told(station_id: UUID) -> list[SessionDisplay]:
    """What running sessions of a station were told by rule: cost so far, tariff."""
    rows = SessionDisplay.objects.filter(
        transaction__station_id=station_id, transaction__state=TransactionState.ACTIVE
    )
    return list(rows.select_related("transaction__evse").order_by("transaction__started_at"))


def recent_jobs(rows: QuerySet[Job], *, station_id: UUID, limit: int = 10) -> list[Job]:
    """Background work of one kind at a station, latest first, with who asked. One query."""
    asked = rows.filter(station_id=station_id).select_related(
        "command__requested_by", "command__requested_by_key"
    )
    return list(asked.order_by("-id")[:limit])
