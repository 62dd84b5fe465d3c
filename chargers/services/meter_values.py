"""Readings in bulk: one insert for the samples, one update for what lists show of sessions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chargers.domain import clocks
from chargers.domain.context import StationContext
from chargers.domain.deduplication import is_lost_ref, reading_digest
from chargers.domain.energy import live_energy
from chargers.domain.messages import Reading
from chargers.models import Evse, MeterValue, Transaction, TransactionState

_INT64, _INT32, _INT16 = 2**63 - 1, 2**31 - 1, 2**15 - 1
_DEFAULT_RATED_POWER_W = 22_000
_LIVE_FIELDS = (
    "meter_start_wh",
    "energy_wh",
    "last_reading_at",
    "last_energy_wh",
    "power_w",
    "max_power_w",
    "soc_percent",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingsItem:
    """The readings of one message.

    Attributes:
        evse: number; 0 is the station's main meter.
        transaction_ref: the station's reference; without one (None, "-1", "0") the readings
            belong to the transaction that runs at the EVSE, if any.
        reference: device time of the message around the readings (see `clocks.correct`).
    """

    station: StationContext
    evse: int
    transaction_ref: str | None
    readings: tuple[Reading, ...]
    received_at: datetime
    reference: datetime | None = None


def store_readings(items: Sequence[ReadingsItem]) -> None:
    """Store readings, each once, and show the newest on their running transactions.

    A repeated reading of a transaction falls on its own row (device time and content). Readings
    of an unknown transaction are kept without one; those of an ended one are history only.
    """
    items = [item for item in items if item.readings]
    if not items:
        return
    found = _find_transactions(items)
    rows = [
        _row(item, reading, owner)
        for item, owner in zip(items, found, strict=True)
        for reading in item.readings
    ]
    MeterValue.objects.bulk_create(rows, ignore_conflicts=True)
    _show_newest(rows, {owner.pk: owner for owner in found if owner is not None})


def _find_transactions(items: Sequence[ReadingsItem]) -> list[Transaction | None]:
    by_ref = _by_reference([item for item in items if not is_lost_ref(item.transaction_ref)])
    by_place = _by_place([item for item in items if is_lost_ref(item.transaction_ref)])
    return [
        by_place.get((item.station.station_id, item.evse))
        if is_lost_ref(item.transaction_ref)
        else by_ref.get((item.station.station_id, item.transaction_ref or ""))
        for item in items
    ]


def _by_reference(items: Sequence[ReadingsItem]) -> dict[tuple[UUID, str], Transaction]:
    if not items:
        return {}
    rows = Transaction.objects.filter(
        station_id__in={item.station.station_id for item in items},
        station_ref__in={item.transaction_ref for item in items},
    ).select_related("evse")
    return {(row.station_id, row.station_ref): row for row in rows}


def _by_place(items: Sequence[ReadingsItem]) -> dict[tuple[UUID, int], Transaction]:
    if not items:
        return {}
    busy = Evse.objects.filter(
        station_id__in={item.station.station_id for item in items},
        number__in={item.evse for item in items},
        active_transaction__isnull=False,
    ).select_related("active_transaction")
    return {
        (evse.station_id, evse.number): _with_evse(evse.active_transaction, evse)
        for evse in busy
        if evse.active_transaction is not None
    }


def _with_evse(row: Transaction, evse: Evse) -> Transaction:
    if row.evse_id == evse.pk:
        row.evse = evse
    return row


def _row(item: ReadingsItem, reading: Reading, owner: Transaction | None) -> MeterValue:
    corrected = clocks.correct(
        reading.device_at, received_at=item.received_at, reference=item.reference
    )
    currents = reading.current_ma
    return MeterValue(
        operator_id=item.station.operator_id,
        station_id=item.station.station_id,
        transaction_id=owner.pk if owner is not None else None,
        evse_number=item.evse,
        taken_at=corrected.at,
        device_at=clocks.storable(reading.device_at) or clocks.EPOCH,
        received_at=item.received_at,
        digest=reading_digest(reading, evse=item.evse),
        context=reading.context[:24],
        energy_wh=_fitting(reading.energy_wh, _INT64),
        power_w=_fitting(reading.power_w, _INT32),
        current_l1_ma=_fitting(currents[0], _INT32),
        current_l2_ma=_fitting(currents[1], _INT32),
        current_l3_ma=_fitting(currents[2], _INT32),
        voltage_mv=_fitting(reading.voltage_mv, _INT32),
        soc_percent=_fitting(reading.soc_percent, _INT16),
        extra=dict(reading.extra) or None,
    )


def _fitting(value: int | None, limit: int) -> int | None:
    """The value, or None when its column could not hold it: one number must not cost a batch."""
    return value if value is not None and -limit <= value <= limit else None


def _show_newest(rows: Sequence[MeterValue], owners: dict[UUID, Transaction]) -> None:
    changed = [
        owner
        for owner in owners.values()
        if owner.state == TransactionState.ACTIVE
        and _take_over(owner, [row for row in rows if row.transaction_id == owner.pk])
    ]
    if changed:
        Transaction.objects.bulk_update(changed, _LIVE_FIELDS)


def _take_over(owner: Transaction, rows: Sequence[MeterValue]) -> bool:
    """Set the live fields from readings that are not older than the latest; False for none."""
    since = owner.last_reading_at
    fresh = sorted((row for row in rows if since is None or row.taken_at >= since), key=_taken_at)
    if not fresh:
        return False
    for row in fresh:
        owner.last_reading_at = row.taken_at
        _take_energy(owner, row)
        if row.power_w is not None:
            owner.power_w = row.power_w
            owner.max_power_w = max(owner.max_power_w or 0, row.power_w)
        if row.soc_percent is not None:
            owner.soc_percent = row.soc_percent
    return True


def _taken_at(row: MeterValue) -> datetime:
    return row.taken_at


def _take_energy(owner: Transaction, row: MeterValue) -> None:
    if row.energy_wh is None:
        return
    if owner.meter_start_wh is None:
        # A start without a register: the first reading is the base line.
        owner.meter_start_wh = row.energy_wh
    owner.last_energy_wh = row.energy_wh
    owner.energy_wh = live_energy(
        meter_start_wh=owner.meter_start_wh,
        register_wh=row.energy_wh,
        duration=row.taken_at - owner.started_at,
        rated_power_w=rated_power_w(owner),
        previous_wh=owner.energy_wh,
    )


def rated_power_w(row: Transaction) -> int:
    """Rated power of a transaction's EVSE in W; of a common AC station when it is not known."""
    return row.evse.max_power_w if row.evse is not None else _DEFAULT_RATED_POWER_W


def readings_item(
    *,
    station: StationContext,
    row: Transaction,
    evse_number: int,
    readings: Iterable[Reading],
    reference: datetime | None,
    received_at: datetime,
) -> ReadingsItem:
    """The readings that a TransactionEvent carries about its own transaction."""
    return ReadingsItem(
        station=station,
        evse=evse_number,
        transaction_ref=row.station_ref,
        readings=tuple(readings),
        received_at=received_at,
        reference=reference,
    )
