"""What stations tell of smart charging by themselves. Every look-up is limited to the one that speaks."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction as database

from chargers.domain.charging_needs import NeedsAnswer
from chargers.domain.charging_profiles import ChargingProfile as Profile
from chargers.domain.charging_profiles import LimitSource, ProfileKind, ProfilePurpose
from chargers.domain.commands import GetChargingProfiles
from chargers.domain.context import StationContext
from chargers.domain.messages import (
    ClearedChargingLimit,
    NotifyChargingLimit,
    NotifyEVChargingNeeds,
    NotifyEVChargingSchedule,
    NotifyPriorityCharging,
    PullDynamicScheduleUpdate,
    ReportChargingProfiles,
)
from chargers.domain.results import Acknowledged, ChargingNeedsResult, DynamicScheduleResult
from chargers.events import ChargingNeedsReported, ExternalLimitChanged
from chargers.models import (
    ChargingNeeds,
    ChargingProfile,
    Evse,
    ExternalLimit,
    ProfileSource,
    ProfileStatus,
    StationCommand,
    Transaction,
)
from chargers.services.charging.effects import clear_unreported, keep_priority
from chargers.services.charging.rows import live_profiles
from chargers.services.hardware import MAX_NUMBER
from events.outbox import publish

# A station that reports more than this is out of order; its rows must not fill the database.
_MAX_PROFILES = 200
_MAX_LIMITS = 64


@database.atomic
def record_needs(
    message: NotifyEVChargingNeeds, *, station: StationContext, received_at: datetime
) -> ChargingNeedsResult:
    """NotifyEVChargingNeeds (K15): kept with the session, or until it begins.

    Accepted where a limit of ours waits for the session, so that the vehicle waits for it;
    otherwise it is told that none comes.
    """
    if not 1 <= message.evse <= MAX_NUMBER:
        return ChargingNeedsResult(answer=NeedsAnswer.REJECTED)
    running = _running_at(station, message.evse)
    row = _needs_row(station, message.evse, running, received_at)
    values = asdict(message.needs)
    if any(getattr(row, name) != value for name, value in values.items()):
        publish(
            ChargingNeedsReported(
                operator_id=station.operator_id,
                subject_id=station.station_id,
                evse=message.evse,
                transaction_id=running,
            ),
            now=received_at,
        )
    _save(row, {**values, "reported_at": received_at})
    waits = running is not None and ChargingProfile.objects.filter(
        transaction_id=running,
        purpose=ProfilePurpose.TX,
        status__in=(ProfileStatus.REQUESTED, ProfileStatus.INSTALLED),
    )
    return ChargingNeedsResult(
        answer=NeedsAnswer.ACCEPTED if waits and waits.exists() else NeedsAnswer.NO_PROFILE
    )


def _running_at(station: StationContext, evse: int) -> UUID | None:
    rows = Evse.objects.filter(station_id=station.station_id, number=evse)
    return rows.values_list("active_transaction_id", flat=True).first()


def _needs_row(
    station: StationContext, evse: int, running: UUID | None, now: datetime
) -> ChargingNeeds:
    """The row of the running session, else the one that waits for a session at the EVSE."""
    key: dict[str, Any] = {"station_id": station.station_id, "evse_number": evse}
    if running is not None:
        key = {"transaction_id": running}
    else:
        key["transaction"] = None
    row, _ = ChargingNeeds.objects.get_or_create(
        **key,
        defaults={
            "operator_id": station.operator_id,
            "station_id": station.station_id,
            "evse_number": evse,
            "reported_at": now,
        },
    )
    return row


def _save(row: ChargingNeeds, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))


@database.atomic
def record_ev_schedule(
    message: NotifyEVChargingSchedule, *, station: StationContext, received_at: datetime
) -> Acknowledged:
    """NotifyEVChargingSchedule (K16, K17): how the vehicle means to charge."""
    if message.schedule is None or not 1 <= message.evse <= MAX_NUMBER:
        return Acknowledged()
    running = _running_at(station, message.evse)
    row = _needs_row(station, message.evse, running, received_at)
    base = message.time_base or message.schedule.start_at or received_at
    plan = replace(message.schedule, start_at=base, id=message.selected_id or message.schedule.id)
    _save(row, {"ev_schedule": plan.to_json()})
    return Acknowledged()


@database.atomic
def record_charging_limit(
    message: NotifyChargingLimit, *, station: StationContext, received_at: datetime
) -> Acknowledged:
    """NotifyChargingLimit (K12, K13): the latest of each source at each EVSE."""
    if message.evse > MAX_NUMBER:
        return Acknowledged()
    rows = ExternalLimit.objects.filter(station_id=station.station_id)
    known = rows.filter(evse_number=message.evse, source=message.source).first()
    if known is None and rows.count() >= _MAX_LIMITS:
        return Acknowledged()
    values = {
        "is_grid_critical": message.is_grid_critical,
        "schedules": [schedule.to_json() for schedule in message.schedules],
    }
    if known is None or any(getattr(known, name) != value for name, value in values.items()):
        _publish_limit(station, message.evse, message.source, cleared=False, now=received_at)
    ExternalLimit.objects.update_or_create(
        station_id=station.station_id,
        evse_number=message.evse,
        source=message.source,
        defaults={**values, "operator_id": station.operator_id, "reported_at": received_at},
    )
    return Acknowledged()


@database.atomic
def clear_charging_limit(
    message: ClearedChargingLimit, *, station: StationContext, received_at: datetime
) -> Acknowledged:
    """ClearedChargingLimit (K13, K14): without an EVSE wherever the source had set one."""
    rows = ExternalLimit.objects.filter(station_id=station.station_id, source=message.source)
    profiles = ChargingProfile.objects.filter(
        station_id=station.station_id,
        source=ProfileSource.EXTERNAL,
        limit_source=message.source,
        status__in=ProfileStatus.live(),
    )
    if message.evse:
        rows = rows.filter(evse_number=message.evse)
        profiles = profiles.filter(evse_number=message.evse)
    removed, _ = rows.delete()
    gone = profiles.update(status=ProfileStatus.CLEARED, cleared_at=received_at)
    if removed or gone:
        _publish_limit(station, message.evse, message.source, cleared=True, now=received_at)
    return Acknowledged()


def _publish_limit(
    station: StationContext, evse: int, source: str, *, cleared: bool, now: datetime
) -> None:
    event = ExternalLimitChanged(
        operator_id=station.operator_id,
        subject_id=station.station_id,
        evse=evse,
        source=source,
        cleared=cleared,
    )
    publish(event, now=now)


@database.atomic
def record_profiles(
    message: ReportChargingProfiles, *, station: StationContext, received_at: datetime
) -> Acknowledged:
    """ReportChargingProfiles (K09): the station's word counts; after the last page, what it did not
    name is gone.
    """
    live = live_profiles(station.station_id)
    known = {row.profile_id: row for row in live}
    for profile in message.profiles[:_MAX_PROFILES]:
        row = known.get(profile.id)
        if row is None and len(known) >= _MAX_PROFILES:
            break
        known[profile.id] = _reported(row, profile, message, station, received_at)
    if message.is_last:
        _reconcile(message.request_id, station, received_at)
    return Acknowledged()


def _reported(
    row: ChargingProfile | None,
    profile: Profile,
    message: ReportChargingProfiles,
    station: StationContext,
    received_at: datetime,
) -> ChargingProfile:
    if row is None:
        row = ChargingProfile(operator_id=station.operator_id, station_id=station.station_id)
        row.profile_id, row.source = profile.id, _source(profile, message.source)
        row.transaction_id = _transaction_id(profile, station)
    row.evse_number = min(message.evse, MAX_NUMBER)
    row.purpose, row.stack_level = profile.purpose, profile.stack_level
    row.content = profile.to_json()
    row.limit_source = message.source
    row.status, row.reported_at = ProfileStatus.INSTALLED, received_at
    row.save()
    return row


def _source(profile: Profile, limit_source: str) -> ProfileSource:
    outside = limit_source != LimitSource.CSO or profile.purpose == ProfilePurpose.EXTERNAL
    return ProfileSource.EXTERNAL if outside else ProfileSource.REPORTED


def _transaction_id(profile: Profile, station: StationContext) -> UUID | None:
    if not profile.transaction_ref:
        return None
    rows = Transaction.objects.filter(
        station_id=station.station_id, station_ref=profile.transaction_ref
    )
    return rows.values_list("pk", flat=True).first()


def _reconcile(request_id: int, station: StationContext, received_at: datetime) -> None:
    """Only for a question of ours to this very station."""
    question = StationCommand.objects.filter(
        station_id=station.station_id,
        kind=GetChargingProfiles.kind,
        arguments__request_id=request_id,
    )
    asked = question.order_by("-id").first()
    if asked is not None:
        clear_unreported(asked, now=received_at)


@database.atomic
def record_priority(
    message: NotifyPriorityCharging, *, station: StationContext, received_at: datetime
) -> Acknowledged:
    """NotifyPriorityCharging (2.1 K21)."""
    keep_priority(
        station.station_id, message.transaction_ref, is_active=message.is_active, now=received_at
    )
    return Acknowledged()


def answer_dynamic_schedule(
    message: PullDynamicScheduleUpdate,
    *,
    station: StationContext,
    received_at: datetime,  # noqa: ARG001
) -> DynamicScheduleResult:
    """PullDynamicScheduleUpdate (2.1 K28): the limit that we set last."""
    row = ChargingProfile.objects.filter(
        station_id=station.station_id,
        profile_id=message.profile_id,
        source=ProfileSource.OURS,
        status__in=ProfileStatus.live(),
        content__kind=ProfileKind.DYNAMIC,
    ).last()
    return DynamicScheduleResult(limit=row.profile.schedule.periods[0].limit if row else None)
