"""Messages, costs and tariffs that people want on displays."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db.transaction import atomic

from accounts.services.audit import Actor
from chargers.domain import commands as wire
from chargers.domain.vocabulary import MessageFormat, MessagePriority
from chargers.exceptions import UnableToCommand
from chargers.models import (
    ChargingStation,
    DisplayMessage,
    Location,
    StationCommand,
    Transaction,
)
from chargers.services.commands import request_command, request_or_fail
from chargers.services.display.board import next_number
from chargers.services.display.dialects import (
    dialect_of,
    in_words,
    session_values,
    standard_dialect,
)
from common.ids import random_int31

MAX_CONTENT = 512
_LARGEST_COST = Decimal(10**9)


@atomic
def show_message(
    *,
    station: ChargingStation,
    content: str,
    now: datetime,
    priority: MessagePriority = MessagePriority.NORMAL_CYCLE,
    format: MessageFormat = MessageFormat.UTF8,  # noqa: A002 -- the standard's own word
    language: str = "",
    state: str = "",
    transaction: Transaction | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    replaces: DisplayMessage | None = None,
    actor: Actor | None = None,
) -> StationCommand:
    """Show a text on a station's display (OCPP 2.0.1 O01, O02, O06).

    Args:
        state: only while the station is in it; "" is always.
        transaction: only while it runs.
        starts_at, ends_at: None is at once, and until it is cleared.
        replaces: a message of this station whose place it takes.

    Raises:
        UnableToCommand: unreachable, or errors by field.
    """
    _check_message(content, starts_at, ends_at, now)
    _check_session(station, transaction)
    if replaces is not None and replaces.station_id != station.pk:
        _refuse("replaces", "This message belongs to another station.")
    command = wire.SetDisplayMessage(
        number=replaces.number if replaces is not None else next_number(station),
        content=content,
        priority=priority,
        format=format,
        language=language,
        state=state,
        transaction_ref=transaction.station_ref if transaction is not None else "",
        starts_at=starts_at,
        ends_at=ends_at,
    )
    return request_command(
        station=station, command=command, now=now, actor=actor, transaction=transaction
    )


def _refuse(field: str, message: str) -> None:
    raise UnableToCommand(message, errors={field: message})


def _check_message(
    content: str, starts_at: datetime | None, ends_at: datetime | None, now: datetime
) -> None:
    if not content.strip():
        _refuse("content", "There is nothing to show.")
    if len(content) > MAX_CONTENT:
        _refuse("content", f"At most {MAX_CONTENT} characters.")
    if ends_at is not None and ends_at <= max(now, starts_at or now):
        _refuse("ends_at", "It would end before it is shown.")


def _check_session(station: ChargingStation, transaction: Transaction | None) -> None:
    if transaction is None:
        return
    if transaction.station_id != station.pk:
        _refuse("transaction", "This transaction runs at another station.")
    if not transaction.is_active:
        _refuse("transaction", "This transaction has already ended.")


@atomic
def show_message_at_location(
    *,
    location: Location,
    content: str,
    now: datetime,
    priority: MessagePriority = MessagePriority.NORMAL_CYCLE,
    language: str = "",
    state: str = "",
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    actor: Actor | None = None,
) -> list[StationCommand]:
    """The same text at every station of a location; one that is out of reach says so itself."""
    _check_message(content, starts_at, ends_at, now)
    stations = location.stations.select_related("operator").order_by("name", "id")
    return [
        request_or_fail(
            station=station,
            command=wire.SetDisplayMessage(
                number=next_number(station),
                content=content,
                priority=priority,
                language=language,
                state=state,
                starts_at=starts_at,
                ends_at=ends_at,
            ),
            now=now,
            actor=actor,
        )
        for station in stations
    ]


def clear_message(
    *, message: DisplayMessage, now: datetime, actor: Actor | None = None
) -> StationCommand:
    """Take a message down (O05).

    Raises:
        UnableToCommand: unreachable, or it is down already.
    """
    if not message.is_up:
        _refuse("number", "This message is not on the display.")
    command = wire.ClearDisplayMessage(number=message.number)
    return request_command(station=message.station, command=command, now=now, actor=actor)


def ask_display(
    *, station: ChargingStation, now: datetime, actor: Actor | None = None
) -> StationCommand:
    """Have a station tell everything that it shows (O03)."""
    command = wire.GetDisplayMessages(request_id=random_int31())
    return request_command(station=station, command=command, now=now, actor=actor)


def show_cost(
    *,
    transaction: Transaction,
    cost: Decimal,
    now: datetime,
    is_final: bool = False,
    actor: Actor | None = None,
) -> StationCommand:
    """Tell the display of a session's station what it costs (I02; 1.6: by the make's dialect).

    Args:
        cost: in the operator's currency, taxes included.

    Raises:
        UnableToCommand: unreachable, the transaction has ended, or errors by field.
    """
    station = transaction.station
    if not is_final:
        _check_session(station, transaction)
    if not 0 <= cost < _LARGEST_COST:
        _refuse("cost", "An amount of money, not negative.")
    currency = station.operator.currency
    dialect = dialect_of(station) or standard_dialect()
    values = session_values(transaction, now=now, cost=cost, currency=currency)
    template = dialect.final_cost if is_final else dialect.running_cost
    command = wire.ShowCost(
        transaction_ref=transaction.station_ref,
        total_cost=str(cost),
        currency=currency,
        is_final=is_final,
        **in_words(template, values),
    )
    return request_command(
        station=station, command=command, now=now, actor=actor, transaction=transaction
    )


@atomic
def show_tariff(
    *, transaction: Transaction, text: str, now: datetime, actor: Actor | None = None
) -> StationCommand:
    """Tell a driver who charges what it costs, in words (2.x: a message; 1.6: by dialect).

    Raises:
        UnableToCommand: unreachable, the transaction has ended, or errors by field.
    """
    station = transaction.station
    _check_message(text, None, None, now)
    _check_session(station, transaction)
    dialect = dialect_of(station) or standard_dialect()
    values = session_values(transaction, now=now, text=text)
    command = wire.ShowTariff(
        number=next_number(station),
        text=text,
        id_token_uid=transaction.id_token_uid,
        transaction_ref=transaction.station_ref,
        **in_words(dialect.tariff, values),
    )
    return request_command(
        station=station, command=command, now=now, actor=actor, transaction=transaction
    )
