"""The two bulk statements of meter values: PostgreSQL's own, and a portable form.

On PostgreSQL whole columns travel as array literals into `unnest`: one statement for thousands
of rows, no row-by-row quoting. The literals hold only UUIDs, integers and ISO times; text goes
through the driver's own quoting.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce, Greatest

from chargers.models import MeterValue, Transaction, TransactionState


class MeterRow(NamedTuple):
    """One row of MeterValue, fields in the order of the insert (units as in `Reading`)."""

    operator_id: UUID
    station_id: UUID
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


class Latest(NamedTuple):
    """What a transaction's row shows of its newest reading."""

    transaction_id: UUID
    at: datetime
    energy_wh: int | None
    power_w: int | None
    max_power_w: int | None
    soc_percent: int | None


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
  last_reading_at = v.at,
  last_energy_wh = COALESCE(v.energy_wh, t.last_energy_wh),
  power_w = COALESCE(v.power_w, t.power_w),
  max_power_w = GREATEST(t.max_power_w, v.max_power_w),
  soc_percent = COALESCE(v.soc_percent, t.soc_percent),
  energy_wh = CASE WHEN v.energy_wh > t.meter_start_wh
    THEN v.energy_wh - t.meter_start_wh ELSE t.energy_wh END
FROM unnest(%s::uuid[], %s::timestamptz[], %s::bigint[], %s::int[], %s::int[], %s::smallint[])
  AS v(id, at, energy_wh, power_w, max_power_w, soc_percent)
WHERE t.id = v.id AND t.state = 'active'
  AND (t.last_reading_at IS NULL OR t.last_reading_at <= v.at)
"""

_TEXT_COLUMNS = {"context", "extra"}


def insert_rows(rows: Sequence[MeterRow]) -> None:
    """Insert in bulk; a reading of a transaction that is there already is left alone."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, _columns(rows))
        return
    MeterValue.objects.bulk_create(
        (MeterValue(**row._asdict()) for row in rows), ignore_conflicts=True
    )


def update_latest(latest: Sequence[Latest]) -> None:
    """Show the newest reading on each running transaction; older ones never overwrite newer."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_UPDATE, [_literal(column) for column in zip(*latest, strict=True)])
        return
    for row in latest:
        _update_one(row)


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


def _update_one(row: Latest) -> None:
    energy: Any = F("energy_wh")
    if row.energy_wh is not None:
        energy = Case(
            When(meter_start_wh__lt=row.energy_wh, then=Value(row.energy_wh) - F("meter_start_wh")),
            default=F("energy_wh"),
        )
    highest: Any = F("max_power_w")
    if row.max_power_w is not None:
        highest = Greatest(Coalesce("max_power_w", 0), row.max_power_w)
    Transaction.objects.filter(
        Q(last_reading_at=None) | Q(last_reading_at__lte=row.at),
        pk=row.transaction_id,
        state=TransactionState.ACTIVE,
    ).update(
        last_reading_at=row.at,
        last_energy_wh=F("last_energy_wh") if row.energy_wh is None else row.energy_wh,
        power_w=F("power_w") if row.power_w is None else row.power_w,
        soc_percent=F("soc_percent") if row.soc_percent is None else row.soc_percent,
        max_power_w=highest,
        energy_wh=energy,
    )
