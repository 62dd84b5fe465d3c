"""The bulk statements of meter values: PostgreSQL's own, and a portable form.

On PostgreSQL whole columns travel as array literals into `unnest`: one statement for thousands
of rows, no row-by-row quoting. The literals hold only UUIDs, integers and ISO times; text goes
through the driver's own quoting.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import F

from chargers.models import Evse, MeterValue, Transaction, TransactionState


class MeterRow(NamedTuple):
    """One row of MeterValue, fields in the order of the insert (units as in `Reading`).

    UUIDs of operator and station as text: they are formatted once a connection.
    """

    operator_id: str
    station_id: str
    transaction_id: UUID | None
    evse_number: int
    taken_at: datetime
    device_at: datetime
    received_at: datetime
    digest: int
    context: str
    energy_wh: int | None
    power_w: int | None
    current_l1_ma: int | None
    current_l2_ma: int | None
    current_l3_ma: int | None
    voltage_mv: int | None
    soc_percent: int | None
    extra: dict[str, str] | None


@dataclass(slots=True)
class SessionRow:
    """What a transaction's row shows of its meter. No model: thousands are read a second."""

    pk: UUID
    state: str
    started_at: datetime
    meter_start_wh: int | None
    energy_wh: int
    last_reading_at: datetime | None
    last_energy_wh: int | None
    power_w: int | None
    max_power_w: int | None
    soc_percent: int | None
    last_seq_no: int | None
    charging_state: str
    rated_power_w: int | None
    evse_number: int | None


class LiveRow(NamedTuple):
    """What a running transaction shows of its meter, fields in the order of the update.

    `last_seq_no` None leaves the number as it is.
    """

    transaction_id: UUID
    meter_start_wh: int | None
    energy_wh: int
    last_reading_at: datetime | None
    last_energy_wh: int | None
    power_w: int | None
    max_power_w: int | None
    soc_percent: int | None
    last_seq_no: int | None


_INSERT = """
INSERT INTO chargers_metervalue (operator_id, station_id, transaction_id, evse_number, taken_at,
  device_at, received_at, digest, context, energy_wh, power_w, current_l1_ma, current_l2_ma,
  current_l3_ma, voltage_mv, soc_percent, extra)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::int[], %s::timestamptz[],
  %s::timestamptz[], %s::timestamptz[], %s::bigint[], %s::text[], %s::bigint[], %s::int[],
  %s::int[], %s::int[], %s::int[], %s::int[], %s::smallint[], %s::jsonb[])
ON CONFLICT DO NOTHING
"""

_UPDATE = """
UPDATE chargers_transaction AS t SET
  meter_start_wh = v.meter_start_wh, energy_wh = v.energy_wh,
  last_reading_at = v.last_reading_at, last_energy_wh = v.last_energy_wh,
  power_w = v.power_w, max_power_w = v.max_power_w, soc_percent = v.soc_percent,
  last_seq_no = COALESCE(v.last_seq_no, t.last_seq_no)
FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::timestamptz[], %s::bigint[], %s::int[],
  %s::int[], %s::smallint[], %s::bigint[])
  AS v(id, meter_start_wh, energy_wh, last_reading_at, last_energy_wh, power_w, max_power_w,
    soc_percent, last_seq_no)
WHERE t.id = v.id AND t.state = 'active'
"""

_SESSION_FIELDS = (
    "id",
    "state",
    "started_at",
    "meter_start_wh",
    "energy_wh",
    "last_reading_at",
    "last_energy_wh",
    "power_w",
    "max_power_w",
    "soc_percent",
    "last_seq_no",
    "charging_state",
)

# Pairs, not two lists: PostgreSQL would probe the index for every station with every reference.
_SESSIONS = f"""
SELECT t.station_id, t.station_ref, {", ".join(f"t.{name}" for name in _SESSION_FIELDS)},
  e.max_power_w, e.number
FROM unnest(%s::uuid[], %s::text[]) AS k(station_id, station_ref)
JOIN chargers_transaction t ON t.station_id = k.station_id AND t.station_ref = k.station_ref
LEFT JOIN chargers_evse e ON e.id = t.evse_id
"""  # noqa: S608 -- the names are ours

_TEXT_COLUMNS = {"context", "extra"}


SessionKey = tuple[UUID, str]


def sessions_by_reference(keys: Collection[SessionKey]) -> dict[SessionKey, SessionRow]:
    """Sessions by (station, its reference), as many as there are. One query."""
    if not keys:
        return {}
    return {(row[0], row[1]): SessionRow(*row[2:]) for row in _session_rows(keys)}


def _session_rows(keys: Collection[SessionKey]) -> Iterable[Any]:
    stations = [station_id for station_id, _ in keys]
    references = [reference for _, reference in keys]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_SESSIONS, [_literal(stations), references])
            found: list[Any] = cursor.fetchall()
            return found
    wanted = set(keys)
    rows = Transaction.objects.filter(
        station_id__in=set(stations), station_ref__in=set(references)
    ).values_list(
        "station_id", "station_ref", *_SESSION_FIELDS, "evse__max_power_w", "evse__number"
    )
    return [row for row in rows if (row[0], row[1]) in wanted]


def sessions_by_place(
    places: Collection[tuple[UUID, int]],
) -> dict[tuple[UUID, int], SessionRow]:
    """Running sessions by (station, EVSE number). One query."""
    if not places:
        return {}
    fields = [F(f"active_transaction__{name}") for name in _SESSION_FIELDS]
    rows = Evse.objects.filter(
        station_id__in={station_id for station_id, _ in places},
        number__in={number for _, number in places},
        active_transaction__isnull=False,
    ).values_list("station_id", *fields, "max_power_w", "number")
    return {(row[0], row[-1]): SessionRow(*row[1:]) for row in rows}


def insert_rows(rows: Sequence[MeterRow]) -> None:
    """Insert in bulk; a reading of a transaction that is there already is left alone."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, _columns(rows))
        return
    MeterValue.objects.bulk_create(
        (MeterValue(**row._asdict()) for row in rows), ignore_conflicts=True
    )


def update_live(rows: Sequence[LiveRow]) -> None:
    """Show the newest reading on each transaction that still runs."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_UPDATE, [_literal(column) for column in zip(*rows, strict=True)])
        return
    for row in rows:
        shown = row._asdict()
        if row.last_seq_no is None:
            del shown["last_seq_no"]
        Transaction.objects.filter(
            pk=shown.pop("transaction_id"), state=TransactionState.ACTIVE
        ).update(**shown)


def _columns(rows: Sequence[MeterRow]) -> list[Any]:
    columns = zip(*rows, strict=True)
    return [
        _text_array(column) if name in _TEXT_COLUMNS else _literal(column)
        for name, column in zip(MeterRow._fields, columns, strict=True)
    ]


def _literal(values: Iterable[Any]) -> str:
    return "{" + ",".join("NULL" if value is None else str(value) for value in values) + "}"


def _text_array(values: Iterable[Any]) -> list[str | None]:
    return [orjson.dumps(value).decode() if isinstance(value, dict) else value for value in values]
