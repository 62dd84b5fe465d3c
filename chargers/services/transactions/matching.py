"""Which session a stop means that has lost its id ("-1", "0", nothing)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from chargers.domain import clocks
from chargers.domain.context import StationContext
from chargers.domain.messages import TransactionEvent
from chargers.models import Transaction, TransactionState

_CLOCK_TOLERANCE = timedelta(minutes=1)
_MAX_CANDIDATES = 50


def match_lost_stop(
    message: TransactionEvent, *, station: StationContext, received_at: datetime
) -> UUID | None:
    """Primary key of the session of this station that fits, or None for none or a tie.

    It fits when its register and time at the start are not above those of the stop and its EVSE
    and token are the same, as far as the stop names them. Running sessions come before those
    that were closed by rule. Only a named token or EVSE may choose among several.
    """
    for state in (TransactionState.ACTIVE, TransactionState.PROVISIONAL):
        rows = (
            Transaction.objects.filter(station_id=station.station_id, state=state)
            .select_related("evse")
            .order_by("-started_at")[:_MAX_CANDIDATES]
        )
        fitting = [row for row in rows if _fits(row, message, received_at)]
        named = message.id_token is not None or message.evse is not None
        if fitting and (named or len(fitting) == 1):
            return max(fitting, key=_start).pk
    return None


def _start(row: Transaction) -> tuple[int, datetime]:
    return (row.meter_start_wh or 0, row.started_at)


def _fits(row: Transaction, message: TransactionEvent, received_at: datetime) -> bool:
    stopped_at = clocks.correct(message.device_at, received_at=received_at).at
    registers = (row.meter_start_wh, message.meter_wh)
    return (
        row.started_at <= stopped_at + _CLOCK_TOLERANCE
        and (None in registers or (row.meter_start_wh or 0) <= (message.meter_wh or 0))
        and (message.evse is None or row.evse is None or row.evse.number == message.evse)
        and _same_token(row, message)
    )


def _same_token(row: Transaction, message: TransactionEvent) -> bool:
    if message.id_token is None or not row.id_token_uid:
        return True
    return row.id_token_uid.upper() == message.id_token.uid.upper()
