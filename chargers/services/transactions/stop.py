"""TransactionEvent Ended, 1.6 StopTransaction. A stop is never refused."""

from __future__ import annotations

from datetime import datetime

from django.db.transaction import atomic

from chargers.domain import clocks
from chargers.domain.context import StationContext
from chargers.domain.deduplication import is_lost_ref, orphan_ref
from chargers.domain.messages import TransactionEvent
from chargers.domain.quirks import SampleRegister
from chargers.domain.results import TransactionResult
from chargers.domain.review import Finding, Oddity, still_open_after_completion
from chargers.domain.security import Noticed
from chargers.models import Transaction, TransactionState
from chargers.services.display.cost import final_cost
from chargers.services.hardware import find_evse
from chargers.services.security_events import note_security_event
from chargers.services.transactions.closing import (
    finish,
    locked,
    locked_by_reference,
    publish_holes,
)
from chargers.services.transactions.flags import FLAG_FIELDS, flag
from chargers.services.transactions.matching import match_lost_stop
from chargers.services.transactions.opening import new_transaction
from chargers.services.transactions.progress import (
    answer_for_token,
    place_event,
    store_event_readings,
)

_DEFAULT_REASON = "Local"


@atomic
def end_transaction(
    message: TransactionEvent, *, station: StationContext, received_at: datetime
) -> TransactionResult:
    """End a session of this station, whatever is odd about the message.

    * of a running session: it ends; of one closed by rule: the true stop completes it;
    * of an ended one: same content changes nothing, other content is kept for review;
    * without a usable id: the running session that fits, else a record without a session;
    * with another station's id: that session is untouched, a security event is published.
    """
    row, findings = _find_or_record(message, station=station, received_at=received_at)
    if row.state == TransactionState.ENDED:
        _stop_again(row, message, station=station, received_at=received_at)
    else:
        _end(row, message, findings, station=station, received_at=received_at)
    info = answer_for_token(message, station=station, now=received_at)
    cost = final_cost(row, now=received_at)
    return TransactionResult(assigned_id=row.assigned_id, token=info, total_cost=cost)


def _find_or_record(
    message: TransactionEvent, *, station: StationContext, received_at: datetime
) -> tuple[Transaction, list[Finding]]:
    ref = orphan_ref(message.transaction_ref, content=_content(message))
    known = locked_by_reference(station.station_id, ref)
    if known is not None:
        return known, []
    if is_lost_ref(message.transaction_ref):
        matched = match_lost_stop(message, station=station, received_at=received_at)
        if matched is not None:
            finding = Finding(Oddity.MATCHED_WITHOUT_ID, f"id {message.transaction_ref}")
            return locked(matched), [finding]
    _report_foreign_reference(message, station=station, now=received_at)
    return _record_orphan(message, ref, station=station, received_at=received_at)


def _content(message: TransactionEvent) -> tuple[object, ...]:
    uid = message.id_token.uid if message.id_token else None
    return (message.device_at, message.meter_wh, uid, message.evse, message.stop_reason)


def _report_foreign_reference(
    message: TransactionEvent, *, station: StationContext, now: datetime
) -> None:
    """Only ids that we assigned are unique; 2.x stations may choose the same reference by right."""
    ref = message.transaction_ref or ""
    # ASCII digits that fit the column; "1e9" and "٣" are somebody's reference, not our number.
    if not (ref.isascii() and ref.isdigit() and len(ref) <= 10):
        return
    foreign = Transaction.objects.filter(assigned_id=int(ref)).exclude(
        station_id=station.station_id
    )
    if foreign.exists():
        note_security_event(
            station_id=station.station_id,
            operator_id=station.operator_id,
            what=Noticed.FOREIGN_TRANSACTION,
            detail=f"stop of transaction {ref}, which runs at another station",
            now=now,
        )


def _record_orphan(
    message: TransactionEvent, ref: str, *, station: StationContext, received_at: datetime
) -> tuple[Transaction, list[Finding]]:
    evse = find_evse(station=station, number=message.evse)
    row = new_transaction(
        message,
        station=station,
        evse=evse,
        station_ref=ref,
        start_key="",
        received_at=received_at,
    )
    row.meter_start_wh = None if message.meter_wh is not None else row.meter_start_wh
    row.started_at = _earliest(row, message, received_at)
    if message.id_token is not None:
        row.id_token_uid, row.id_token_type = message.id_token.uid[:255], message.id_token.type[:20]
    row.save(force_insert=True)
    return row, [Finding(Oddity.ORPHAN, f"id {message.transaction_ref}")]


def _earliest(row: Transaction, message: TransactionEvent, received_at: datetime) -> datetime:
    times = [
        clocks.correct(r.device_at, received_at=received_at, reference=message.device_at).at
        for r in message.readings
    ]
    return min([row.started_at, *times])


def _stop_again(
    row: Transaction, message: TransactionEvent, *, station: StationContext, received_at: datetime
) -> None:
    """The first stop stays; a different one is kept as a warning for a person."""
    register_wh = closing_register(message, base_wh=sample_base(row, station))
    same = (
        row.meter_stop_wh == register_wh
        and row.ended_device_at == clocks.storable(message.device_at)
        and row.stop_reason == (message.stop_reason or _DEFAULT_REASON)[:30]
    )
    if same:
        return
    detail = (
        f"meter {register_wh} Wh at {message.device_at},"
        f" reason {message.stop_reason or _DEFAULT_REASON}"
    )
    flag(row, [Finding(Oddity.SECOND_STOP, detail)], now=received_at)
    row.save(update_fields=FLAG_FIELDS)


def _end(
    row: Transaction,
    message: TransactionEvent,
    findings: list[Finding],
    *,
    station: StationContext,
    received_at: datetime,
) -> None:
    was_provisional = row.state == TransactionState.PROVISIONAL
    if message.readings:
        store_event_readings(row, message, station=station, received_at=received_at)
    row.last_seq_no = place_event(row, message, received_at=received_at).last_seq_no
    row.meter_stop_wh = closing_register(message, base_wh=sample_base(row, station))
    row.stop_reason = (message.stop_reason or _DEFAULT_REASON)[:30]
    row.ended_device_at = clocks.storable(message.device_at)
    row.ended_received_at = received_at
    row.ended_at, clock_findings = _end_time(row, message, received_at)
    if was_provisional:
        row.needs_review = still_open_after_completion(row.warnings)
        findings = [*findings, Finding(Oddity.COMPLETED_LATE)]
    finish(
        row,
        state=TransactionState.ENDED,
        findings=[*findings, *clock_findings],
        now=received_at,
    )
    publish_holes(row, now=received_at)


def _end_time(
    row: Transaction, message: TransactionEvent, received_at: datetime
) -> tuple[datetime, list[Finding]]:
    corrected = clocks.correct(message.device_at, received_at=received_at)
    findings = [] if corrected.is_trusted else [Finding(Oddity.UNTRUSTED_CLOCK, "stop")]
    if corrected.at < row.started_at:
        detail = f"stop {corrected.at.isoformat()}, start {row.started_at.isoformat()}"
        findings.append(Finding(Oddity.STOP_BEFORE_START, detail))
        return max(row.started_at, row.last_reading_at or row.started_at), findings
    return corrected.at, findings


def sample_base(row: Transaction, station: StationContext) -> int:
    """What sampled registers count from, where they count from the session's start (Q66)."""
    relative = station.quirks.sample_register == SampleRegister.SESSION
    return (row.meter_start_wh or 0) if relative else 0


def closing_register(message: TransactionEvent, *, base_wh: int = 0) -> int | None:
    """Register at the stop: the message's own, its Transaction.End sample, its last sample.

    Args:
        base_wh: what sampled registers count from.
    """
    if message.meter_wh is not None:
        return message.meter_wh
    registers = [r for r in message.readings if r.energy_wh is not None]
    end = [r for r in registers if r.context == "Transaction.End"]
    sampled = next((reading.energy_wh for reading in reversed(end or registers)), None)
    return None if sampled is None else base_wh + sampled
