"""What a station's answer to a list command means for its list."""

from __future__ import annotations

from datetime import datetime, timedelta

from chargers.domain.commands import GetLocalListVersion, SendLocalList, UpdateType
from chargers.domain.local_list import Entry, Update, applied, checksum
from chargers.models import CommandStatus, LocalList, LocalListState, StationCommand

MAX_FAILURES = 5
_PAUSES = (timedelta(0), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
_MISMATCH = "versionmismatch"


def settle(row: LocalList, *, now: datetime) -> bool:
    """Take the finished command of a list into account (unsaved). The same answer counts once.

    Returns:
        False when an answer is still awaited.
    """
    command = row.command
    if command is None:
        return True
    if command.is_open:
        return False
    row.command = None
    if command.status == CommandStatus.NOT_SUPPORTED:
        _give_up(row, LocalListState.NOT_SUPPORTED, _word(command))
    elif command.kind == GetLocalListVersion.kind:
        _version_told(row, command, now)
    elif command.kind == SendLocalList.kind:
        _update_answered(row, command, now)
    return True


def _version_told(row: LocalList, command: StationCommand, now: datetime) -> None:
    if command.status != CommandStatus.ACCEPTED:
        _failed(row, _word(command), now)
        return
    version = int(command.result.get("version", 0))
    row.verified_at = now
    if version < 0:
        _give_up(row, LocalListState.NOT_SUPPORTED, "The station has no local lists.")
        return
    if version != row.version or version == 0:
        # Somebody else's list, an update whose answer was lost, or a station that forgot.
        row.entries = None
        row.state = LocalListState.UNKNOWN
    row.version = version
    row.sent_version = max(row.sent_version, version)
    if row.is_managed or row.due_at is not None:
        row.due_at = now


def _update_answered(row: LocalList, command: StationCommand, now: datetime) -> None:
    sent = SendLocalList.from_json(command.arguments)
    if command.status == CommandStatus.ACCEPTED:
        _accepted(row, sent, now)
        return
    if command.status == CommandStatus.TIMED_OUT:
        # Whether it came through shows in the version.
        row.verified_at = None
    else:
        row.entries = None
    _failed(row, _word(command), now)
    if command.raw_status.casefold() == _MISMATCH and row.state != LocalListState.FAILED:
        row.due_at = now


def _accepted(row: LocalList, sent: SendLocalList, now: datetime) -> None:
    update = Update(
        is_full=sent.update_type == UpdateType.FULL, entries=sent.entries, removed=sent.removed
    )
    held = held_entries(row)
    if held is None and not update.is_full:
        row.due_at = now
        return
    keep_entries(row, applied(held, update))
    row.version = sent.version
    row.verified_at = row.synced_at = now
    row.failures, row.last_error = 0, ""
    row.due_at = now


def held_entries(row: LocalList) -> list[Entry] | None:
    """What the station holds; None when that is not known."""
    return None if row.entries is None else [Entry.from_json(found) for found in row.entries]


def keep_entries(row: LocalList, entries: list[Entry]) -> None:
    """Write down what the station holds (unsaved)."""
    row.entries = [entry.to_json() for entry in entries]
    row.entry_count = len(entries)
    row.checksum = checksum(entries)


def _failed(row: LocalList, why: str, now: datetime) -> None:
    row.failures += 1
    row.last_error = why[:200]
    if row.failures >= MAX_FAILURES:
        _give_up(row, LocalListState.FAILED, why)
        return
    row.state = LocalListState.WAITING
    row.due_at = now + _PAUSES[min(row.failures, len(_PAUSES)) - 1]


def _give_up(row: LocalList, state: LocalListState, why: str) -> None:
    row.state, row.last_error, row.due_at = state, why[:200], None
    row.force_full = False


def _word(command: StationCommand) -> str:
    return command.raw_status or str(CommandStatus(command.status).label)
