"""Readings in bulk: one insert for the samples, one update for what lists show of sessions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chargers.domain import clocks
from chargers.domain.context import StationContext
from chargers.domain.deduplication import is_lost_ref, reading_digest
from chargers.domain.energy import live_energy
from chargers.domain.messages import Reading
from chargers.domain.quirks import SampleRegister
from chargers.events import ReadingsCameLate
from chargers.models import Transaction, TransactionState
from chargers.services.meter_sql import (
    LiveRow,
    MeterRow,
    SessionKey,
    SessionRow,
    insert_rows,
    sessions_by_place,
    sessions_by_reference,
    update_live,
)
from chargers.services.signed.storing import SignedRow, store_signed
from chargers.services.stray_energy import ALARM_POWER_W, Stray, announce_strays, is_live
from events.outbox import publish

_INT64, _INT32, _INT16 = 2**63 - 1, 2**31 - 1, 2**15 - 1
_DEFAULT_RATED_POWER_W = 22_000
# What a reading shows on its transaction.
LIVE_FIELDS = (
    "meter_start_wh",
    "energy_wh",
    "last_reading_at",
    "last_energy_wh",
    "power_w",
    "max_power_w",
    "soc_percent",
)
_KEPT_FIELDS = (*LIVE_FIELDS, "state", "started_at", "last_seq_no", "charging_state")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingsItem:
    """The readings of one message.

    Attributes:
        evse: number; 0 is the station's main meter.
        transaction_ref: the station's reference; without one (None, "-1", "0") the readings
            belong to the transaction that runs at the EVSE, if any.
        reference: device time of the message around the readings (see `clocks.correct`).
        seq_no: number of the event that brings them, when it becomes the session's latest.
        session: theirs, where the caller has found it already.
    """

    station: StationContext
    evse: int
    transaction_ref: str | None
    readings: tuple[Reading, ...]
    received_at: datetime
    reference: datetime | None = None
    seq_no: int | None = None
    session: SessionRow | None = None


def store_readings(items: Sequence[ReadingsItem]) -> None:
    """Store readings, each once, and show the newest on their running transactions.

    A repeated reading of a transaction falls on its own row (device time and content). Readings
    of an unknown transaction are kept without one; those of an ended one are history only, and
    told to whoever has read it already.
    """
    items = [item for item in items if item.readings]
    if not items:
        return
    sessions = _find_sessions(items)
    rows: list[MeterRow] = []
    signed: list[SignedRow] = []
    fresh: dict[UUID, SessionRow] = {}
    strays: list[Stray] = []
    for item, session in zip(items, sessions, strict=True):
        own = _rows(item, session)
        rows.extend(own)
        if session is None and item.evse:
            strays.extend(_strays(item, own))
        signed.extend(_signed(item, session.pk if session is not None else None))
        if session is not None and session.state == TransactionState.ACTIVE:
            newer = [_take_over(session, row) for row in own]
            if item.seq_no is not None:
                session.last_seq_no = item.seq_no
            if any(newer) or item.seq_no is not None:
                fresh[session.pk] = session
    _insert(rows, signed)
    if fresh:
        update_live([_live(session) for session in fresh.values()])
    if strays:
        announce_strays(strays)
    _announce_late(items, sessions)


def _announce_late(items: Sequence[ReadingsItem], sessions: Sequence[SessionRow | None]) -> None:
    """Once a session, however many of its messages came together."""
    late = {
        session.pk: item
        for item, session in zip(items, sessions, strict=True)
        if session is not None and session.state != TransactionState.ACTIVE
    }
    for transaction_id, item in late.items():
        announce_late(transaction_id, station=item.station, now=item.received_at)


def announce_late(transaction_id: UUID, *, station: StationContext, now: datetime) -> None:
    """Tell that a session which is over has got readings."""
    publish(
        ReadingsCameLate(
            operator_id=station.operator_id,
            subject_id=transaction_id,
            parent_id=station.station_id,
        ),
        now=now,
    )


def _strays(item: ReadingsItem, rows: Iterable[MeterRow]) -> Iterator[Stray]:
    """Live readings of a vehicle that charges without a session (Q47)."""
    for row in rows:
        if (row.power_w or 0) >= ALARM_POWER_W and is_live(row.taken_at, item.received_at):
            yield Stray(
                station=item.station,
                evse=item.evse,
                power_w=row.power_w or 0,
                received_at=item.received_at,
            )


def store_readings_of(row: Transaction, item: ReadingsItem) -> None:
    """Store the readings of a session that the caller holds, new or locked.

    The newest are shown on the row while it is active, unsaved: `LIVE_FIELDS`.
    """
    if not item.readings:
        return
    session = SessionRow(
        pk=row.pk,
        rated_power_w=rated_power_w(row),
        evse_number=item.evse,
        **{name: getattr(row, name) for name in _KEPT_FIELDS},
    )
    rows = _rows(item, session)
    if session.state == TransactionState.ACTIVE:
        for reading in rows:
            _take_over(session, reading)
        for name in LIVE_FIELDS:
            setattr(row, name, getattr(session, name))
    _insert(rows, _signed(item, row.pk))


def _insert(rows: Sequence[MeterRow], signed: Sequence[SignedRow]) -> None:
    if rows:
        insert_rows(rows)
    if signed:
        store_signed(signed)


def _rows(item: ReadingsItem, session: SessionRow | None) -> list[MeterRow]:
    return [
        _row(item, reading, session)
        for reading in item.readings
        if not reading.signed or reading.has_figures
    ]


def _signed(item: ReadingsItem, transaction_id: UUID | None) -> list[SignedRow]:
    return [
        SignedRow(
            station=item.station,
            transaction_id=transaction_id,
            evse=item.evse,
            reading=reading,
            received_at=item.received_at,
        )
        for reading in item.readings
        if reading.signed
    ]


def _find_sessions(items: Sequence[ReadingsItem]) -> list[SessionRow | None]:
    unknown = [item for item in items if item.session is None]
    by_reference = sessions_by_reference(
        {_reference(item) for item in unknown if not is_lost_ref(item.transaction_ref)}
    )
    by_place = sessions_by_place(
        {_place(item) for item in unknown if is_lost_ref(item.transaction_ref)}
    )
    # One row a session, however it was found: what one reading shows, the next must know.
    rows = {item.session.pk: item.session for item in items if item.session is not None}
    found = [
        item.session
        or (
            by_place.get(_place(item))
            if is_lost_ref(item.transaction_ref)
            else by_reference.get(_reference(item))
        )
        for item in items
    ]
    return [rows.setdefault(row.pk, row) if row is not None else None for row in found]


def _reference(item: ReadingsItem) -> SessionKey:
    return (item.station.station_id, item.transaction_ref or "")


def _place(item: ReadingsItem) -> tuple[UUID, int]:
    return (item.station.station_id, item.evse)


def _row(item: ReadingsItem, reading: Reading, session: SessionRow | None) -> MeterRow:
    corrected = clocks.correct(
        reading.device_at, received_at=item.received_at, reference=item.reference
    )
    first, second, third = reading.current_ma
    energy_wh = _register(item, reading.energy_wh, session)
    return MeterRow(
        operator_id=item.station.operator_text,
        station_id=item.station.station_text,
        transaction_id=session.pk if session is not None else None,
        evse_number=item.evse,
        taken_at=corrected.at,
        device_at=clocks.storable(reading.device_at) or clocks.EPOCH,
        received_at=item.received_at,
        digest=reading_digest(reading, evse=item.evse),
        context=reading.context[:24],
        energy_wh=_fitting(energy_wh, _INT64),
        power_w=_fitting(reading.power_w, _INT32),
        current_l1_ma=_fitting(first, _INT32),
        current_l2_ma=_fitting(second, _INT32),
        current_l3_ma=_fitting(third, _INT32),
        voltage_mv=_fitting(reading.voltage_mv, _INT32),
        soc_percent=_fitting(reading.soc_percent, _INT16),
        extra=dict(reading.extra) or None,
    )


def _register(item: ReadingsItem, energy_wh: int | None, session: SessionRow | None) -> int | None:
    """The register of a reading; of a make whose samples count from the session's start, the
    register at the start comes on top, so that everything else sees one kind of register (Q66).
    """
    relative = item.station.quirks.sample_register == SampleRegister.SESSION
    if not relative or energy_wh is None or session is None:
        return energy_wh
    return energy_wh + (session.meter_start_wh or 0)


def _fitting(value: int | None, limit: int) -> int | None:
    """The value, or None when its column could not hold it: one number must not cost a batch."""
    return value if value is not None and -limit <= value <= limit else None


def _take_over(session: SessionRow, row: MeterRow) -> bool:
    """Show a reading, unless it is older than the one shown; False for an older one."""
    since = session.last_reading_at
    if since is not None and row.taken_at < since:
        return False
    session.last_reading_at = row.taken_at
    if row.energy_wh is not None:
        _take_energy(session, row.energy_wh, row.taken_at)
    if row.power_w is not None:
        session.power_w = row.power_w
        session.max_power_w = max(session.max_power_w or 0, row.power_w)
    if row.soc_percent is not None:
        session.soc_percent = row.soc_percent
    return True


def _take_energy(session: SessionRow, register_wh: int, taken_at: datetime) -> None:
    if session.meter_start_wh is None:
        # A start without a register: the first reading is the base line.
        session.meter_start_wh = register_wh
    session.last_energy_wh = register_wh
    session.energy_wh = live_energy(
        meter_start_wh=session.meter_start_wh,
        register_wh=register_wh,
        duration=taken_at - session.started_at,
        rated_power_w=session.rated_power_w or _DEFAULT_RATED_POWER_W,
        previous_wh=session.energy_wh,
    )


def _live(session: SessionRow) -> LiveRow:
    return LiveRow(
        transaction_id=session.pk,
        meter_start_wh=session.meter_start_wh,
        energy_wh=session.energy_wh,
        last_reading_at=session.last_reading_at,
        last_energy_wh=session.last_energy_wh,
        power_w=session.power_w,
        max_power_w=session.max_power_w,
        soc_percent=session.soc_percent,
        last_seq_no=session.last_seq_no,
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
