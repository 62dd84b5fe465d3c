"""How safely a station is connected, and who tried to be it."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from chargers.models import FailedHandshake, SecurityEvent, StationConnection


def failed_handshakes(station_id: UUID) -> list[FailedHandshake]:
    """Refused upgrades by cause, the latest first."""
    return list(FailedHandshake.objects.filter(station_id=station_id).order_by("-last_at", "-id"))


def security_events(station_id: UUID) -> QuerySet[SecurityEvent]:
    """What the station reported and what we noticed, the latest row first."""
    return SecurityEvent.objects.filter(station_id=station_id).order_by("-id")


def recent_connections(station_id: UUID, *, limit: int = 10) -> list[StationConnection]:
    """The latest connections with their profile, address and whether they took over."""
    rows = StationConnection.objects.filter(station_id=station_id).order_by("-epoch")
    return list(rows[:limit])
