"""What a variable may hold (OCPP 2.0.1 part 2, VariableCharacteristicsType), and whether a value does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Self

MAX_VALUE_LENGTH = 2500


class DataType(StrEnum):
    """DataEnumType; the values stand on the wire."""

    STRING = "string"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE_TIME = "dateTime"
    BOOLEAN = "boolean"
    OPTION_LIST = "OptionList"
    SEQUENCE_LIST = "SequenceList"
    MEMBER_LIST = "MemberList"


NUMBERS = (DataType.INTEGER, DataType.DECIMAL)
LISTS = (DataType.SEQUENCE_LIST, DataType.MEMBER_LIST)
_SHOWN_CHOICES = 12
_INTEGER = re.compile(r"[+-]?\d{1,19}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Characteristics:
    """Type and limits of a value; the limits of texts and lists are lengths.

    `choices` are the words allowed, of which an OptionList holds one, the other lists several.
    """

    data_type: DataType = DataType.STRING
    unit: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    choices: tuple[str, ...] = ()
    supports_monitoring: bool | None = None

    @classmethod
    def from_reported(cls, reported: Mapping[str, Any]) -> Self:
        """Of what a station reported; what is unreadable or contradicts itself limits nothing."""
        low, high = _decimal(reported.get("minLimit")), _decimal(reported.get("maxLimit"))
        if low is not None and high is not None and low > high:
            low = high = None
        told = reported.get("supportsMonitoring")
        return cls(
            data_type=_data_type(reported.get("dataType")),
            unit=str(reported.get("unit") or "")[:16],
            minimum=low,
            maximum=high,
            choices=tuple(_words(str(reported.get("valuesList") or ""))),
            supports_monitoring=told if isinstance(told, bool) else None,
        )

    def fault(self, value: str) -> str:
        """Why the value does not fit, as a sentence; empty when it does."""
        if len(value) > MAX_VALUE_LENGTH:
            return f"At most {MAX_VALUE_LENGTH} characters."
        if self.data_type in NUMBERS:
            return self._number_fault(value)
        if self.data_type in LISTS:
            return self._choice_fault(_words(value)) or self._length_fault(value)
        match self.data_type:
            case DataType.BOOLEAN:
                fault = "" if value.casefold() in {"true", "false"} else "Either true or false."
            case DataType.DATE_TIME:
                fault = "" if _is_instant(value) else "A time such as 2026-05-01T12:00:00Z."
            case DataType.OPTION_LIST:
                fault = self._choice_fault([value])
            case _:
                fault = self._length_fault(value)
        return fault

    def _number_fault(self, value: str) -> str:
        number = _decimal(value)
        if self.data_type is DataType.INTEGER and not _INTEGER.fullmatch(value):
            return "A whole number."
        if number is None:
            return "A number."
        if self.minimum is not None and number < self.minimum:
            return f"At least {plain(self.minimum)}."
        if self.maximum is not None and number > self.maximum:
            return f"At most {plain(self.maximum)}."
        return ""

    def _choice_fault(self, words: list[str]) -> str:
        if not self.choices:
            return ""
        strange = next((word for word in words if word not in self.choices), None)
        if strange is None:
            return ""
        return f"“{strange}” is none of {', '.join(self.choices)}."

    def _length_fault(self, value: str) -> str:
        # A limit of 0 is a station that filled in a field it did not know.
        if self.maximum and len(value) > self.maximum:
            return f"At most {plain(self.maximum)} characters."
        if self.minimum is not None and len(value) < self.minimum:
            return f"At least {plain(self.minimum)} characters."
        return ""

    @property
    def choices_text(self) -> str:
        """The words allowed for people; of many, the first and how many there are."""
        if len(self.choices) <= _SHOWN_CHOICES:
            return ", ".join(self.choices)
        return f"{', '.join(self.choices[:_SHOWN_CHOICES])} … ({len(self.choices)})"

    @property
    def range_text(self) -> str:
        """Limits and unit for people: "10 to 3600 s"; empty when nothing limits."""
        if self.data_type not in NUMBERS:
            return ""
        low, high = self.minimum, self.maximum
        if low is not None and low <= 0 and high is None:
            return ""  # nobody thinks of less
        unit = f"\u00a0{self.unit}" if self.unit else ""
        if low is not None and high is not None:
            return f"{plain(low)} to {plain(high)}{unit}"
        if low is not None:
            return f"at least {plain(low)}{unit}"
        return f"at most {plain(high)}{unit}" if high is not None else ""


def same_value(wanted: str, actual: str, data_type: DataType) -> bool:
    """Whether a station that reports `actual` has what is wanted: spelling of numbers and truths,
    spaces and the order of a MemberList do not count.
    """
    if wanted == actual:
        return True
    if data_type in NUMBERS:
        one, other = _decimal(wanted), _decimal(actual)
        return one is not None and one == other
    if data_type is DataType.BOOLEAN:
        return wanted.strip().casefold() == actual.strip().casefold()
    if data_type is DataType.MEMBER_LIST:
        return sorted(_words(wanted)) == sorted(_words(actual))
    if data_type is DataType.SEQUENCE_LIST:
        return _words(wanted) == _words(actual)
    return wanted.strip() == actual.strip()


def plain(number: Decimal) -> str:
    """Without exponent or trailing zeros: 3600, 0.5."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _words(value: str) -> list[str]:
    return [word for word in (part.strip() for part in value.split(",")) if word]


def _data_type(word: object) -> DataType:
    return next((kind for kind in DataType if kind.value == word), DataType.STRING)


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 30 else None


def _is_instant(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return "T" in value
