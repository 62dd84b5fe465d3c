"""Signed values into their rows, one row a value however often it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from chargers.domain import clocks
from chargers.domain.context import StationContext
from chargers.domain.messages import Reading
from chargers.models import SignedMeterValue


class SignedRow(NamedTuple):
    """A reading that carries signed values, and where it belongs."""

    station: StationContext
    transaction_id: UUID | None
    evse: int
    reading: Reading
    received_at: datetime


def store_signed(rows: Iterable[SignedRow]) -> None:
    """Store signed values untouched. A value that is there already is left alone.

    Nothing is checked here: the station waits for its answer, and signatures take their time.
    """
    values = [_value(row, number) for row in rows for number in range(len(row.reading.signed))]
    SignedMeterValue.objects.bulk_create(values, ignore_conflicts=True)


def _value(row: SignedRow, number: int) -> SignedMeterValue:
    signed = row.reading.signed[number]
    return SignedMeterValue(
        operator_id=row.station.operator_id,
        station_id=row.station.station_id,
        transaction_id=row.transaction_id,
        evse_number=row.evse,
        context=row.reading.context[:24],
        measurand=signed.measurand,
        device_at=clocks.storable(row.reading.device_at),
        received_at=row.received_at,
        raw=signed.data,
        digest=digest_of(signed.data),
        encoding_method=signed.encoding_method,
        signing_method=signed.signing_method,
        public_key=signed.public_key,
    )


def digest_of(raw: str) -> str:
    """What tells a value from others: SHA-256 of its characters, 64 hexadecimal digits."""
    return hashlib.sha256(raw.encode("utf-8", "backslashreplace")).hexdigest()
