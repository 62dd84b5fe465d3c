"""TransactionEvent Updated (OCPP 2.0.1 E02); 1.6 has no such message."""

from __future__ import annotations

from datetime import datetime

from django.db.transaction import atomic

from chargers.domain import clocks
from chargers.domain.context import StationContext
from chargers.domain.messages import TransactionEvent
from chargers.domain.results import IdTokenInfo, TransactionResult
from chargers.domain.review import Finding, Oddity
from chargers.domain.sequence import Place, place
from chargers.models import ChargingStation, Transaction
from chargers.services.authorization import authorize_token
from chargers.services.hardware import find_connector, find_evse
from chargers.services.meter_values import (
    LIVE_FIELDS,
    announce_late,
    readings_item,
    store_readings_of,
)
from chargers.services.transactions.authorizing import TOKEN_FIELDS, decide_token
from chargers.services.transactions.closing import locked_by_reference
from chargers.services.transactions.flags import flag, missing_events, note_missing_events
from chargers.services.transactions.late_starts import (
    BEGIN_FIELDS,
    begin_earlier,
    lacks_start,
    measure_again,
)
from chargers.services.transactions.opening import new_transaction, occupy, publish_start
from chargers.services.transactions.states import add_state_of, add_told_state
from common.prepared import save_fields, update_of

_SAVE = update_of(
    Transaction,
    *TOKEN_FIELDS,
    *LIVE_FIELDS,
    "last_seq_no",
    "charging_state",
    "evse",
    "connector",
)


@atomic
def update_transaction(
    message: TransactionEvent, *, station: StationContext, received_at: datetime
) -> TransactionResult:
    """Progress of a session: readings, charging state, the token that came after the plug.

    Events are ordered by seqNo: a late one adds to the history and changes nothing live. A
    session whose start was never heard of is opened and flagged.
    """
    if message.transaction_ref is None:
        return TransactionResult()
    row = _find_or_open(message, station=station, received_at=received_at)
    spot = place_event(row, message, received_at=received_at)
    add_state_of(row, message, place=spot, received_at=received_at)
    if row.is_active and spot.is_live:
        _show(row, message, station=station, received_at=received_at)
    row.last_seq_no = spot.last_seq_no
    begins = lacks_start(row)
    if begins:
        begin_earlier(row, message, station=station, now=received_at)
    info = _token(row, message, station=station, received_at=received_at)
    store_event_readings(row, message, station=station, received_at=received_at)
    if not row.is_active and (message.readings or message.charging_state is not None):
        announce_late(row.pk, station=station, now=received_at)
    save_fields(_SAVE, row)
    if begins:
        measure_again(row, now=received_at)
        row.save(update_fields=BEGIN_FIELDS)
    return TransactionResult(assigned_id=row.assigned_id, token=info)


def _find_or_open(
    message: TransactionEvent, *, station: StationContext, received_at: datetime
) -> Transaction:
    ref = (message.transaction_ref or "")[:40]
    known = locked_by_reference(station.station_id, ref)
    if known is not None:
        return known
    evse = find_evse(station=station, number=message.evse)
    row = new_transaction(
        message,
        station=station,
        evse=evse,
        station_ref=ref,
        start_key="",
        received_at=received_at,
    )
    flag(row, [Finding(Oddity.START_MISSING)], now=received_at)
    row.save(force_insert=True)
    add_told_state(row, message, received_at=received_at)
    occupy(evse, row, now=received_at)
    publish_start(row, evse=evse, now=received_at)
    return row


def place_event(row: Transaction, message: TransactionEvent, *, received_at: datetime) -> Place:
    """Order an event by its seqNo and note holes on the row (unsaved)."""
    restarted = _has_restarted(row, message, received_at)
    spot = place(
        message.seq_no,
        last_seq_no=row.last_seq_no,
        missing=missing_events(row),
        restarted=restarted,
    )
    if restarted:
        flag(row, [Finding(Oddity.NUMBERING_RESTARTED)], now=received_at)
    note_missing_events(row, spot.missing, now=received_at)
    return spot


def _has_restarted(row: Transaction, message: TransactionEvent, received_at: datetime) -> bool:
    """Whether the station counts anew: a lower number, but of an event after its last boot."""
    if message.seq_no is None or row.last_seq_no is None or message.seq_no >= row.last_seq_no:
        return False
    booted_at = (
        ChargingStation.objects.filter(pk=row.station_id).values_list("booted_at", flat=True).get()
    )
    if booted_at is None:
        return False
    event_at = clocks.correct(message.device_at, received_at=received_at).at
    latest_at = max(row.last_reading_at or row.started_at, row.started_at)
    return event_at >= booted_at > latest_at


def _show(
    row: Transaction, message: TransactionEvent, *, station: StationContext, received_at: datetime
) -> None:
    if message.charging_state is not None:
        row.charging_state = message.charging_state.value
    if row.evse is None and message.evse is not None:
        row.evse = find_evse(station=station, number=message.evse)
        row.connector = find_connector(evse=row.evse, number=message.connector)
        occupy(row.evse, row, now=received_at)


def _token(
    row: Transaction, message: TransactionEvent, *, station: StationContext, received_at: datetime
) -> IdTokenInfo | None:
    if message.id_token is None and message.remote_start_id is None:
        return None
    if not row.id_token_uid:
        return decide_token(row, message, station=station, now=received_at)
    return answer_for_token(message, station=station, now=received_at)


def answer_for_token(
    message: TransactionEvent, *, station: StationContext, now: datetime
) -> IdTokenInfo | None:
    """What to say of a token that came with an event but does not decide who pays."""
    if message.id_token is None:
        return None
    authorization = authorize_token(
        station=station, evse=message.evse, id_token=message.id_token, now=now
    )
    return authorization.info


def store_event_readings(
    row: Transaction, message: TransactionEvent, *, station: StationContext, received_at: datetime
) -> None:
    """Store the readings that an event carries; the row shows them unsaved (`LIVE_FIELDS`)."""
    item = readings_item(
        station=station,
        row=row,
        evse_number=row.evse.number if row.evse else message.evse or 0,
        readings=message.readings,
        reference=message.device_at,
        received_at=received_at,
    )
    store_readings_of(row, item)
