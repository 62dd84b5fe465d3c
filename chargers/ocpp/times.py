"""Instants on the wire: read almost anything, write one form."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from chargers.ocpp.notes import Notes

EARLIEST_YEAR = 1970
LATEST_YEAR = 2100

_SHAPE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d")
_DOUBLE_ZONE = re.compile(r"([+-]\d\d:?\d\d)[Zz]$")


def parse_time(value: object) -> datetime | None:
    """Aware UTC of an ISO 8601 date and time, or None when it is none; never raises.

    With or without fraction, `Z`, offset or nothing (then UTC). Years before 1970 or after 2100
    are unreadable (Q34); 1970 itself is a station without a clock and is kept (Q31).
    """
    if not isinstance(value, str):
        return None
    parsed = _parse(value)
    if parsed is None:
        return None
    if parsed.tzinfo is not UTC:
        parsed = _to_utc(parsed)
    if not EARLIEST_YEAR <= parsed.year <= LATEST_YEAR or not _SHAPE.match(value.lstrip()):
        return None
    return parsed


def read_time(value: object, notes: Notes, path: str) -> datetime | None:
    """As `parse_time`, with a note when a value was given and could not be read."""
    parsed = parse_time(value)
    if parsed is None and value is not None:
        notes.add(path, "unreadable time")
    return parsed


def format_time(at: datetime) -> str:
    """UTC, whole seconds, `Z`: the one form every station understands (Q35).

    Raises:
        ValueError: `at` is naive.
    """
    if at.tzinfo is None:
        raise ValueError("naive datetime")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _parse(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        pass
    tidied = _DOUBLE_ZONE.sub(r"\1", value.strip()).upper()
    try:
        return datetime.fromisoformat(tidied)
    except ValueError:
        return None


def _to_utc(parsed: datetime) -> datetime:
    if parsed.tzinfo is None:
        return parsed.replace(tzinfo=UTC)
    try:
        return parsed.astimezone(UTC)
    except OverflowError:
        return parsed.replace(tzinfo=UTC)
