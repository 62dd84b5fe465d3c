"""Monitors of a station and what they noticed."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from chargers.models import DeviceEvent, VariableMonitor


def station_monitors(station_id: UUID) -> QuerySet[VariableMonitor]:
    """By variable and number."""
    rows: QuerySet[VariableMonitor] = VariableMonitor.objects.filter(station_id=station_id)
    return rows.order_by("name", "evse", "connector", "number")


def device_events(*, station_id: UUID | None = None) -> QuerySet[DeviceEvent]:
    """Of one station, or of all; latest first."""
    rows: QuerySet[DeviceEvent] = DeviceEvent.objects.order_by("-id")
    return rows if station_id is None else rows.filter(station_id=station_id)
