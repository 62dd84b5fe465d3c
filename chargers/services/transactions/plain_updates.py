"""TransactionEvents that only bring readings: most of what a 2.x station says while it charges.

They take the bulk path of meter values instead of one service call each. Anything that is not
plainly the next event of a running session goes to `progress.update_transaction`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chargers.domain.context import StationContext
from chargers.domain.messages import TransactionEvent
from chargers.domain.vocabulary import TransactionEventType
from chargers.models import TransactionState
from chargers.services.meter_sql import SessionKey, SessionRow, sessions_by_reference
from chargers.services.meter_values import ReadingsItem


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedUpdate:
    station: StationContext
    message: TransactionEvent
    received_at: datetime


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
    sessions = sessions_by_reference({_key(update) for update in updates})
    return [_item(update, sessions.get(_key(update))) for update in updates]


def _key(update: ReceivedUpdate) -> SessionKey:
    return (update.station.station_id, update.message.transaction_ref or "")


def _item(update: ReceivedUpdate, running: SessionRow | None) -> ReadingsItem | None:
    message = update.message
    if running is None or running.state != TransactionState.ACTIVE or running.evse_number is None:
        return None
    if running.last_seq_no is None or message.seq_no is None:
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
        session=running,
    )
