"""TransactionEvent Started, 1.6 StartTransaction."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError
from django.db.models import CharField, UUIDField
from django.db.transaction import atomic

from chargers.domain import clocks
from chargers.domain.context import StationContext
from chargers.domain.deduplication import start_key
from chargers.domain.messages import TransactionEvent
from chargers.domain.results import IdTokenInfo, TransactionResult
from chargers.domain.review import Finding, Oddity
from chargers.models import Evse, Transaction
from chargers.services.hardware import find_evse
from chargers.services.meter_values import LIVE_FIELDS, readings_item, store_readings_of
from chargers.services.transactions.authorizing import (
    TOKEN_FIELDS,
    decide_token,
    decided_before,
)
from chargers.services.transactions.closing import locked
from chargers.services.transactions.flags import FLAG_FIELDS, flag
from chargers.services.transactions.late_starts import (
    begin_at_start,
    lacks_start,
    measure_again,
)
from chargers.services.transactions.opening import (
    new_transaction,
    occupy,
    publish_start,
)
from chargers.services.transactions.states import add_told_state
from common.prepared import Param, Prepared
from events.outbox import forgotten_on_error

_STATION_ID = Param("station_id", UUIDField())
_BY_REFERENCE = Prepared(
    lambda: Transaction.objects.filter(
        station_id=_STATION_ID, station_ref=Param("station_ref", CharField())
    ).order_by()
)
_BY_START_KEY = Prepared(
    lambda: Transaction.objects.filter(
        station_id=_STATION_ID, start_key=Param("start_key", CharField())
    ).order_by()
)


def start_transaction(
    message: TransactionEvent, *, station: StationContext, received_at: datetime
) -> TransactionResult:
    """Open a session; a repeated start is the same session and gets the same id back.

    Never refuses: a token that may not charge is answered so, but the session is kept. A session
    that still runs at the EVSE has lost its stop and is closed provisionally.
    """
    try:
        with forgotten_on_error():
            return _start(message, station=station, received_at=received_at)
    except IntegrityError:
        # Stored at this moment by another process, or the id that we drew was taken.
        return _start(message, station=station, received_at=received_at)


@atomic
def _start(
    message: TransactionEvent, *, station: StationContext, received_at: datetime
) -> TransactionResult:
    evse = find_evse(station=station, number=message.evse)
    key = _key(message, station, received_at)
    known = _find_known(message, station, evse, key)
    if known is not None:
        return _start_again(known, message, station=station, evse=evse, received_at=received_at)
    row = new_transaction(
        message,
        station=station,
        evse=evse,
        station_ref=message.transaction_ref,
        start_key=key,
        received_at=received_at,
    )
    return _begin(row, message, station=station, evse=evse, received_at=received_at)


def _key(message: TransactionEvent, station: StationContext, received_at: datetime) -> str:
    if message.transaction_ref is not None:
        return ""  # the station's own reference tells sessions apart
    return start_key(
        station_id=station.station_id,
        evse=message.evse,
        id_token_uid=message.id_token.uid if message.id_token else "",
        device_at=message.device_at,
        received_at=received_at,
        meter_start_wh=message.meter_wh,
    )


def _find_known(
    message: TransactionEvent, station: StationContext, evse: Evse | None, key: str
) -> Transaction | None:
    if message.transaction_ref is not None:
        ref = message.transaction_ref[:40]
        return _BY_REFERENCE.first(station_id=station.station_id, station_ref=ref)
    same = _BY_START_KEY.first(station_id=station.station_id, start_key=key) if key else None
    return same or _find_alike(message, evse, key)


def _find_alike(message: TransactionEvent, evse: Evse | None, key: str) -> Transaction | None:
    """The running session that this start repeats, where a clock leaves no better proof."""
    if evse is None or evse.active_transaction_id is None:
        return None
    running = evse.active_transaction
    if running is None or not running.is_active or (key and running.start_key):
        return None
    uid = message.id_token.uid if message.id_token else ""
    same_token = running.id_token_uid.upper() == uid.upper()
    same_register = message.meter_wh is not None and running.meter_start_wh == message.meter_wh
    return running if same_token and same_register else None


def _begin(
    row: Transaction,
    message: TransactionEvent,
    *,
    station: StationContext,
    evse: Evse | None,
    received_at: datetime,
) -> TransactionResult:
    info = decide_token(row, message, station=station, now=received_at)
    flag(row, _clock_findings(message, received_at), now=received_at)
    _store(row, message, station, received_at)
    row.save(force_insert=True)
    add_told_state(row, message, received_at=received_at)
    occupy(evse, row, now=received_at)
    publish_start(row, evse=evse, now=received_at)
    return TransactionResult(assigned_id=row.assigned_id, token=info)


def _clock_findings(message: TransactionEvent, received_at: datetime) -> list[Finding]:
    trusted = clocks.is_plausible(message.device_at, received_at)
    return [] if trusted else [Finding(Oddity.UNTRUSTED_CLOCK, "start")]


def _store(
    row: Transaction, message: TransactionEvent, station: StationContext, received_at: datetime
) -> None:
    item = readings_item(
        station=station,
        row=row,
        evse_number=message.evse or 0,
        readings=message.readings,
        reference=message.device_at,
        received_at=received_at,
    )
    store_readings_of(row, item)


def _start_again(
    known: Transaction,
    message: TransactionEvent,
    *,
    station: StationContext,
    evse: Evse | None,
    received_at: datetime,
) -> TransactionResult:
    row = locked(known.pk)
    if lacks_start(row):
        info = _fill_in(row, message, station=station, evse=evse, received_at=received_at)
        return _answer(row, info)
    if not _is_proven(row, message, received_at):
        flag(row, [Finding(Oddity.START_REPEATED, "clock not trusted")], now=received_at)
        row.save(update_fields=FLAG_FIELDS)
    return _answer(row, None)


def _is_proven(row: Transaction, message: TransactionEvent, received_at: datetime) -> bool:
    """Whether the repetition is certain: by the station's reference or a start key."""
    if row.assigned_id is None:
        return True
    return bool(row.start_key) and clocks.is_plausible(message.device_at, received_at)


def _fill_in(
    row: Transaction,
    message: TransactionEvent,
    *,
    station: StationContext,
    evse: Evse | None,
    received_at: datetime,
) -> IdTokenInfo | None:
    """The start comes after later events of the same transaction (2.x, out of order)."""
    begin_at_start(row, message, station=station, now=received_at)
    row.remote_start_id = message.remote_start_id or row.remote_start_id
    row.evse = row.evse or evse
    info = None
    if not row.id_token_uid:
        info = decide_token(row, message, station=station, now=received_at)
    _store(row, message, station, received_at)
    measure_again(row, now=received_at)
    row.save(
        update_fields=[
            *TOKEN_FIELDS,
            *LIVE_FIELDS,
            "started_at",
            "started_device_at",
            "remote_start_id",
            "evse",
        ]
    )
    add_told_state(row, message, received_at=received_at)
    if row.is_active:
        occupy(evse, row, now=received_at)
    return info


def _answer(row: Transaction, info: IdTokenInfo | None) -> TransactionResult:
    if info is None and row.authorization_status:
        info = decided_before(row)
    return TransactionResult(assigned_id=row.assigned_id, token=info)
