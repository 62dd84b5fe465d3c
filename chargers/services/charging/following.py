"""Profiles follow sessions and connections: a sweep over rows, so that no message need be in time.

Stations forget a session's limit with the session, get one with a remote start before the session
has a reference, and some lose it when the connection drops (Q79).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F
from django.db.transaction import atomic

from chargers.domain.charging_profiles import ChargingProfile as Profile
from chargers.domain.charging_profiles import ProfilePurpose
from chargers.domain.commands import GetCompositeSchedule, SetChargingProfile
from chargers.models import (
    ChargingNeeds,
    ChargingProfile,
    ChargingStation,
    Evse,
    ProfileSource,
    ProfileStatus,
    Transaction,
    TransactionState,
)
from chargers.services.charging.effects import end_with_session
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
    """Once for each new connection of a station, while the session runs."""
    rows = (
        ChargingProfile.objects.filter(
            purpose=ProfilePurpose.TX,
            source=ProfileSource.OURS,
            status__in=(ProfileStatus.INSTALLED, ProfileStatus.UNANSWERED),
            transaction__state=TransactionState.ACTIVE,
            station__is_online=True,
            station__is_enabled=True,
            sent_epoch__lt=F("station__connection_epoch"),
        )
        .select_related("station", "transaction")
        .order_by("id")[:_PER_SWEEP]
    )
    return sum(_repeat(row, row.station, now) for row in rows)


@atomic
def _repeat(row: ChargingProfile, station: ChargingStation, now: datetime) -> bool:
    claimed = ChargingProfile.objects.filter(pk=row.pk, sent_epoch=row.sent_epoch).update(
        sent_epoch=station.connection_epoch
    )
    if not claimed:
        return False
    orders = (
        SetChargingProfile(evse=row.evse_number, profile=Profile.from_json(row.content)),
        GetCompositeSchedule(evse=row.evse_number, duration_seconds=_VERIFIED_SECONDS),
    )
    sent, _verified = (
        queue_command(
            operator_id=row.operator_id,
            station_id=row.station_id,
            command=order,
            now=now + number * _NEXT,
            timeout=_TIMEOUT,
            transaction=row.transaction,
        )
        for number, order in enumerate(orders)
    )
    ChargingProfile.objects.filter(pk=row.pk).update(command=sent)
    return True
