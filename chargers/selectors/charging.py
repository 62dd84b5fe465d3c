"""Smart charging of a station: what is installed, what bounds it, what was asked for."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from chargers.domain.charging_profiles import ProfileKind
from chargers.domain.commands import GetCompositeSchedule
from chargers.models import (
    ChargingNeeds,
    ChargingProfile,
    CommandStatus,
    ExternalLimit,
    ProfileSource,
    ProfileStatus,
    StationCommand,
)

_COMPOSITES = 40


def charging_profiles(*, station_id: UUID, only_live: bool = False) -> QuerySet[ChargingProfile]:
    """Profiles of a station, the newest first; those that may hold, or also what is gone."""
    rows: QuerySet[ChargingProfile] = ChargingProfile.objects.filter(station_id=station_id)
    if only_live:
        rows = rows.filter(status__in=ProfileStatus.live())
    return rows.order_by("-id")


def clearable_profiles(station_id: UUID) -> list[ChargingProfile]:
    """What can be removed from here: all that may hold but for other systems' limits."""
    rows = charging_profiles(station_id=station_id, only_live=True)
    return list(rows.exclude(source=ProfileSource.EXTERNAL).order_by("evse_number", "id")[:100])


def dynamic_profiles(station_id: UUID) -> list[ChargingProfile]:
    """Installed profiles whose limit can be changed in place (OCPP 2.1)."""
    rows = charging_profiles(station_id=station_id, only_live=True)
    return list(rows.filter(source=ProfileSource.OURS, content__kind=ProfileKind.DYNAMIC)[:100])


def external_limits(station_id: UUID) -> QuerySet[ExternalLimit]:
    """Limits that other systems set at a station."""
    rows = ExternalLimit.objects.filter(station_id=station_id)
    return rows.order_by("evse_number", "source")


def charging_needs(station_id: UUID) -> QuerySet[ChargingNeeds]:
    """What vehicles asked for, the latest first."""
    return ChargingNeeds.objects.filter(station_id=station_id).order_by("-reported_at", "-id")


def latest_composites(station_id: UUID) -> dict[int, StationCommand]:
    """The newest answered question for the composite schedule of each EVSE, 0 for the station."""
    rows = StationCommand.objects.filter(
        station_id=station_id,
        kind=GetCompositeSchedule.kind,
        status=CommandStatus.ACCEPTED,
    ).order_by("-id")[:_COMPOSITES]
    found: dict[int, StationCommand] = {}
    for row in rows:
        if row.result.get("periods"):
            found.setdefault(int(row.result["evse"]), row)
    return found
