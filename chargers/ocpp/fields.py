"""Readers of single fields, for decoders: tolerant, bounded, never raising but by `require_*`.

They take payloads that passed `Checker.check`, so objects, arrays, strings and booleans have their
JSON type when they are there.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import Any, TypeVar

from chargers.ocpp.errors import ErrorCode, RefusedCallError
from chargers.ocpp.notes import Notes

Payload = dict[str, Any]
Word = TypeVar("Word", bound=StrEnum)

INT64 = 2**63 - 1
INT32 = 2**31 - 1


def text(payload: Payload, name: str, limit: int = 255) -> str:
    """A string for people, cut at `limit`; empty when absent. Identifiers use `identifier`."""
    value = payload.get(name, "")
    return value[:limit].strip() if isinstance(value, str) else ""


def identifier(payload: Payload, name: str) -> str:
    """A string that must stay as it is (tokens, transaction ids); empty when absent."""
    value = payload.get(name, "")
    return value if isinstance(value, str) else ""


def integer(payload: Payload, name: str, notes: Notes, *, limit: int = INT64) -> int | None:
    """A whole number within ±`limit`, or None with a note when something else was sent."""
    value = payload.get(name)
    if value is None:
        return None
    if type(value) is int and -limit <= value <= limit:
        return value
    whole = _whole(value, rounded=False)
    if whole is None or not -limit <= whole <= limit:
        notes.add(name, "not a usable integer")
        return None
    return whole


def place(payload: Payload, name: str, notes: Notes) -> int | None:
    """An EVSE or connector number: not negative, int32."""
    number = integer(payload, name, notes, limit=INT32)
    if number is not None and number < 0:
        notes.add(name, "negative")
        return None
    return number


def meter(payload: Payload, name: str, notes: Notes) -> int | None:
    """A register in Wh; a fraction is rounded half-even, once (Q72)."""
    value = payload.get(name)
    if type(value) is int and -INT64 <= value <= INT64:
        return value
    if value is None:
        return None
    whole = _whole(value, rounded=True)
    if whole is None or not -INT64 <= whole <= INT64:
        notes.add(name, "unreadable number")
        return None
    return whole


def word(kind: type[Word], value: object) -> Word | None:
    """`value` as an enum member, letter case forgiven; None when it is none of them (Q19)."""
    if not isinstance(value, str):
        return None
    try:
        return kind(value)
    except ValueError:
        folded = value.strip().casefold()
        return next((member for member in kind if member.value.casefold() == folded), None)


def require_place(payload: Payload, name: str, notes: Notes) -> int:
    """As `place`.

    Raises:
        RefusedCallError: it is missing, of a wrong type or out of range.
    """
    number = place(payload, name, notes)
    if number is None:
        raise _refusal(payload, name, notes)
    return number


def require_integer(payload: Payload, name: str, notes: Notes) -> int:
    number = integer(payload, name, notes)
    if number is None:
        raise _refusal(payload, name, notes)
    return number


def require_identifier(payload: Payload, name: str, notes: Notes) -> str:
    value = identifier(payload, name)
    if not value:
        raise _refusal(payload, name, notes)
    return value


def _refusal(payload: Payload, name: str, notes: Notes) -> RefusedCallError:
    """The code says which fault it was: absent, wrong type, or a value that cannot be."""
    value = payload.get(name)
    if f"{name}: type" in notes or (value != "" and isinstance(value, str | float | Decimal)):
        return RefusedCallError(ErrorCode.TYPE_CONSTRAINT_VIOLATION, f"{name} has a wrong type")
    if name in payload:
        return RefusedCallError(
            ErrorCode.PROPERTY_CONSTRAINT_VIOLATION, f"{name} is not an allowed value"
        )
    return RefusedCallError(ErrorCode.OCCURRENCE_CONSTRAINT_VIOLATION, f"{name} is missing")


def _whole(value: object, *, rounded: bool) -> int | None:
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not isinstance(value, Decimal) or not value.is_finite() or value.adjusted() > 18:
        return None
    if not rounded and value != value.to_integral_value():
        return None
    return int(value.to_integral_value(ROUND_HALF_EVEN))
