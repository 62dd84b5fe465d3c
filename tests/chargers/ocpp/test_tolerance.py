from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from chargers.ocpp.notes import Notes
from chargers.ocpp.schema import compiled
from chargers.ocpp.tolerance import as_number, tolerate
from tests.chargers.ocpp.support import ALL

SCHEMA: dict[str, Any] = {
    "definitions": {"Word": {"type": "string", "enum": ["A", "B"]}},
    "type": "object",
    "required": ["n"],
    "properties": {
        "s": {"type": "string", "maxLength": 7},
        "n": {"type": "integer", "minimum": 0, "maximum": 9},
        "f": {"type": "number"},
        "b": {"type": "boolean"},
        "w": {"$ref": "#/definitions/Word"},
        "o": {"type": "object", "properties": {"s": {"type": "string"}}, "required": ["s"]},
        "l": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2},
        "t": {"type": "string", "format": "date-time"},
        "any": {},
    },
}


def forgive(payload: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    notes = Notes()
    forgiven = tolerate(SCHEMA, {"n": 1, **payload}, notes)
    if "n" not in payload:
        del forgiven["n"]
    return forgiven, notes.as_tuple()


@pytest.mark.parametrize(
    ("sent", "kept", "warnings"),
    [
        ({"s": 604.2}, {"s": "604.2"}, ("s: type",)),
        ({"s": 5}, {"s": "5"}, ("s: type",)),
        ({"s": True}, {"s": "true"}, ("s: type",)),
        ({"s": {"a": 1}}, {}, ("s: type",)),
        ({"s": None}, {}, ("s: null",)),
        ({"s": "very long"}, {"s": "very long"}, ("s: maxLength",)),
        ({"n": "7"}, {"n": 7}, ("n: type",)),
        ({"n": 7.0}, {"n": 7}, ("n: type",)),
        ({"n": 7.5}, {"n": 7.5}, ("n: type",)),
        ({"n": "7.5"}, {"n": Decimal("7.5")}, ("n: type",)),
        ({"n": "x"}, {"n": "x"}, ("n: type",)),
        ({"n": True}, {}, ("n: type",)),
        ({"n": 10}, {"n": 10}, ("n: maximum",)),
        ({"n": -1}, {"n": -1}, ("n: minimum",)),
        ({"f": "1.5"}, {"f": Decimal("1.5")}, ("f: type",)),
        ({"f": [1]}, {}, ("f: type",)),
        ({"b": "true"}, {"b": True}, ("b: type",)),
        ({"b": "False"}, {"b": False}, ("b: type",)),
        ({"b": 0}, {"b": False}, ("b: type",)),
        ({"b": 1}, {"b": True}, ("b: type",)),
        ({"b": 2}, {}, ("b: type",)),
        ({"w": "C"}, {"w": "C"}, ("w: enum",)),
        ({"o": {"s": 1, "x": 2}}, {"o": {"s": "1"}}, ("o.s: type", "o: additionalProperties")),
        ({"o": {}}, {"o": {}}, ("o.s: required",)),
        ({"o": []}, {}, ("o: type",)),
        ({"l": []}, {"l": []}, ("l: minItems",)),
        (
            {"l": ["a", 1, None, {}]},
            {"l": ["a", "1"]},
            ("l: maxItems", "l.1: type", "l.2: null", "l.3: type"),
        ),
        ({"l": "a"}, {}, ("l: type",)),
        ({"t": "2026-03-01T12:00:00.5+01:00"}, {"t": "2026-03-01T12:00:00.5+01:00"}, ()),
        ({"t": "2026-03-01 12:00"}, {"t": "2026-03-01 12:00"}, ("t: format",)),
        ({"any": [1, None]}, {"any": [1, None]}, ()),
        ({"stranger": "x"}, {}, ("payload: additionalProperties",)),
    ],
)
def test_one_fault_at_a_time(
    sent: dict[str, Any], kept: dict[str, Any], warnings: tuple[str, ...]
) -> None:
    assert forgive(sent) == (kept, warnings)


def test_a_single_object_stands_for_an_array_of_one() -> None:
    schema = {"properties": {"l": {"type": "array", "items": {"type": "object"}}}}
    notes = Notes()
    assert tolerate(schema, {"l": {"a": 1}}, notes) == {"l": [{"a": 1}]}
    assert notes.as_tuple() == ("l: type",)


def test_missing_property() -> None:
    notes = Notes()
    assert tolerate(SCHEMA, {}, notes) == {}
    assert notes.as_tuple() == ("n: required",)


def test_the_payload_itself_is_not_touched() -> None:
    payload = {"n": "7", "l": ["a", 1], "x": 1}
    tolerate(SCHEMA, payload, Notes())
    assert payload == {"n": "7", "l": ["a", 1], "x": 1}


def test_warnings_are_bounded_and_carry_no_value() -> None:
    notes = Notes()
    tolerate(SCHEMA, {"n": 1, "l": [{"secret": "s3cr3t"}] * 500}, notes)
    warnings = notes.as_tuple()
    assert len(warnings) == 21
    assert warnings[-1] == "and 481 more"
    assert "s3cr3t" not in "".join(warnings)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        (" -12.0 ", -12),
        ("1.50", Decimal("1.5")),
        ("", None),
        ("x", None),
        ("nan", None),
        ("-inf", None),
        ("1e99", None),
        ("1_0", None),
    ],
)
def test_numbers_in_text(text: str, number: object) -> None:
    assert as_number(text) == number


@pytest.mark.parametrize("codec", ALL, ids=lambda codec: codec.subprotocol)
def test_every_route_has_its_schemas(codec: Any) -> None:
    codec.warm_up()
    for action in codec.inbound.keys() - codec.checker.sends:
        assert codec.checker.response(action).document["type"] == "object"


def test_schemas_are_compiled_once() -> None:
    assert compiled("v16", "Heartbeat") is compiled("v16", "Heartbeat")


def test_payload_deeper_than_the_validator_goes_is_invalid() -> None:
    deep: dict[str, Any] = {}
    for _ in range(2000):
        deep = {"a": deep}
    assert compiled("v16", "Heartbeat").accepts(deep) is False
