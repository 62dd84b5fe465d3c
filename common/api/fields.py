"""Fields of the REST API: units as decimal strings, free JSON that any database can hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

_MAX_JSON_CHARACTERS: Final = 16_384
_MAX_JSON_DEPTH: Final = 8
_SURROGATES = range(0xD800, 0xE000)


@extend_schema_field(
    {"type": "string", "format": "decimal", "pattern": r"^-?\d+\.\d{3}$", "examples": ["12.345"]}
)
class ThousandthsField(serializers.Field):  # type: ignore[type-arg]
    """An integer of thousandths (Wh, mA, mV) as the decimal string of the unit ("12.345")."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: int) -> str:
        return thousandths(value)


def thousandths(value: int) -> str:
    """12345 -> "12.345", exactly."""
    return str(Decimal(value).scaleb(-3))


@extend_schema_field(OpenApiTypes.OBJECT)
class JsonObjectField(serializers.Field):  # type: ignore[type-arg]
    """A JSON object of the caller's own making, kept as it is; `most` characters of it."""

    default_error_messages = {
        "type": "A JSON object is needed.",
        "size": "At most {most} characters as JSON.",
        "depth": f"Nested more than {_MAX_JSON_DEPTH} levels deep.",
        "text": "Text with null characters or broken Unicode cannot be kept.",
    }

    def __init__(self, *, most: int = _MAX_JSON_CHARACTERS, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most = most

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("type")
        for depth, text in _texts(data, 1):
            if depth > _MAX_JSON_DEPTH:
                self.fail("depth")
            if "\x00" in text or any(ord(character) in _SURROGATES for character in text):
                self.fail("text")
        if len(json.dumps(data, ensure_ascii=False)) > self.most:
            self.fail("size", most=self.most)
        return data

    def to_representation(self, value: Any) -> Any:
        return value


def _texts(value: Any, depth: int) -> Iterator[tuple[int, str]]:
    """Every text with its depth; what lies too deep is named and not entered."""
    if depth > _MAX_JSON_DEPTH + 1:
        yield depth, ""
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield depth, key
            yield from _texts(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, depth + 1)
    elif isinstance(value, str):
        yield depth - 1, value
