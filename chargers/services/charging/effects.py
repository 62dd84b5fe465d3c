"""What follows for our rows from a station's answers about charging profiles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from chargers.domain import commands
from chargers.domain.charging_profiles import ProfileKind, ProfilePurpose
from chargers.domain.commands import Outcome
from chargers.domain.commands.command import CONNECTION_LOST
from chargers.models import (
    ChargingNeeds,
    ChargingProfile,
    ProfileSource,
    ProfileStatus,
    StationCommand,
    Transaction,
)

NOTHING_MATCHED = "Unknown"
NO_PROFILES = "NoProfiles"
# As `sent_epoch`: the station should have it and has not; the sweep sends it at once.
LOST = -1


def profile_accepted(row: StationCommand, _outcome: Outcome, now: datetime) -> None:
    """Installed: what the station replaced by it is gone (K01.FR.05, FR.06)."""
    carried = ChargingProfile.objects.filter(command=row).first()
    if carried is None:
        return
    carried.status, carried.installed_at = ProfileStatus.INSTALLED, now
    carried.save(update_fields=["status", "installed_at"])
    slot = Q(
        evse_number=carried.evse_number,
        purpose=carried.purpose,
        stack_level=carried.stack_level,
        transaction=carried.transaction_id,
    )
    others = ChargingProfile.objects.filter(
        Q(profile_id=carried.profile_id) | slot, station_id=row.station_id
    )
    # A newer one may be on its way already.
    later = Q(pk__gt=carried.pk, status=ProfileStatus.REQUESTED)
    others.exclude(later).exclude(pk=carried.pk).exclude(source=ProfileSource.EXTERNAL).delete()


def profile_refused(row: StationCommand, outcome: Outcome, _now: datetime) -> None:
    """Not installed; unless the socket went in between, when nobody knows."""
    lost = outcome.raw_status == CONNECTION_LOST
    status = ProfileStatus.UNANSWERED if lost else ProfileStatus.REJECTED
    ChargingProfile.objects.filter(command=row).update(status=status)


def profile_unanswered(row: StationCommand) -> None:
    ChargingProfile.objects.filter(command=row).update(status=ProfileStatus.UNANSWERED)


def profiles_cleared(row: StationCommand, _outcome: Outcome, now: datetime) -> None:
    """Gone is what matched and was asked for before."""
    asked = commands.ClearChargingProfile.from_json(row.arguments)
    rows = _asked_before(row).exclude(source=ProfileSource.EXTERNAL)
    if asked.profile_id is not None:
        rows = rows.filter(profile_id=asked.profile_id)
    if asked.evse is not None:
        rows = rows.filter(evse_number=asked.evse)
    if asked.purpose is not None:
        rows = rows.filter(purpose=asked.purpose)
    if asked.stack_level is not None:
        rows = rows.filter(stack_level=asked.stack_level)
    _clear(rows, now)


def nothing_to_clear(row: StationCommand, outcome: Outcome, now: datetime) -> None:
    """The station knows of no such profile: then neither do we."""
    if outcome.raw_status == NOTHING_MATCHED:
        profiles_cleared(row, outcome, now)


def profiles_asked_for(row: StationCommand, outcome: Outcome, now: datetime) -> None:
    """The station has none of what was asked for; else reports follow."""
    if outcome.raw_status == NO_PROFILES:
        clear_unreported(row, now=now)


def clear_unreported(row: StationCommand, *, now: datetime) -> None:
    """After the last report: what was installed before the question and not told is gone. Ours is
    sent again, for nobody took it back.
    """
    asked = commands.GetChargingProfiles.from_json(row.arguments)
    rows = _asked_before(row).filter(status=ProfileStatus.INSTALLED)
    rows = rows.filter(Q(reported_at=None) | Q(reported_at__lt=row.requested_at))
    if asked.profile_ids:
        rows = rows.filter(profile_id__in=asked.profile_ids)
    if asked.evse is not None:
        rows = rows.filter(evse_number=asked.evse)
    if asked.purpose is not None:
        rows = rows.filter(purpose=asked.purpose)
    if asked.stack_level is not None:
        rows = rows.filter(stack_level=asked.stack_level)
    if asked.sources:
        rows = rows.filter(limit_source__in=asked.sources)
    missed = [row.pk for row in rows.filter(source=ProfileSource.OURS) if _still_wanted(row, now)]
    _clear(rows.exclude(pk__in=missed), now)
    ChargingProfile.objects.filter(pk__in=missed).update(
        status=ProfileStatus.UNANSWERED, sent_epoch=LOST
    )


def _still_wanted(row: ChargingProfile, now: datetime) -> bool:
    if row.purpose == ProfilePurpose.TX and row.transaction_id is None:
        return False
    return not row.profile.is_over(now)


def _asked_before(row: StationCommand) -> QuerySet[ChargingProfile]:
    """What may hold and was not asked for after this command."""
    return ChargingProfile.objects.filter(
        Q(requested_at=None) | Q(requested_at__lte=row.requested_at),
        station_id=row.station_id,
        status__in=ProfileStatus.live(),
    )


def _clear(rows: QuerySet[ChargingProfile], now: datetime) -> None:
    rows.update(status=ProfileStatus.CLEARED, cleared_at=now)


def remote_start_accepted(row: StationCommand, outcome: Outcome, now: datetime) -> None:
    if row.arguments.get("profile"):
        profile_accepted(row, outcome, now)


def remote_start_refused(row: StationCommand, outcome: Outcome, now: datetime) -> None:
    if row.arguments.get("profile"):
        profile_refused(row, outcome, now)


def remote_start_unanswered(row: StationCommand) -> None:
    if row.arguments.get("profile"):
        profile_unanswered(row)


def priority_changed(row: StationCommand, _outcome: Outcome, now: datetime) -> None:
    asked = commands.UsePriorityCharging.from_json(row.arguments)
    keep_priority(row.station_id, asked.transaction_ref, is_active=asked.activate, now=now)


def keep_priority(
    station_id: UUID, transaction_ref: str, *, is_active: bool, now: datetime
) -> None:
    """A session of this station charges with priority, or no longer; an unknown one is ignored."""
    transaction = (
        Transaction.objects.filter(station_id=station_id, station_ref=transaction_ref)
        .select_related("evse")
        .first()
    )
    if transaction is None:
        return
    ChargingNeeds.objects.update_or_create(
        transaction=transaction,
        defaults={"has_priority": is_active},
        create_defaults={
            "operator_id": transaction.operator_id,
            "station_id": transaction.station_id,
            "evse_number": transaction.evse.number if transaction.evse else 0,
            "has_priority": is_active,
            "reported_at": now,
        },
    )


def dynamic_limit_changed(row: StationCommand, _outcome: Outcome, _now: datetime) -> None:
    asked = commands.UpdateDynamicSchedule.from_json(row.arguments)
    rows = ChargingProfile.objects.filter(
        station_id=row.station_id,
        profile_id=asked.profile_id,
        status__in=ProfileStatus.live(),
        content__kind=ProfileKind.DYNAMIC,
    )
    for known in rows:
        known.content = known.profile.with_limit(asked.limit).to_json()
        known.save(update_fields=["content"])


def end_with_session(rows: QuerySet[ChargingProfile], *, now: datetime) -> int:
    """A TxProfile lives as long as its session (K01.FR.37 and 1.6 §3.13.1)."""
    ended = rows.filter(purpose=ProfilePurpose.TX, status__in=ProfileStatus.live())
    return ended.update(status=ProfileStatus.CLEARED, cleared_at=now)


EFFECTS: Mapping[str, Callable[[StationCommand, Outcome, datetime], None]] = {
    commands.SetChargingProfile.kind: profile_accepted,
    commands.ClearChargingProfile.kind: profiles_cleared,
    commands.GetChargingProfiles.kind: profiles_asked_for,
    commands.RequestStartTransaction.kind: remote_start_accepted,
    commands.UsePriorityCharging.kind: priority_changed,
    commands.UpdateDynamicSchedule.kind: dynamic_limit_changed,
}
REFUSALS: Mapping[str, Callable[[StationCommand, Outcome, datetime], None]] = {
    commands.SetChargingProfile.kind: profile_refused,
    commands.ClearChargingProfile.kind: nothing_to_clear,
    commands.RequestStartTransaction.kind: remote_start_refused,
}
SILENCES: Mapping[str, Callable[[StationCommand], None]] = {
    commands.SetChargingProfile.kind: profile_unanswered,
    commands.RequestStartTransaction.kind: remote_start_unanswered,
}
