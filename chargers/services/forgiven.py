"""Counting what was forgiven, in bulk: one statement for many stations."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, connection
from django.db.transaction import atomic

from chargers.models import ChargingStation, ForgivenFault

logger = logging.getLogger(__name__)

_ROWS_PER_STATEMENT = 500
_UPSERT = """
INSERT INTO chargers_forgivenfault AS f
  (operator_id, station_id, kind, action, occurrences, first_at, last_at, message_id, detail)
VALUES {rows}
ON CONFLICT (station_id, kind, action) DO UPDATE SET
  occurrences = f.occurrences + excluded.occurrences, last_at = excluded.last_at,
  message_id = excluded.message_id, detail = excluded.detail
"""


class ForgivenCount(NamedTuple):
    """How often something was forgiven since the last time; fields in the order of the insert."""

    operator_id: UUID
    station_id: UUID
    kind: str
    action: str
    occurrences: int
    first_at: datetime
    last_at: datetime
    message_id: str
    detail: str


# Each database stores UUIDs and times in its own way; the model's fields know it.
_COLUMNS = {field.attname: field for field in ForgivenFault._meta.concrete_fields}
_FIELDS = [_COLUMNS[name] for name in ForgivenCount._fields]


def add_forgiven(counts: Sequence[ForgivenCount]) -> None:
    """Add to the counters of each station; a station that is gone is left out."""
    wanted = {count.station_id for count in counts}
    present = set(ChargingStation.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    # Always in the same order: two web processes may count at the same time.
    rows = sorted(count for count in counts if count.station_id in present)
    for first in range(0, len(rows), _ROWS_PER_STATEMENT):
        _upsert(rows[first : first + _ROWS_PER_STATEMENT])


def _upsert(rows: Sequence[ForgivenCount]) -> None:
    values = [
        field.get_db_prep_save(value, connection)
        for row in rows
        for field, value in zip(_FIELDS, row, strict=True)
    ]
    one = f"({', '.join(['%s'] * len(_FIELDS))})"
    try:
        with atomic(), connection.cursor() as cursor:
            cursor.execute(_UPSERT.format(rows=", ".join([one] * len(rows))), values)
    except IntegrityError:
        # A station was deleted this very moment; counters are not worth a batch.
        logger.warning("counts of forgiven faults were lost", exc_info=True)
