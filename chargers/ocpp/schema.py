"""The OCA's JSON schemas, compiled once per version, action and direction.

The files come with the `ocpp` package and are read by path: its modules are never imported.
`Checker.check` is the tolerant gate of everything a station sends; `Checker.faults` the strict
one of everything that we send.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Protocol

import jsonschema_rs
import orjson

from chargers.ocpp.notes import Notes
from chargers.ocpp.tolerance import tolerate


class Validator(Protocol):
    def is_valid(self, instance: Any) -> bool: ...


@dataclass(frozen=True, slots=True)
class Compiled:
    document: dict[str, Any]
    validator: Validator

    def accepts(self, payload: Any) -> bool:
        try:
            return self.validator.is_valid(payload)
        except ValueError:  # nested deeper than the validator goes
            return False


@cache
def compiled(folder: str, name: str) -> Compiled:
    """The schema file `name` (without .json) of `folder` (v16, v201, v21).

    Raises:
        FileNotFoundError: the standard has no such message.
    """
    path = resources.files("ocpp") / folder / "schemas" / f"{name}.json"
    document: dict[str, Any] = orjson.loads(path.read_text(encoding="utf-8-sig"))
    document.pop("$id", None)
    return Compiled(document, jsonschema_rs.validator_for(document, validate_formats=True))


@dataclass(frozen=True, slots=True)
class Checker:
    """Schemas of one version.

    Attributes:
        folder: where the package keeps them.
        request_suffix: what it appends to an action for its request ("" in 1.6).
        sends: actions without an answer, whose schema has no suffix (2.1).
    """

    folder: str
    request_suffix: str
    sends: frozenset[str] = frozenset()

    def request(self, action: str) -> Compiled:
        suffix = "" if action in self.sends else self.request_suffix
        return compiled(self.folder, action + suffix)

    def response(self, action: str) -> Compiled:
        return compiled(self.folder, f"{action}Response")

    def check(
        self, schema: Compiled, payload: Any, notes: Notes, untouched: frozenset[str] = frozenset()
    ) -> dict[str, Any]:
        """`payload` itself when it is valid, else what tolerance makes of it."""
        if schema.accepts(payload):
            valid: dict[str, Any] = payload
            return valid
        if not isinstance(payload, dict):
            notes.add("", "type")
            return {}
        forgiven = tolerate(schema.document, payload, notes, untouched)
        if not notes:
            notes.add("", "format")
        return forgiven

    def faults(self, schema: Compiled, payload: dict[str, Any]) -> tuple[str, ...]:
        """What is wrong with a payload of ours: path and keyword, no values."""
        if schema.accepts(payload):
            return ()
        notes = Notes()
        self.check(schema, payload, notes)
        return notes.as_tuple()
