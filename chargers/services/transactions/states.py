"""The history of a session's charging states: what is priced as charging and what as parking."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chargers.domain import clocks
from chargers.domain.messages import TransactionEvent
from chargers.domain.sequence import Place
from chargers.domain.vocabulary import ChargingState
from chargers.models import ChargingStateChange, Transaction
from common.prepared import PreparedInsert

_ADD = PreparedInsert(ChargingStateChange, ignore_conflicts=True)


def add_state(
    *,
    operator_id: UUID,
    transaction_id: UUID,
    state: ChargingState,
    device_at: datetime | None,
    received_at: datetime,
) -> None:
    """Add a state to the history, once however often it is told. One statement."""
    change = ChargingStateChange(
        operator_id=operator_id,
        transaction_id=transaction_id,
        at=clocks.correct(device_at, received_at=received_at).at,
        device_at=clocks.storable(device_at) or received_at,
        received_at=received_at,
        state=state.value,
    )
    _ADD.run(change)


def add_state_of(
    row: Transaction, message: TransactionEvent, *, place: Place, received_at: datetime
) -> None:
    """Add the state of an event of a session that is known, if it is news.

    News is another state than the row shows; any state behind a hole in the numbering, since what is
    missing may be a change, too; and of an event that comes late its place in the past, unless
    nobody knows when it was.
    """
    if message.charging_state is None:
        return
    if place.is_live and row.is_active:
        if message.charging_state.value != row.charging_state or _is_behind_hole(message, place):
            add_told_state(row, message, received_at=received_at)
    elif clocks.is_plausible(message.device_at, received_at):
        add_told_state(row, message, received_at=received_at)


def _is_behind_hole(message: TransactionEvent, place: Place) -> bool:
    return message.seq_no is not None and message.seq_no - 1 in place.missing


def add_told_state(row: Transaction, message: TransactionEvent, *, received_at: datetime) -> None:
    """Add the state that an event tells, if any, to a stored session."""
    if message.charging_state is not None:
        add_state(
            operator_id=row.operator_id,
            transaction_id=row.pk,
            state=message.charging_state,
            device_at=message.device_at,
            received_at=received_at,
        )
