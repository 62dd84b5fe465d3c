"""Payloads made up from the schemas of a version: the smallest valid one, and one with everything."""

from __future__ import annotations

from importlib import resources
from typing import Any

from chargers.ocpp.codec import Codec
from chargers.ocpp.schema import Compiled

# Deep enough for every field of the standard that a rule reads.
_DEPTH = 5


def request_payload(codec: Codec, action: str, *, full: bool) -> dict[str, Any]:
    """A valid request of `action`, with its required properties or with all of them."""
    return payload_of(codec.checker.request(action), full=full)


def payload_of(schema: Compiled, *, full: bool) -> dict[str, Any]:
    made = _value(schema.document, schema.document, full=full, depth=0)
    assert isinstance(made, dict)
    return made


def requests_of(folder: str) -> frozenset[str]:
    """Every action of a 2.x version that has a request, in either direction."""
    files = (resources.files("ocpp") / folder / "schemas").iterdir()
    names = (file.name.removesuffix(".json") for file in files)
    return frozenset(
        name.removesuffix("Request") for name in names if not name.endswith("Response")
    )


def _value(schema: dict[str, Any], root: dict[str, Any], *, full: bool, depth: int) -> Any:
    if "$ref" in schema:
        schema = root["definitions"][schema["$ref"].rpartition("/")[2]]
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        required = schema.get("required", ())
        everything = full and depth < _DEPTH
        return {
            name: _value(part, root, full=full, depth=depth + 1)
            for name, part in schema.get("properties", {}).items()
            if name in required or (everything and name != "customData")
        }
    if kind == "array":
        item = _value(schema["items"], root, full=full, depth=depth + 1)
        return [item] * max(1, schema.get("minItems", 1))
    return _scalar(kind, schema)


def _scalar(kind: str | None, schema: dict[str, Any]) -> Any:
    scalars: dict[str | None, Any] = {
        "string": _text(schema),
        "integer": max(1, schema.get("minimum", 1)),
        "number": min(1.5, schema.get("maximum", 1.5)),
        "boolean": True,
    }
    return scalars.get(kind, {})


def _text(schema: dict[str, Any]) -> str:
    if schema.get("format") == "date-time":
        return "2026-03-01T12:00:00Z"
    if schema.get("format") == "uri":
        return "https://example.org"
    return "abcdef01"[: schema.get("maxLength", 8)]
