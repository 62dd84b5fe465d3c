"""Profiles follow sessions and connections: a sweep over rows, so that no message need be in time.

Stations forget a session's limit with the session, get one with a remote start before the session
has a reference, and some lose it when the connection drops or when they start anew (Q79).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q
from django.db.transaction import atomic

from chargers.domain.charging_profiles import ChargingProfile as Profile
from chargers.domain.charging_profiles import ProfilePurpose
from chargers.domain.commands import Command, GetCompositeSchedule, SetChargingProfile
from chargers.domain.vocabulary import RegistrationStatus
from chargers.models import (
    ChargingNeeds,
    ChargingProfile,
    Evse,
    ProfileSource,
    ProfileStatus,
    StationCommand,
    Transaction,
    TransactionState,
)
from chargers.services.charging.effects import LOST, end_with_session
from chargers.services.command_queue import queue_command
from common.tenancy import system_scope

_PER_SWEEP = 200
_TIMEOUT = timedelta(seconds=60)
_VERIFIED_SECONDS = 3600
# Commands of one instant have no order.
_NEXT = timedelta(microseconds=1)
# A remote start that led to no session by then never will.
_START_WITHIN = timedelta(minutes=15)
_NEEDS_KEPT = timedelta(hours=1)
_BOOTED_BEFORE = timedelta(seconds=60)


def keep_in_step(*, now: datetime) -> int:
    """End limits of ended sessions, find the sessions of remote starts, repeat what a reconnect may
    have lost. Returns how many profiles were sent again.
    """
    with system_scope("sweep: charging profiles of every operator"):
        end_with_session(
            ChargingProfile.objects.filter(
                transaction__isnull=False, transaction__state__in=_ended_states()
            ),
            now=now,
        )
        _link_remote_starts(now)
        _link_needs(now)
        return _send_again(now)


def _ended_states() -> list[str]:
    return [state for state in TransactionState.values if state != TransactionState.ACTIVE]


@atomic
def _link_remote_starts(now: datetime) -> None:
    waiting = ChargingProfile.objects.filter(
        purpose=ProfilePurpose.TX,
        status__in=ProfileStatus.live(),
        source=ProfileSource.OURS,
        transaction=None,
        command__isnull=False,
    ).select_related("command")
    for row in waiting[:_PER_SWEEP]:
        found = _session_of(row)
        if found is not None:
            _link(row, found)
        elif row.requested_at is not None and row.requested_at < now - _START_WITHIN:
            row.status, row.cleared_at = ProfileStatus.CLEARED, now
            row.save(update_fields=["status", "cleared_at"])


def _session_of(row: ChargingProfile) -> Transaction | None:
    """By the number of the remote start (2.x), else by token, place and time (1.6)."""
    asked = row.command.arguments if row.command else {}
    sessions = Transaction.objects.filter(
        station_id=row.station_id, state=TransactionState.ACTIVE
    ).select_related("evse")
    numbered = sessions.filter(remote_start_id=asked.get("remote_start_id")).first()
    if numbered is not None:
        return numbered
    alike = sessions.filter(
        remote_start_id=None,
        id_token_uid__iexact=str(asked.get("id_token_uid", "")),
        started_received_at__gte=row.requested_at,
    )
    if row.evse_number:
        alike = alike.filter(evse__number=row.evse_number)
    return alike.order_by("started_received_at").first()


def _link(row: ChargingProfile, session: Transaction) -> None:
    """From now on the profile names its session, as it must when it is sent again."""
    row.transaction = session
    row.evse_number = session.evse.number if session.evse else row.evse_number
    row.content = {**row.content, "transaction_ref": session.station_ref}
    row.save(update_fields=["transaction", "evse_number", "content"])


@atomic
def _link_needs(now: datetime) -> None:
    """What a vehicle told before its session began belongs to that session."""
    waiting = ChargingNeeds.objects.filter(transaction=None)
    waiting.filter(reported_at__lt=now - _NEEDS_KEPT).delete()
    for row in waiting[:_PER_SWEEP]:
        place = Evse.objects.filter(station_id=row.station_id, number=row.evse_number)
        running = place.values_list("active_transaction_id", flat=True).first()
        if running and not ChargingNeeds.objects.filter(transaction_id=running).exists():
            ChargingNeeds.objects.filter(pk=row.pk).update(transaction_id=running)


def _send_again(now: datetime) -> int:
    """What may be lost, once for each new connection: of a session while it runs (Q79), a standing
    limit when the station has started anew, and anything that its own report did not name.
    """
    rows = (
        ChargingProfile.objects.filter(
            _of_a_running_session() | _standing_after_a_boot() | Q(sent_epoch=LOST),
            source=ProfileSource.OURS,
            status__in=(ProfileStatus.INSTALLED, ProfileStatus.UNANSWERED),
            station__is_online=True,
            station__is_enabled=True,
            station__registration_status=RegistrationStatus.ACCEPTED,
            sent_epoch__lt=F("station__connection_epoch"),
        )
        .select_related("station", "transaction")
        .order_by("id")[:_PER_SWEEP]
    )
    sent = [row for row in rows if _repeat(row, now)]
    places = {(row.station_id, row.evse_number): row for row in sent}
    for row in places.values():
        _verify(row, now)
    return len(sent)


def _of_a_running_session() -> Q:
    return Q(purpose=ProfilePurpose.TX, transaction__state=TransactionState.ACTIVE)


def _standing_after_a_boot() -> Q:
    """Stations keep these over a restart, as K01 asks, but not all do. One that connects again after
    its boot was answered has started just as much.
    """
    since = F("station__connected_at") - _BOOTED_BEFORE
    return ~Q(purpose=ProfilePurpose.TX) & Q(station__booted_at__gte=since)


@atomic
def _repeat(row: ChargingProfile, now: datetime) -> bool:
    """Ask once more, unless it is over by now or another process was faster."""
    profile = Profile.from_json(row.content)
    claimed = ChargingProfile.objects.filter(pk=row.pk, sent_epoch=row.sent_epoch).update(
        sent_epoch=row.station.connection_epoch
    )
    if not claimed or profile.is_over(now):
        return False
    command = _queue(row, SetChargingProfile(evse=row.evse_number, profile=profile), now)
    ChargingProfile.objects.filter(pk=row.pk).update(command=command)
    return True


def _verify(row: ChargingProfile, now: datetime) -> None:
    """What the station makes of it is compared on the page of its limits."""
    question = GetCompositeSchedule(evse=row.evse_number, duration_seconds=_VERIFIED_SECONDS)
    _queue(row, question, now + _NEXT)


def _queue(row: ChargingProfile, command: Command, now: datetime) -> StationCommand:
    return queue_command(
        operator_id=row.operator_id,
        station_id=row.station_id,
        command=command,
        now=now,
        timeout=_TIMEOUT,
        transaction=row.transaction,
    )
