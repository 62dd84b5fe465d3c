"""The queue of commands as rows: put in, taken by the socket's process, finished, timed out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, DateTimeField, UUIDField
from django.db.transaction import atomic, on_commit

from accounts.models import ApiKey, User
from chargers import live, ports
from chargers.domain.commands import COMMANDS, Command, Outcome, ShowCost
from chargers.events import CommandFinished
from chargers.models import CommandStatus, StationCommand, Transaction
from chargers.services.command_effects import (
    apply_ending,
    apply_outcome,
    apply_silence,
    begin,
    without_secrets,
)
from chargers.services.command_secrets import blanked, seal, unseal
from chargers.services.device_model.reports import command_ended, expect_report
from chargers.services.pending_keys import settle_key
from common.prepared import Param, Prepared
from common.tenancy import system_scope
from events.outbox import publish

_PER_SWEEP = 500
_QUEUED = Prepared(
    lambda: StationCommand.objects.filter(
        station_id=Param("station_id", UUIDField()),
        station__connection_epoch=Param("epoch", BigIntegerField()),
        status=CommandStatus.QUEUED,
        deadline_at__gt=Param("now", DateTimeField()),
    ).order_by("requested_at", "id")
)


@atomic
def queue_command(
    *,
    operator_id: UUID,
    station_id: UUID,
    command: Command,
    now: datetime,
    timeout: timedelta,
    requested_by: User | None = None,
    api_key: ApiKey | None = None,
    transaction: Transaction | None = None,
) -> StationCommand:
    """Store a command and wake the station's socket after the commit. Asks nothing."""
    row = StationCommand.objects.create(
        operator_id=operator_id,
        station_id=station_id,
        transaction=transaction,
        kind=command.kind,
        arguments=seal(command),
        requested_by=requested_by,
        requested_by_key=api_key,
        requested_at=now,
        deadline_at=now + timeout,
    )
    begin(row, command, now=now)
    expect_report(row)
    on_commit(partial(_wake, station_id), robust=True)
    return row


def _wake(station_id: UUID) -> None:
    ports.command_waker().wake(station_id)


def stations_with_queued_commands() -> list[UUID]:
    """Stations that are online and have commands waiting (for the sweep of lost wake-ups)."""
    with system_scope("gateway: sockets of every operator"):
        waiting = StationCommand.objects.filter(
            status=CommandStatus.QUEUED, station__is_online=True
        ).order_by()
        return list(waiting.values_list("station_id", flat=True).distinct())


@atomic
def take_queued(*, station_id: UUID, epoch: int, now: datetime) -> list[StationCommand]:
    """Claim what waits for a station, oldest first; each command is claimed once.

    Args:
        epoch: of the asking connection; an outdated one gets nothing.
    """
    with system_scope("gateway: the socket knows its station"):
        queued = _QUEUED.all(station_id=station_id, epoch=epoch, now=now)
        return [row for row in queued if _claim(row, now)]


def _claim(row: StationCommand, now: datetime) -> bool:
    """Secrets go from the row to the caller alone."""
    stored = blanked(row.kind, row.arguments)
    changes: dict[str, Any] = {"arguments": stored} if stored != row.arguments else {}
    claimed = StationCommand.objects.filter(pk=row.pk, status=CommandStatus.QUEUED).update(
        status=CommandStatus.SENT, sent_at=now, **changes
    )
    row.status, row.sent_at = CommandStatus.SENT, now
    row.arguments = unseal(row.kind, row.arguments)
    return claimed == 1


@atomic
def give_back(*, rows: Sequence[StationCommand]) -> int:
    """Queue again what was claimed and never left: its socket went before. Returns how many."""
    with system_scope("gateway: the socket knows its station"):
        given = 0
        for row in rows:
            command = COMMANDS[row.kind].from_json(row.arguments)
            given += StationCommand.objects.filter(pk=row.pk, status=CommandStatus.SENT).update(
                status=CommandStatus.QUEUED, sent_at=None, arguments=seal(command)
            )
    for station_id in {row.station_id for row in rows}:
        on_commit(partial(_wake, station_id), robust=True)
    return given


@atomic
def finish(*, command_id: UUID, outcome: Outcome, now: datetime) -> bool:
    """Store a station's answer with what follows from it.

    Returns:
        False when the command was already finished (a late or second answer): nothing changes.
    """
    with system_scope("gateway: answers come from stations of every operator"):
        ended = _end(
            command_id,
            status=CommandStatus(outcome.status.value),
            raw_status=outcome.raw_status,
            result=outcome.detail,
            now=now,
        )
        if ended is None:
            return False
        apply_outcome(ended, outcome, now=now)
        return True


@atomic
def time_out_commands(*, now: datetime) -> int:
    """End commands whose deadline has passed without an answer. Returns how many."""
    with system_scope("sweep: commands of every operator"):
        overdue = StationCommand.objects.filter(
            status__in=CommandStatus.open(), deadline_at__lte=now
        ).order_by("deadline_at")
        ids = list(overdue.values_list("pk", flat=True)[:_PER_SWEEP])
        return sum(_time_out(pk, now) for pk in ids)


@atomic
def abandon_commands(*, station_id: UUID, reason: str, now: datetime) -> int:
    """End what a station has not answered, for whoever comes next must not get it. Returns how many."""
    rows = StationCommand.objects.filter(station_id=station_id, status__in=CommandStatus.open())
    result: dict[str, object] = {"reason": reason}
    ended = [
        _end(pk, status=CommandStatus.FAILED, raw_status="", result=result, now=now)
        for pk in list(rows.values_list("pk", flat=True))
    ]
    return sum(row is not None for row in ended)


def _time_out(command_id: UUID, now: datetime) -> bool:
    row = _end(command_id, status=CommandStatus.TIMED_OUT, raw_status="", result={}, now=now)
    if row is not None:
        apply_silence(row)
    return row is not None


def _end(
    command_id: UUID,
    *,
    status: CommandStatus,
    raw_status: str,
    result: dict[str, object],
    now: datetime,
) -> StationCommand | None:
    """Move an open command to its end and publish; None when it was not open any more."""
    ended = StationCommand.objects.filter(pk=command_id, status__in=CommandStatus.open()).update(
        status=status, raw_status=raw_status[:50], result=result, finished_at=now
    )
    if not ended:
        return None
    row = StationCommand.objects.get(pk=command_id)
    without_secrets(row)
    settle_key(row)
    apply_ending(row, now=now)
    command_ended(row, now=now)
    live.touch(operator_id=row.operator_id, station_ids=[row.station_id])
    if not _is_routine(row):
        publish(
            CommandFinished(
                operator_id=row.operator_id,
                subject_id=row.pk,
                parent_id=row.station_id,
                command=row.kind,
                status=status.value,
                requested_by=row.requested_by_id,
            ),
            now=now,
        )
    return row


def _is_routine(row: StationCommand) -> bool:
    """Costs told by rule, twice a minute and session: a timeline of them would hide the rest."""
    by_rule = row.requested_by_id is None and row.requested_by_key_id is None
    return row.kind == ShowCost.kind and by_rule and row.status == CommandStatus.ACCEPTED
