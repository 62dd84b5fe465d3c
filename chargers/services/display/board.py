"""Rows of what displays show, kept in step with our wishes, stations' answers and their reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from chargers.domain import commands
from chargers.domain.commands import Outcome
from chargers.domain.context import StationContext
from chargers.domain.messages import NotifyDisplayMessages, ShownMessage
from chargers.domain.results import Acknowledged
from chargers.domain.vocabulary import MessageFormat, MessagePriority
from chargers.models import (
    ChargingStation,
    DisplayMessage,
    DisplayStatus,
    StationCommand,
    Transaction,
    TransactionState,
)

# Our numbers start here, above those that stations and their makers use by themselves.
FIRST_NUMBER = 1000
_LATEST_QUESTIONS = 20


def next_number(station: ChargingStation) -> int:
    """An id for a new message of this station; call it inside the transaction that uses it."""
    ChargingStation.objects.select_for_update(of=("self",)).get(pk=station.pk)
    rows = DisplayMessage.objects.filter(station=station, number__lt=2**31 - 1)
    highest = rows.aggregate(highest=Max("number"))["highest"] or 0
    return max(FIRST_NUMBER, highest + 1)


def begin_message(row: StationCommand, asked: commands.SetDisplayMessage, now: datetime) -> None:
    _write(
        row,
        asked.number,
        priority=asked.priority.value,
        state=asked.state,
        transaction_ref=asked.transaction_ref,
        starts_at=asked.starts_at,
        ends_at=asked.ends_at,
        format=asked.format.value,
        language=asked.language,
        content=asked.content,
        changed_at=now,
    )


def begin_tariff(row: StationCommand, asked: commands.ShowTariff, now: datetime) -> None:
    _write(
        row,
        asked.number,
        priority=MessagePriority.IN_FRONT.value,
        state="",
        transaction_ref=asked.transaction_ref,
        starts_at=None,
        ends_at=None,
        format=MessageFormat.UTF8.value,
        language=asked.language,
        content=asked.text,
        changed_at=now,
    )


def _write(row: StationCommand, number: int, *, transaction_ref: str, **values: Any) -> None:
    DisplayMessage.objects.update_or_create(
        station_id=row.station_id,
        number=number,
        defaults={
            **values,
            "operator_id": row.operator_id,
            "transaction_ref": transaction_ref[:40],
            "transaction": _own_transaction(row.station_id, transaction_ref),
            "status": DisplayStatus.ASKED,
            "raw_status": "",
        },
    )


def _own_transaction(station_id: UUID, reference: str) -> Transaction | None:
    """The station's own; a reference of another station means nothing."""
    if not reference:
        return None
    return Transaction.objects.filter(station_id=station_id, station_ref=reference[:40]).first()


def _of_command(row: StationCommand) -> Any:
    return DisplayMessage.objects.filter(
        station_id=row.station_id, number=row.arguments.get("number", -1)
    )


def agree_to_message(row: StationCommand, outcome: Outcome, now: datetime) -> None:
    _of_command(row).update(
        status=DisplayStatus.SHOWN, raw_status=outcome.raw_status[:50], changed_at=now
    )


def refuse_message(row: StationCommand, now: datetime) -> None:
    """Nothing is shown. Of a command that was overtaken by a later one, nothing is said."""
    if row.is_agreed:
        return
    asked = _of_command(row).filter(status=DisplayStatus.ASKED)
    asked.update(
        status=DisplayStatus.REFUSED,
        raw_status=(row.raw_status or row.get_status_display())[:50],
        changed_at=now,
    )


def agree_to_clear(row: StationCommand, outcome: Outcome, now: datetime) -> None:
    _of_command(row).update(
        status=DisplayStatus.CLEARED, raw_status=outcome.raw_status[:50], changed_at=now
    )


def agree_to_question(row: StationCommand, outcome: Outcome, now: datetime) -> None:
    """A display without any message needs no report to say so."""
    asked = commands.GetDisplayMessages.from_json(row.arguments)
    if outcome.detail.get("messages") == "none" and asked.asks_for_all:
        shown = DisplayMessage.objects.filter(
            station_id=row.station_id, status=DisplayStatus.SHOWN, changed_at__lte=row.requested_at
        )
        shown.update(status=DisplayStatus.CLEARED, changed_at=now)


@transaction.atomic
def record_display_messages(
    message: NotifyDisplayMessages, *, station: StationContext, received_at: datetime
) -> Acknowledged:
    """NotifyDisplayMessages (O03, O04): what is named is shown; after the last part of a report of
    everything, what was not named is shown no more.
    """
    _store(message.messages, message.request_id, station, received_at)
    if message.is_last:
        question = _question(station, message.request_id)
        if question is not None and _asked_for_all(question):
            gone = DisplayMessage.objects.filter(
                station_id=station.station_id,
                status=DisplayStatus.SHOWN,
                changed_at__lte=question.requested_at,
            ).exclude(reported_in=message.request_id)
            gone.update(status=DisplayStatus.CLEARED, changed_at=received_at)
    return Acknowledged()


def _store(
    messages: Iterable[ShownMessage], request_id: int, station: StationContext, now: datetime
) -> None:
    rows = {
        shown.number: DisplayMessage(
            operator_id=station.operator_id,
            station_id=station.station_id,
            number=shown.number,
            priority=shown.priority,
            state=shown.state,
            transaction=_own_transaction(station.station_id, shown.transaction_ref),
            transaction_ref=shown.transaction_ref[:40],
            starts_at=shown.starts_at,
            ends_at=shown.ends_at,
            format=shown.format,
            language=shown.language,
            content=shown.content,
            status=DisplayStatus.SHOWN,
            reported_in=request_id,
            changed_at=now,
        )
        for shown in messages
    }
    DisplayMessage.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["station", "number"],
        update_fields=[
            *("priority", "state", "transaction", "transaction_ref", "starts_at", "ends_at"),
            *("format", "language", "content", "status", "reported_in", "changed_at"),
        ],
    )


def _question(station: StationContext, request_id: int) -> StationCommand | None:
    asked = StationCommand.objects.filter(
        station_id=station.station_id, kind=commands.GetDisplayMessages.kind
    ).order_by("-id")[:_LATEST_QUESTIONS]
    return next((row for row in asked if row.arguments.get("request_id") == request_id), None)


def _asked_for_all(row: StationCommand) -> bool:
    return commands.GetDisplayMessages.from_json(row.arguments).asks_for_all


def take_down_with_sessions(*, now: datetime) -> int:
    """Messages of a transaction end with it (O02). Returns how many ended."""
    over = DisplayMessage.objects.filter(
        status=DisplayStatus.SHOWN, transaction__isnull=False
    ).exclude(transaction__state=TransactionState.ACTIVE)
    ids = list(over.values_list("pk", flat=True)[:1000])
    return DisplayMessage.objects.filter(pk__in=ids).update(
        status=DisplayStatus.CLEARED, changed_at=now
    )


BEGINNINGS: Mapping[str, Callable[[StationCommand, Any, datetime], None]] = {
    commands.SetDisplayMessage.kind: begin_message,
    commands.ShowTariff.kind: begin_tariff,
}
EFFECTS: Mapping[str, Callable[[StationCommand, Outcome, datetime], None]] = {
    commands.SetDisplayMessage.kind: agree_to_message,
    commands.ShowTariff.kind: agree_to_message,
    commands.ClearDisplayMessage.kind: agree_to_clear,
    commands.GetDisplayMessages.kind: agree_to_question,
}
ENDINGS: Mapping[str, Callable[[StationCommand, datetime], None]] = dict.fromkeys(
    BEGINNINGS, refuse_message
)
