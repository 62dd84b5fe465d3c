"""The end of a transaction: its energy, its EVSE set free, the fact published."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import CharField, QuerySet, UUIDField
from django.db.transaction import atomic

from chargers import live
from chargers.domain import clocks
from chargers.domain.energy import MeterEvidence, Sample, SessionEnergy, session_energy
from chargers.domain.review import Finding, Oddity
from chargers.events import TransactionEnded
from chargers.models import Evse, MeterValue, Transaction, TransactionState
from chargers.services.meter_values import LIVE_FIELDS, rated_power_w
from chargers.services.transactions.flags import FLAG_FIELDS, flag, flagged
from common.prepared import Param, Prepared, PreparedUpdate, save_fields, update_of
from events.outbox import publish

# More readings than a week at one every half minute decide nothing new.
_MAX_SAMPLES = 20_000
_SAVE_END = update_of(
    Transaction,
    *FLAG_FIELDS,
    *LIVE_FIELDS,
    "state",
    "charging_state",
    "stop_reason",
    "ended_device_at",
    "ended_received_at",
    "ended_at",
    "meter_stop_wh",
    "last_seq_no",
)
_TRANSACTION_ID = Param("transaction_id", UUIDField())
_SET_FREE = PreparedUpdate(
    lambda: Evse.objects.filter(active_transaction_id=_TRANSACTION_ID),
    lambda: {"active_transaction": None},
)


def locked(transaction_id: UUID) -> Transaction:
    """The row with its EVSE, locked until the end of the database transaction."""
    (row,) = _LOCKED.all(transaction_id=transaction_id)
    return row


def locked_by_reference(station_id: UUID, station_ref: str) -> Transaction | None:
    """As `locked`, by the station's own reference; None when the station has no such session."""
    return _LOCKED_BY_REFERENCE.first(station_id=station_id, station_ref=station_ref)


def _lockable() -> QuerySet[Transaction]:
    return Transaction.objects.select_for_update(of=("self",)).select_related("evse").order_by()


_LOCKED = Prepared(lambda: _lockable().filter(pk=_TRANSACTION_ID))
_LOCKED_BY_REFERENCE = Prepared(
    lambda: _lockable().filter(
        station_id=Param("station_id", UUIDField()), station_ref=Param("station_ref", CharField())
    )
)
_SAMPLES = Prepared(
    lambda: (
        MeterValue.objects.filter(transaction_id=_TRANSACTION_ID)
        .order_by("taken_at", "id")
        .values_list("taken_at", "energy_wh", "power_w", "context")[:_MAX_SAMPLES]
    )
)


def measured_energy(row: Transaction) -> SessionEnergy:
    """Energy of a session whose end is set on the row, from registers and stored readings."""
    ended_at = row.ended_at or row.started_at
    evidence = MeterEvidence(
        meter_start_wh=row.meter_start_wh,
        meter_stop_wh=row.meter_stop_wh,
        samples=_samples(row),
        duration=clocks.elapsed(
            started_at=row.started_at,
            ended_at=ended_at,
            started_device_at=row.started_device_at,
            ended_device_at=row.ended_device_at,
        ),
        rated_power_w=rated_power_w(row),
    )
    return session_energy(evidence)


def _samples(row: Transaction) -> list[Sample]:
    values = _SAMPLES.all(transaction_id=row.pk)
    return [
        Sample(at, energy_wh, power_w, is_closing=context == "Transaction.End")
        for at, energy_wh, power_w, context in values
    ]


def finish(
    row: Transaction,
    *,
    state: TransactionState,
    findings: list[Finding],
    now: datetime,
) -> None:
    """Store an end whose time and registers are set on the row, free the EVSE, publish."""
    energy = measured_energy(row)
    row.state = state
    row.energy_wh = energy.energy_wh
    row.charging_state = ""
    row.power_w = None
    flag(row, [*findings, *energy.findings, *without_payer(row, findings)], now=now)
    save_fields(_SAVE_END, row)
    _SET_FREE.run(transaction_id=row.pk)
    publish_end(row, now=now)


def publish_end(row: Transaction, *, now: datetime) -> None:
    """Tell of an end, again when its energy is another one: handlers take the latest."""
    publish(_ended(row), now=now)


def without_payer(row: Transaction, findings: list[Finding]) -> list[Finding]:
    """Energy for which nobody has shown a token (Q55); an orphan is in review anyway."""
    named = row.id_token_uid or row.authorization_status
    orphan = any(finding.code == Oddity.ORPHAN for finding in findings)
    if named or orphan or row.energy_wh <= 0:
        return []
    return [Finding(Oddity.NO_TOKEN)]


def _ended(row: Transaction) -> TransactionEnded:
    return TransactionEnded(
        operator_id=row.operator_id,
        subject_id=row.pk,
        parent_id=row.station_id,
        evse=row.evse.number if row.evse else None,
        energy_wh=row.energy_wh,
        ended_at=row.ended_at or row.started_at,
        stop_reason=row.stop_reason,
        provisional=row.state == TransactionState.PROVISIONAL,
    )


@atomic
def end_provisionally(*, transaction_id: UUID, reason: Finding, now: datetime) -> bool:
    """Close a session whose stop is missing, at its last reading, and put it into review.

    Args:
        reason: the rule that closes it.

    Returns:
        Whether it was still running; a second call changes nothing.
    """
    row = locked(transaction_id)
    if not row.is_active:
        return False
    row.ended_at = max(row.last_reading_at or row.started_at, row.started_at)
    finish(row, state=TransactionState.PROVISIONAL, findings=[reason], now=now)
    live.touch(operator_id=row.operator_id, station_ids=[row.station_id])
    return True


def publish_holes(row: Transaction, *, now: datetime) -> None:
    """Tell of events that are still missing when the session has ended."""
    for warning in row.warnings:
        if warning["code"] == Oddity.MISSING_EVENTS:
            publish(flagged(row, Finding(Oddity.MISSING_EVENTS, warning["detail"])), now=now)
