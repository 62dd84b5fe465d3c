"""Which errors each call may answer with, written into the API's description."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_FIELD_ERROR = {
    "type": "object",
    "required": ["pointer", "name", "message", "code"],
    "properties": {
        "pointer": {"type": "string", "description": "RFC 6901 pointer into the body."},
        "name": {"type": "string", "description": "Field or query parameter."},
        "message": {"type": "string"},
        "code": {"type": "string"},
    },
}
_PROBLEM = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, in plain words."},
        "instance": {"type": "string", "description": "The address that was called."},
        "request_id": {"type": "string"},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}},
    },
}
_RESPONSES = {
    "400": ("BadRequest", "A field or parameter is not acceptable; `errors` names it."),
    "401": ("Unauthorized", "No credential, or one that is not valid."),
    "403": ("Forbidden", "The credential lacks the permission that `detail` names."),
    "404": ("NotFound", "There is no such object."),
    "409": ("Conflict", "Not possible as things are; `detail` says why."),
    "429": ("TooManyRequests", "Too many calls in this minute; see `Retry-After`."),
}
_METHODS = ("get", "post", "patch", "delete")


def add_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Postprocessing hook of drf-spectacular."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {}).update(FieldError=_FIELD_ERROR, Problem=_PROBLEM)
    components["responses"] = {name: _response(text) for name, text in _RESPONSES.values()}
    for path, operations in result["paths"].items():
        for method in _METHODS:
            if method in operations:
                _describe(path, method, operations[method])
    return result


def _describe(path: str, method: str, operation: dict[str, Any]) -> None:
    for code in _codes(path, method, operation):
        name = _RESPONSES[code][0]
        operation["responses"][code] = {"$ref": f"#/components/responses/{name}"}


def _codes(path: str, method: str, operation: dict[str, Any]) -> Iterator[str]:
    takes_query = any(p["in"] == "query" for p in operation.get("parameters", ()))
    if method in {"post", "patch"} or takes_query:
        yield "400"
    yield from ("401", "403")
    if "{" in path:
        yield "404"
    if method != "get":
        yield "409"
    yield "429"


def _response(text: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": text, "content": {"application/problem+json": {"schema": schema}}}
