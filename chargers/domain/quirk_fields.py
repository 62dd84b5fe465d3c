"""Reading the fields of `Quirks` from data: a catalogue file, a form, a JSON body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from chargers.domain.commands import COMMANDS
from chargers.domain.quirks import (
    FIELDS,
    STANDARD,
    ResetKinds,
    SampleRegister,
    TimeStyle,
)

SUBPROTOCOLS = ("ocpp1.6", "ocpp2.0.1", "ocpp2.1")
_MAX_TEXT = 40


@dataclass(frozen=True, slots=True)
class Field:
    """What a field may hold.

    Attributes:
        kind: int, bool, str, tuple, or the StrEnum of its words.
        low, high: bounds of an int, both allowed.
        words: what a str or the items of a tuple may be; empty means any short text.
    """

    kind: type[Any]
    low: int = 0
    high: int = 0
    words: tuple[str, ...] = ()


_SCALE = Field(int, 1, 1_000_000)
QUIRK_FIELDS: Mapping[str, Field] = {
    "assume_subprotocol": Field(str, words=SUBPROTOCOLS),
    "quiet_seconds": Field(int, 0, 600),
    "deaf_after_timeouts": Field(int, 0, 100),
    "idle_seconds": Field(int, 0, 604_800),
    "min_heartbeat_seconds": Field(int, 0, 86_400),
    "max_heartbeat_seconds": Field(int, 0, 86_400),
    "register_scale": _SCALE,
    "energy_scale": _SCALE,
    "power_scale": _SCALE,
    "sample_register": Field(SampleRegister),
    "fill_empty_values": Field(bool),
    "reset_kinds": Field(ResetKinds),
    "time_style": Field(TimeStyle),
    "max_command_bytes": Field(int, 0, 1_048_576),
    "unsupported_commands": Field(tuple, words=tuple(sorted(COMMANDS))),
    "display_dialect": Field(str),
    "root_in_chain": Field(bool),
}
assert tuple(QUIRK_FIELDS) == FIELDS  # noqa: S101 -- a field that nobody can set


def read_sets(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Values of `Quirks` as they are used, and what is wrong by field name.

    Words may come as text, lists as lists; nothing else is converted. An unknown name is an
    error of its own, so that a misspelt field is not silently without effect.
    """
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, value in given.items():
        field = QUIRK_FIELDS.get(name)
        if field is None:
            errors[name] = "There is no such field."
            continue
        try:
            values[name] = _read(field, value)
        except ValueError as error:
            errors[name] = str(error)
    return values, errors


def as_data(sets: Mapping[str, Any]) -> dict[str, Any]:
    """The same values as JSON and TOML know them."""
    return {
        name: list(value) if isinstance(value, tuple) else _plain(value)
        for name, value in sets.items()
    }


def default_of(name: str) -> Any:
    """The standard's behaviour."""
    return getattr(STANDARD, name)


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, StrEnum) else value


def _read(field: Field, value: Any) -> Any:
    if field.kind is bool:
        return _expect(isinstance(value, bool), value, "Say true or false.")
    if field.kind is int:
        sound = type(value) is int and field.low <= value <= field.high
        return _expect(sound, value, f"Enter a whole number from {field.low} to {field.high}.")
    if field.kind is tuple:
        return _read_words(field, value)
    return _read_word(field, value)


def _read_words(field: Field, value: Any) -> tuple[str, ...]:
    sound = isinstance(value, list | tuple) and all(item in field.words for item in value)
    _expect(sound, value, f"Name a list of these: {', '.join(field.words)}.")
    return tuple(sorted(set(value)))


def _read_word(field: Field, value: Any) -> str:
    words = tuple(field.kind) if issubclass(field.kind, StrEnum) else field.words
    if not words:
        sound = isinstance(value, str) and len(value) <= _MAX_TEXT and value.isprintable()
        return str(_expect(sound, value, f"Enter a text of at most {_MAX_TEXT} characters."))
    allowed = isinstance(value, str) and (value in words or (field.kind is str and not value))
    _expect(allowed, value, f"Choose one of: {', '.join(words)}.")
    word: str = field.kind(value)
    return word


def _expect(sound: bool, value: Any, message: str) -> Any:  # noqa: FBT001 -- an assertion
    if not sound:
        raise ValueError(message)
    return value
