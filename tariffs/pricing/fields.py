"""Reading of JSON objects field by field: what is wrong is said with the place where it stands.

A reader takes a value and the name of its field, and raises `BadTermsError`. `null` is absent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
Reader = Callable[[object, str], T]
Document = dict[str, Any]

# digits before the point: more is no price and no quantity, and a huge exponent fills the memory
MAX_DIGITS = 12
MAX_WHOLE = 2**31 - 1

_WIDE = Context(prec=60)
_NUMBER = re.compile(r"-?\d{1,20}(\.\d{1,20})?", re.ASCII)
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)


class BadTermsError(ValueError):
    """A document that is no tariff; `field` is such as `elements[1].price_components[0].price`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object at a path ("" at the top)."""

    values: Mapping[str, object]
    path: str = ""

    @classmethod
    def of(cls, value: object, path: str, known: Collection[str]) -> Fields:
        """The object with known keys only."""
        fields = cls(mapping(value, path), path)
        for key in fields.values:
            if key not in known:
                raise BadTermsError(fields.at(str(key)[:60]), "There is no such field.")
        return fields

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def optional(self, key: str, read: Reader[T]) -> T | None:
        value = self.values.get(key)
        return None if value is None else read(value, self.at(key))

    def required(self, key: str, read: Reader[T]) -> T:
        value = self.values.get(key)
        if value is None:
            raise BadTermsError(self.at(key), "This field is required.")
        return read(value, self.at(key))

    def either(self, key: str, read: Reader[T], default: T) -> T:
        value = self.optional(key, read)
        return default if value is None else value

    def each(self, key: str, read: Reader[T]) -> tuple[T, ...]:
        """Every item of a list; none when the list is absent."""
        values: list[object] = self.optional(key, items) or []
        return tuple(read(item, f"{self.at(key)}[{index}]") for index, item in enumerate(values))


def mapping(value: object, field: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise BadTermsError(field, "A JSON object is expected.")
    return value


def items(value: object, field: str) -> list[object]:
    if not isinstance(value, list | tuple):
        raise BadTermsError(field, "A list is expected.")
    return list(value)


def text(value: object, field: str, longest: int = 255) -> str:
    """Some characters, none of them a control character."""
    if not isinstance(value, str) or not value:
        raise BadTermsError(field, "A text is expected.")
    if len(value) > longest:
        raise BadTermsError(field, f"At most {longest} characters.")
    if any(ord(character) < 32 or 0xD800 <= ord(character) < 0xE000 for character in value):
        raise BadTermsError(field, "Control characters are not allowed.")
    return value


def truth(value: object, field: str) -> bool:
    if not isinstance(value, bool):
        raise BadTermsError(field, "true or false is expected.")
    return value


def number(value: object, field: str, decimals: int = 6) -> Decimal:
    """An exact number; floats are read as the decimal that they print as."""
    exact = _exact(value)
    if exact is None:
        raise BadTermsError(field, "A number is expected, such as 0.25.")
    if exact and exact.adjusted() >= MAX_DIGITS:
        raise BadTermsError(field, f"At most {MAX_DIGITS} digits before the point.")
    exponent = exact.normalize(_WIDE).as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -decimals:
        raise BadTermsError(field, f"At most {decimals} decimals.")
    return exact or Decimal(0)


def _exact(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    if isinstance(value, str):
        return Decimal(value) if _NUMBER.fullmatch(value) else None
    if isinstance(value, int):
        return Decimal(value)
    try:
        exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    except InvalidOperation:
        return None
    return exact if exact.is_finite() and len(exact.as_tuple().digits) <= 40 else None


def whole(value: object, field: str) -> int:
    """A whole number of 32 bits."""
    exact = number(value, field)
    if exact != int(exact):
        raise BadTermsError(field, "A whole number is expected.")
    if abs(exact) > MAX_WHOLE:
        raise BadTermsError(field, f"At most {MAX_WHOLE}.")
    return int(exact)


def thousandths(value: object, field: str) -> int:
    """KWh as Wh, kW as W, A as mA: 1.5 is 1500."""
    return int(number(value, field, decimals=3) * 1000)


def clock(value: object, field: str) -> int:
    """HH:MM as the minute of the day."""
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise BadTermsError(field, "A time of day from 00:00 to 23:59 is expected.")
    return int(found[1]) * 60 + int(found[2])


def day(value: object, field: str) -> date:
    try:
        if isinstance(value, str) and _DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise BadTermsError(field, "A date that exists is expected, such as 2026-12-31.")


def month_day(value: object, field: str) -> tuple[int, int]:
    """MM-DD; whether the month has that day is a question for `faults`."""
    found = _MONTH_DAY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise BadTermsError(field, "A month and day are expected, such as 12-31.")
    return int(found[1]), int(found[2])


def choice(kind: type[E]) -> Reader[E]:
    """A reader of one of the words of an enumeration."""

    def read(value: object, field: str) -> E:
        try:
            return kind(str(value))
        except ValueError:
            words = ", ".join(kind)
            raise BadTermsError(field, f"One of {words} is expected.") from None

    return read


def plain(value: Decimal) -> str:
    """The shortest decimal text without an exponent: 0.250 is 0.25, 1E+2 is 100, -0 is 0."""
    return f"{value.normalize(_WIDE):f}" if value else "0"
