"""The slow path of the schema check: make of a faulty payload what can be made of it.

`tolerate` walks payload and schema together and returns a payload whose objects, arrays, strings
and booleans have the right JSON type, so that decoders only have to expect *missing* values and
unknown words. It forgives (numbers: charger-quirk corpus):

* wrong scalar types are converted where nothing is lost: number to string, "true"/0/1 to boolean,
  numeric string to number (Q20); a fraction where an integer is due stays a fraction (Q72);
* unknown enum values stay as they came (Q19), empty arrays too (Q21);
* unknown properties are left out (Q23); lengths and ranges are soft (Q24);
* what cannot be converted, and null, counts as not sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from chargers.ocpp.notes import Notes

Schema = dict[str, Any]
_DROP: Any = object()
_TRUE = frozenset({"true", "1", "yes", "on"})
_FALSE = frozenset({"false", "0", "no", "off"})
_MAX_NUMBER_LENGTH = 40
# RFC 3339, as the standard asks; what else can be read is the business of `chargers.ocpp.times`
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def tolerate(
    schema: Schema, payload: dict[str, Any], notes: Notes, untouched: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """A forgiven copy of `payload`.

    Args:
        schema: the whole OCA schema (references resolve inside it).
        payload: as parsed, of any shape below the top level.
        notes: gets a warning of path and keyword for every fault.
        untouched: top-level properties which keep any JSON type (DataTransfer's `data`).
    """
    return _Walker(schema, notes, untouched).object(schema, payload, "")


def as_number(value: str) -> int | Decimal | None:
    """The number a string says in plain digits, or None; never infinite or absurdly large."""
    if value.isdecimal() and value.isascii() and len(value) <= _MAX_NUMBER_LENGTH:
        return int(value)  # nearly all of them
    text = value.strip()
    if not text or len(text) > _MAX_NUMBER_LENGTH or "_" in text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number.adjusted()) > _MAX_NUMBER_LENGTH:
        return None
    return int(number) if number == number.to_integral_value() else number


class _Walker:
    def __init__(self, root: Schema, notes: Notes, untouched: frozenset[str]) -> None:
        self._root = root
        self._notes = notes
        self._untouched = untouched

    def object(self, schema: Schema, value: dict[str, Any], path: str) -> dict[str, Any]:
        properties: dict[str, Schema] = schema.get("properties", {})
        known: dict[str, Any] = {}
        for name, item in value.items():
            inner = properties.get(name)
            if inner is None:
                continue
            if not path and name in self._untouched:
                known[name] = item
                continue
            kept = self.value(inner, item, f"{path}.{name}" if path else name)
            if kept is not _DROP:
                known[name] = kept
        if any(name not in properties for name in value):
            self._notes.add(path, "additionalProperties")
        for name in schema.get("required", ()):
            if name not in value:
                self._notes.add(f"{path}.{name}" if path else name, "required")
        return known

    def value(self, schema: Schema, value: Any, path: str) -> Any:
        schema = self._resolve(schema)
        if value is None:
            self._notes.add(path, "null")
            return _DROP
        convert = _CONVERT.get(schema.get("type", ""))
        if convert is not None:
            converted = convert(value)
            if converted is not value or not _fits(schema["type"], value):
                self._notes.add(path, "type")
            value = converted
        if value is _DROP:
            return _DROP
        return self._structure(schema, value, path)

    def _structure(self, schema: Schema, value: Any, path: str) -> Any:
        if isinstance(value, dict) and "properties" in schema:
            return self.object(schema, value, path)
        if isinstance(value, list) and "items" in schema:
            self._range(path, len(value), schema, "minItems", "maxItems")
            inner = schema["items"]
            items = [self.value(inner, item, f"{path}.{i}") for i, item in enumerate(value)]
            return [item for item in items if item is not _DROP]
        if isinstance(value, str):
            self._range(path, len(value), schema, "minLength", "maxLength")
            if "enum" in schema and value not in schema["enum"]:
                self._notes.add(path, "enum")
            if schema.get("format") == "date-time" and not _DATE_TIME.fullmatch(value):
                self._notes.add(path, "format")
        elif isinstance(value, int | float | Decimal):
            self._range(path, value, schema, "minimum", "maximum")
        return value

    def _range(self, path: str, size: float | Decimal, schema: Schema, low: str, high: str) -> None:
        if low in schema and size < schema[low]:
            self._notes.add(path, low)
        if high in schema and size > schema[high]:
            self._notes.add(path, high)

    def _resolve(self, schema: Schema) -> Schema:
        reference = schema.get("$ref")
        if reference is None:
            return schema
        found: Schema = self._root["definitions"][reference.rpartition("/")[2]]
        return found


def _fits(kind: str, value: Any) -> bool:
    """What converters leave as it is though the schema wants another type."""
    if kind == "integer":
        return isinstance(value, int)
    return kind != "number" or not isinstance(value, str)


def _to_string(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return _DROP


def _to_number(value: Any) -> Any:
    """Unreadable text stays: the reader of the field says what it means."""
    if isinstance(value, bool):
        return _DROP
    if isinstance(value, int | float):
        return value
    if isinstance(value, str):
        number = as_number(value)
        return value if number is None else number
    return _DROP


def _to_integer(value: Any) -> Any:
    number = _to_number(value)
    if isinstance(number, float) and number.is_integer():
        return int(number)
    return number


def _to_boolean(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float | str):
        word = str(value).strip().lower()
        if word in _TRUE:
            return True
        if word in _FALSE:
            return False
    return _DROP


def _to_array(value: Any) -> Any:
    if isinstance(value, dict):
        return [value]
    return value if isinstance(value, list) else _DROP


def _to_object(value: Any) -> Any:
    return value if isinstance(value, dict) else _DROP


_CONVERT: dict[str, Callable[[Any], Any]] = {
    "string": _to_string,
    "number": _to_number,
    "integer": _to_integer,
    "boolean": _to_boolean,
    "array": _to_array,
    "object": _to_object,
}
