"""Local lists kept in step with the operator's tokens (OCPP 2.0.1 D).

A list is a row that is due or not. Being due costs one look: what the station holds against what
it should hold, and at most one message on its way. The answer makes the row due again, so that a
long list arrives message by message, and a lost message costs one interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q
from django.db.transaction import atomic

from chargers.domain.commands import GetLocalListVersion, SendLocalList, UpdateType
from chargers.domain.local_list import Entry, Limits, Update, earliest_expiry, next_update
from chargers.models import LocalList, LocalListState, StationCommand
from chargers.selectors.access import access_settings, list_limits
from chargers.services.command_queue import queue_command
from chargers.services.local_lists.answers import held_entries, settle
from chargers.services.local_lists.wanted import Listed, tokens_of_operator, wanted_at
from common.tenancy import system_scope

# Several changes of tokens in a row make one update.
SETTLING = timedelta(seconds=5)
# What no event told of (a token changed by hand in the database) is found within a day.
RECHECK = timedelta(hours=24)
TIMEOUT = timedelta(seconds=120)
_PER_SWEEP = 200
_ENDED = (LocalListState.NOT_SUPPORTED, LocalListState.FAILED)


class Tokens:
    """The tokens of operators, asked for once in a sweep."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._found: dict[UUID, Sequence[Listed]] = {}

    def of(self, operator_id: UUID) -> Sequence[Listed]:
        if operator_id not in self._found:
            self._found[operator_id] = tokens_of_operator(operator_id, now=self._now)
        return self._found[operator_id]


def mark_due(*, operator_id: UUID, now: datetime) -> int:
    """Tokens of an operator have changed: its managed lists are due in a moment. Returns how many.

    A list that is due already stays so, which makes one update of many changes.
    """
    soon = now + SETTLING
    rows = LocalList.objects.filter(operator_id=operator_id, is_managed=True)
    waiting = rows.exclude(state__in=_ENDED).filter(Q(due_at=None) | Q(due_at__gt=soon))
    return waiting.update(due_at=soon, state=LocalListState.WAITING)


def sync_due_lists(*, now: datetime) -> int:
    """Look at every list that is due at a station that can be reached. Returns how many.

    Due is also a managed list of a station that has connected since it last told its version.
    """
    with system_scope("sweep: lists of every operator"):
        reachable = LocalList.objects.filter(station__is_online=True, station__is_enabled=True)
        unverified = Q(verified_at=None) | Q(verified_at__lt=F("station__connected_at"))
        # a pause after a failure holds for a new connection, too
        reconnected = Q(unverified, is_managed=True) & (Q(due_at=None) | Q(failures=0))
        due = reachable.exclude(state__in=_ENDED).filter(
            Q(due_at__lte=now) | (reconnected & Q(command=None))
        )
        keys = list(due.order_by("due_at", "id").values_list("pk", flat=True)[:_PER_SWEEP])
        tokens = Tokens(now)
        for key in keys:
            advance(list_id=key, now=now, tokens=tokens)
        return len(keys)


@atomic
def advance(*, list_id: int, now: datetime, tokens: Tokens | None = None) -> StationCommand | None:
    """Take the last answer into account and queue the next message, if one is needed.

    Returns:
        The command that is on its way now; None when there is nothing to send.
    """
    row = (
        LocalList.objects.select_for_update(of=("self",))
        .select_related("station", "command")
        .get(pk=list_id)
    )
    if settle(row, now=now) and row.state not in _ENDED and _may_send(row, now):
        _next_step(row, tokens or Tokens(now), now)
    row.save()
    return row.command if row.command is not None and row.command.is_open else None


def _may_send(row: LocalList, now: datetime) -> bool:
    if not (row.station.is_online and row.station.is_enabled):
        return False
    if row.due_at is not None and row.due_at <= now:
        return True
    return row.is_managed and row.failures == 0 and not _is_verified(row)


def _next_step(row: LocalList, tokens: Tokens, now: datetime) -> None:
    if not _is_verified(row):
        _send(row, GetLocalListVersion(), now)
        return
    limits = list_limits(access_settings(row.station))
    wanted = wanted_at(row.station, tokens.of(row.operator_id), limits, now=now)
    held = None if row.force_full else held_entries(row)
    update = next_update(held, wanted, limits)
    if update is None:
        _in_step(row, wanted, now)
        return
    row.force_full = False
    _send(row, _command(row, update), now)


def _is_verified(row: LocalList) -> bool:
    """Whether the station has told its version since it connected."""
    connected_at = row.station.connected_at
    return row.verified_at is not None and (connected_at is None or row.verified_at >= connected_at)


def _command(row: LocalList, update: Update) -> SendLocalList:
    row.sent_version = max(row.sent_version, row.version) + 1
    return SendLocalList(
        version=row.sent_version,
        update_type=UpdateType.FULL if update.is_full else UpdateType.DIFFERENTIAL,
        entries=update.entries,
        removed=update.removed,
    )


def _send(row: LocalList, command: SendLocalList | GetLocalListVersion, now: datetime) -> None:
    row.command = queue_command(
        operator_id=row.operator_id,
        station_id=row.station_id,
        command=command,
        now=now,
        timeout=TIMEOUT,
    )
    row.state = LocalListState.UPDATING
    # the sweep looks again should the news of the answer be lost
    row.due_at = now + TIMEOUT


def _in_step(row: LocalList, wanted: Sequence[Entry], now: datetime) -> None:
    row.state, row.last_error, row.failures = LocalListState.IN_STEP, "", 0
    row.due_at = None
    if row.is_managed:
        expiry = earliest_expiry(wanted)
        row.due_at = min(now + RECHECK, expiry) if expiry else now + RECHECK


def difference(row: LocalList, limits: Limits, *, now: datetime) -> tuple[int, int] | None:
    """How many tokens a list lacks (or has wrongly) and has too many; None when not known."""
    held = held_entries(row)
    if held is None:
        return None
    tokens = tokens_of_operator(row.operator_id, now=now)
    wanted = wanted_at(row.station, tokens, limits, now=now)
    after = {entry.key: entry for entry in wanted}
    before = {entry.key: entry for entry in held}
    lacking = sum(before.get(key) != entry for key, entry in after.items())
    return (lacking, sum(key not in after for key in before))
