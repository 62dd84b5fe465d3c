"""Displays of running sessions, brought up to date every few seconds.

Rows are the queue: `SessionDisplay` holds what a display was last told, so a refresh that is lost
or runs twice does no harm. Nothing happens as long as nobody quotes a cost or words a tariff.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.transaction import atomic

from chargers import ports
from chargers.domain import commands as wire
from chargers.domain.dialects import Dialect
from chargers.models import (
    ChargingStation,
    CommandStatus,
    SessionDisplay,
    StationCommand,
    StationVariable,
    Transaction,
    TransactionState,
)
from chargers.ports import RunningCost, TariffTextRequest
from chargers.services.command_queue import queue_command
from chargers.services.display.board import next_number, take_down_with_sessions
from chargers.services.display.dialects import dialects_of, in_words, session_values
from common.money import major_units
from common.tenancy import system_scope

EVERY = timedelta(seconds=30)
_TIMEOUT = timedelta(seconds=30)
# A station that knows no costs is asked again after a while: its firmware may have learnt it.
_FORGET_REFUSALS = timedelta(days=7)
# The bill of a session is told soon after its end, or never.
_FINAL_WITHIN = timedelta(minutes=10)
_PER_SWEEP = 500
_COST_VARIABLES = ("TariffCostCtrlr.Available[Cost]", "TariffCostCtrlr.Enabled[Cost]")


def refresh_displays(*, now: datetime) -> int:
    """Tell running sessions' displays cost and tariff, ended ones' the bill. Returns how many."""
    with system_scope("refresh: displays of every operator"):
        take_down_with_sessions(now=now)
        told = _tell_tariffs(now) if _somebody_words_tariffs() else 0
        if ports.running_cost_quoter() is not ports.no_running_cost:
            told += _tell_costs(now) + _tell_bills(now)
        return told


def _somebody_words_tariffs() -> bool:
    return ports.tariff_text_provider() is not ports.no_tariff_text


def _running() -> QuerySet[Transaction]:
    rows = Transaction.objects.filter(
        state=TransactionState.ACTIVE, station__is_online=True, station__is_enabled=True
    )
    return rows.select_related("station", "evse", "display", "id_token").order_by(
        "started_at", "id"
    )


def _tell_costs(now: datetime) -> int:
    due = _running().filter(Q(display=None) | Q(display__told_at=None) | _told_before(now))
    rows = list(due[:_PER_SWEEP])
    costs = ports.running_costs(transaction_ids=[row.pk for row in rows], now=now)
    priced = [row for row in rows if row.pk in costs]
    deaf = _without_costs({row.station_id for row in priced}, now)
    words = dialects_of([row.station for row in priced])
    return sum(
        _tell_cost(row, costs[row.pk], words.get(row.station_id), now)
        for row in priced
        if row.station_id not in deaf
    )


def _told_before(now: datetime) -> Q:
    return Q(display__told_at__lte=now - EVERY)


def _without_costs(station_ids: set[UUID], now: datetime) -> set[UUID]:
    """Stations that show no costs: by their variables, or because they have said so lately."""
    off = StationVariable.objects.filter(
        station_id__in=station_ids, name__in=_COST_VARIABLES, value__iexact="false"
    )
    refused = StationCommand.objects.filter(
        station_id__in=station_ids,
        kind=wire.ShowCost.kind,
        status__in=[CommandStatus.NOT_SUPPORTED, CommandStatus.REJECTED],
        requested_at__gte=now - _FORGET_REFUSALS,
    )
    return {
        *off.order_by().values_list("station_id", flat=True),
        *refused.order_by().values_list("station_id", flat=True).distinct(),
    }


@atomic
def _tell_cost(
    row: Transaction,
    cost: RunningCost | None,
    dialect: Dialect | None,
    now: datetime,
    *,
    is_final: bool = False,
) -> bool:
    display = getattr(row, "display", None)
    if cost is None or (not is_final and _is_known(display, cost)):
        return False
    if is_final and (dialect is None or dialect.final_cost is None):
        return False  # the others had it in the answer to their last event
    command = _queue_cost(row, cost, dialect, now, is_final=is_final)
    _forget_earlier(row, command)
    SessionDisplay.objects.update_or_create(
        transaction=row,
        defaults={
            "operator_id": row.operator_id,
            "amount_minor": cost.amount_minor,
            "currency": cost.currency,
            "is_final": is_final,
            "command": command,
            "told_at": now,
        },
    )
    return True


def _is_known(display: SessionDisplay | None, cost: RunningCost) -> bool:
    if display is None:
        return False
    return (display.amount_minor, display.currency) == (cost.amount_minor, cost.currency)


def _queue_cost(
    row: Transaction, cost: RunningCost, dialect: Dialect | None, now: datetime, *, is_final: bool
) -> StationCommand:
    amount = major_units(cost.amount_minor, cost.currency)
    template = None
    if dialect is not None:
        template = dialect.final_cost if is_final else dialect.running_cost
    values = session_values(row, now=now, cost=amount, currency=cost.currency)
    return queue_command(
        operator_id=row.operator_id,
        station_id=row.station_id,
        command=wire.ShowCost(
            transaction_ref=row.station_ref,
            total_cost=str(amount),
            currency=cost.currency,
            is_final=is_final,
            **in_words(template, values),
        ),
        now=now,
        timeout=_TIMEOUT,
        transaction=row,
    )


def _forget_earlier(row: Transaction, command: StationCommand) -> None:
    """Of the costs that a session was told by itself, the history keeps the last: there are many."""
    earlier = StationCommand.objects.filter(
        station_id=row.station_id,
        transaction=row,
        kind=wire.ShowCost.kind,
        requested_by=None,
        requested_by_key=None,
        status=CommandStatus.ACCEPTED,
    )
    earlier.exclude(pk=command.pk).delete()


def _tell_bills(now: datetime) -> int:
    ended = Transaction.objects.filter(
        state=TransactionState.ENDED,
        ended_received_at__gte=now - _FINAL_WITHIN,
        display__is_final=False,
        display__amount_minor__isnull=False,
        station__is_online=True,
    ).select_related("station", "evse", "display", "id_token")
    rows = list(ended.order_by("ended_received_at", "id")[:_PER_SWEEP])
    words = dialects_of([row.station for row in rows])
    quote = ports.running_cost_quoter()
    return sum(
        _tell_cost(
            row,
            quote(transaction_id=row.pk, now=now),
            words.get(row.station_id),
            now,
            is_final=True,
        )
        for row in rows
    )


def _tell_tariffs(now: datetime) -> int:
    """Where the answer to the start could not carry it: makes with words of their own for it."""
    rows = _running().filter(Q(display=None) | Q(display__tariff_text=""))
    fresh = rows.filter(started_received_at__gte=now - _FINAL_WITHIN)
    waiting = list(fresh[:_PER_SWEEP])
    words = dialects_of([row.station for row in waiting])
    return sum(_tell_tariff(row, words.get(row.station_id), now) for row in waiting)


@atomic
def _tell_tariff(row: Transaction, dialect: Dialect | None, now: datetime) -> bool:
    if dialect is None or dialect.tariff is None:
        return False
    asked = TariffTextRequest(
        station_id=row.station_id,
        evse=row.evse.number if row.evse else None,
        token=row.id_token,
        now=now,
    )
    message = ports.tariff_text_provider()(asked)
    if message is None:
        return False
    _queue_tariff(row.station, row, dialect, message.text, now)
    SessionDisplay.objects.update_or_create(
        transaction=row,
        defaults={"operator_id": row.operator_id, "tariff_text": message.text},
    )
    return True


def _queue_tariff(
    station: ChargingStation, row: Transaction, dialect: Dialect, text: str, now: datetime
) -> StationCommand:
    values = session_values(row, now=now, text=text)
    return queue_command(
        operator_id=row.operator_id,
        station_id=row.station_id,
        command=wire.ShowTariff(
            number=next_number(station),
            text=text,
            id_token_uid=row.id_token_uid,
            transaction_ref=row.station_ref,
            **in_words(dialect.tariff, values),
        ),
        now=now,
        timeout=_TIMEOUT,
        transaction=row,
    )
