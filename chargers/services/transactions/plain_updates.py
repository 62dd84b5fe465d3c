"""TransactionEvents that only bring readings: most of what a 2.x station says while it charges.

They take the bulk path of meter values instead of one service call each. Anything that is not
plainly the next event of a running session goes to `progress.update_transaction`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chargers.domain.context import StationContext
from chargers.domain.messages import TransactionEvent
from chargers.domain.vocabulary import TransactionEventType
from chargers.models import Transaction, TransactionState
from chargers.services.meter_values import ReadingsItem


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedUpdate:
    station: StationContext
    message: TransactionEvent
    received_at: datetime


@dataclass(slots=True)
class _Running:
    last_seq_no: int | None
    charging_state: str
    evse_number: int


_Key = tuple[UUID, str]


def may_be_plain(message: TransactionEvent) -> bool:
    """Whether the message itself brings nothing but readings."""
    return (
        message.event_type == TransactionEventType.UPDATED
        and bool(message.readings)
        and message.transaction_ref is not None
        and message.id_token is None
        and message.remote_start_id is None
        and message.seq_no is not None
        and not message.offline
    )


def plain_updates(updates: Sequence[ReceivedUpdate]) -> list[ReadingsItem | None]:
    """What to store for each update, None for those that need `update_transaction`. One query.

    Plain is the next number of a running session whose charging state stays as it is.
    """
    running = _running(updates)
    return [_item(update, running.get(_key(update))) for update in updates]


def _key(update: ReceivedUpdate) -> _Key:
    return (update.station.station_id, update.message.transaction_ref or "")


def _running(updates: Sequence[ReceivedUpdate]) -> dict[_Key, _Running]:
    if not updates:
        return {}
    rows = Transaction.objects.filter(
        station_id__in={update.station.station_id for update in updates},
        station_ref__in={update.message.transaction_ref for update in updates},
        state=TransactionState.ACTIVE,
        evse__isnull=False,
    ).values_list("station_id", "station_ref", "last_seq_no", "charging_state", "evse__number")
    return {(row[0], row[1]): _Running(*row[2:]) for row in rows}


def _item(update: ReceivedUpdate, running: _Running | None) -> ReadingsItem | None:
    message = update.message
    if running is None or running.last_seq_no is None or message.seq_no is None:
        return None
    state = message.charging_state
    if message.seq_no != running.last_seq_no + 1:
        return None
    if state is not None and state.value != running.charging_state:
        return None
    running.last_seq_no = message.seq_no
    return ReadingsItem(
        station=update.station,
        evse=running.evse_number,
        transaction_ref=message.transaction_ref,
        readings=message.readings,
        received_at=update.received_at,
        reference=message.device_at,
        seq_no=message.seq_no,
    )
