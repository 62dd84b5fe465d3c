"""Blocks E and J: transactions and meter values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chargers.domain.messages.values import IdTokenRef, Reading
from chargers.domain.vocabulary import ChargingState, TransactionEventType


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionEvent:
    """Start, progress or end of a Transaction.

    Attributes:
        transaction_ref: the station's reference; None where the CSMS assigns it (1.6 start),
            "-1" or "0" as sent by stations that lost it.
        meter_wh: register at start or stop when the message itself carries it (1.6).
        seq_no: place in the station's numbering, None where the version has none.
        offline: the event happened while the station was offline.
        stop_reason: ReasonEnumType as sent or told by the trigger; empty means Local.
    """

    event_type: TransactionEventType
    device_at: datetime | None
    transaction_ref: str | None = None
    evse: int | None = None
    connector: int | None = None
    id_token: IdTokenRef | None = None
    meter_wh: int | None = None
    readings: tuple[Reading, ...] = ()
    seq_no: int | None = None
    charging_state: ChargingState | None = None
    trigger_reason: str = ""
    stop_reason: str = ""
    remote_start_id: int | None = None
    reservation_id: int | None = None
    offline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterValues:
    """Readings outside a TransactionEvent; `transaction_ref` when the version names one (1.6)."""

    evse: int
    connector: int | None
    transaction_ref: str | None
    readings: tuple[Reading, ...]
