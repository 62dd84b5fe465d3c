"""Meter values: minute by minute for the last days, start, middle and end before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection

from chargers.models import CurrentType, MeterValue
from chargers.services.meter_sql import MeterRow, insert_rows
from chargers.simulator.vehicle import MAINS_V
from csms.seed.network import Plug
from csms.seed.plan import Chance
from csms.seed.progress import Progress
from csms.seed.sessions import Session

_FINE = {CurrentType.AC: 300, CurrentType.DC: 120}
_BATCH = 4_000
_DC_VOLTS = 400


def create_readings(
    sessions: Sequence[Session], *, detail_days: int, chance: Chance, progress: Progress
) -> int:
    """Readings of the sessions, in order of time of each session. Returns how many."""
    fine_from = chance.now - timedelta(days=detail_days)
    rows = _rows(sessions, fine_from, chance, progress)
    written = 0
    while batch := list(islice(rows, _BATCH)):
        _store(batch)
        written += len(batch)
    return written


def _store(rows: Sequence[MeterRow]) -> None:
    """A hundred thousand rows: without model instances, five times as fast."""
    if connection.vendor == "postgresql":
        insert_rows(rows)
        return
    names = ", ".join(f"{name}" for name in MeterRow._fields)
    marks = ", ".join(["%s"] * len(MeterRow._fields))
    sql = f"INSERT INTO {MeterValue._meta.db_table} ({names}) VALUES ({marks})"  # noqa: S608 -- our own names
    with connection.cursor() as cursor:
        cursor.executemany(sql, [_adapted_row(row) for row in rows])


def _adapted_row(row: MeterRow) -> list[Any]:
    """As the ORM stores it where the database has neither UUIDs nor time zones."""
    operator, station = row.operator_id.replace("-", ""), row.station_id.replace("-", "")
    return [operator, station, *(_adapted(value) for value in row[2:])]


def _adapted(value: object) -> object:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value


def _rows(
    sessions: Sequence[Session], fine_from: datetime, chance: Chance, progress: Progress
) -> Iterator[MeterRow]:
    for done, session in enumerate(sessions):
        progress.advance(done, len(sessions))
        for second, context in _instants(session, fine_from):
            yield _reading(session, second, context, chance)


def _instants(session: Session, fine_from: datetime) -> Iterable[tuple[int, str]]:
    length = int(session.visit.stay.plugged.total_seconds())
    every = _FINE[CurrentType(session.visit.plug.evse.current_type)]
    coarse = session.visit.end < fine_from
    between = [length // 2] if coarse else range(every, length, every)
    yield 0, "Transaction.Begin"
    yield from ((second, "Sample.Periodic") for second in between)
    yield length, "Transaction.End"


def _reading(session: Session, second: int, context: str, chance: Chance) -> MeterRow:
    visit, row = session.visit, session.row
    curve = visit.stay.curve
    at = visit.start + timedelta(seconds=second)
    power = curve.power_at(second)
    l1, l2, l3, volts = _electrics(visit.plug, power)
    return MeterRow(
        operator_id=str(row.operator_id),
        station_id=str(row.station_id),
        transaction_id=row.pk,
        evse_number=visit.plug.evse.number,
        taken_at=at,
        device_at=at,
        received_at=at + timedelta(milliseconds=400),
        digest=chance.rng.getrandbits(63),
        context=context,
        energy_wh=(row.meter_start_wh or 0) + curve.energy_at(second),
        power_w=power,
        current_l1_ma=l1,
        current_l2_ma=l2,
        current_l3_ma=l3,
        voltage_mv=volts * 1000,
        soc_percent=_soc(session, second),
        extra=None,
    )


def _electrics(plug: Plug, power_w: int) -> tuple[int, int | None, int | None, int]:
    """Currents in mA and the voltage in V."""
    if plug.evse.current_type == CurrentType.DC:
        return power_w * 1000 // _DC_VOLTS, None, None, _DC_VOLTS
    phases = plug.spec.phases
    milliamps = power_w * 1000 // (MAINS_V * phases)
    others = milliamps if phases > 1 else None
    return milliamps, others, others, MAINS_V


def _soc(session: Session, second: int) -> int | None:
    stay = session.visit.stay
    if stay.soc_start is None or stay.soc_end is None:
        return None
    total = stay.curve.energy_at(stay.plugged.total_seconds()) or 1
    share = stay.curve.energy_at(second) / total
    return round(stay.soc_start + (stay.soc_end - stay.soc_start) * share)
