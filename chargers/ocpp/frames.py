"""From text to the array of an OCPP-J frame, forgiving what a frame can be forgiven.

Repaired on the way (each counted by the session): bytes that are no UTF-8, a byte order mark,
control characters inside strings, a NUL after the last bracket, lone surrogates. Nothing else is
guessed: cut or otherwise broken JSON stays broken (Q15, Q16).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import orjson

MAX_ID = 64
STANDARD_ID = 36
CALL = 2
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

_CONTROL = re.compile(r"[\x00-\x1f]")
_LONE_SURROGATE = re.compile(
    r"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)
# Strings are matched to be stepped over: a colon in one is no key's.
_EMPTY_VALUE = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|:\s*(?=[,}\]])', re.DOTALL)
_KEY = re.compile(rb'"\s*:')
_HEAD = re.compile(
    r'\ufeff?\s*\[\s*(?P<type>\d)\s*,\s*(?:"(?P<id>(?:[^"\\]|\\.){1,200})"|(?P<number>-?\d{1,20})\s*[,\]])'
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """`frame` is None when the text is no JSON; `flags` says what was forgiven."""

    text: str
    frame: Any
    flags: tuple[str, ...]


def parse(raw: str | bytes, *, fill_empty: bool = False) -> Parsed:
    """The JSON value of a frame. Never raises, whatever it is given.

    `fill_empty` reads a value that was left out (`"key":,`) as null, for makes that do so (Q16).
    """
    flags: list[str] = []
    text = _decode(raw, flags)
    frame = _loads(text)
    if frame is None:
        repaired = _repair(text)
        if repaired != text:
            frame = _loads(repaired)
            if frame is not None:
                flags.append("repaired")
    if frame is None and fill_empty:
        frame = _loads(_EMPTY_VALUE.sub(_filled, _repair(text)))
        if frame is not None:
            flags.append("empty_values")
    if frame is None:
        return Parsed(_storable(text), None, tuple(flags))
    try:
        dumped = orjson.dumps(frame)
    except TypeError:  # deeper than any message is
        return Parsed(_storable(text), None, (*flags, "too_deep"))
    if _has_duplicate_keys(text, dumped):
        flags.append("duplicate_keys")
    if b"\\u0000" in dumped:
        flags.append("nul")
        frame = _without_nul(frame)
    return Parsed(_storable(text), frame, tuple(flags))


def readable_call_id(text: str) -> str | None:
    """The message id of a CALL whose JSON is broken somewhere after it (Q15, Q16)."""
    head = _HEAD.match(text[:1000])
    if head is None or int(head["type"]) != CALL:
        return None
    if head["number"] is not None:
        return message_id(int(head["number"]))
    return message_id(_loads(f'"{head["id"]}"'))


def message_id(value: object) -> str | None:
    """An id that can be answered: text of 1 to 64 characters, or an integer as text."""
    if type(value) is int:
        value = str(value)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_ID:
        return None
    return value.replace("\x00", REPLACEMENT)


def _decode(raw: str | bytes, flags: list[str]) -> str:
    if isinstance(raw, str):
        return raw
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        flags.append("not_utf8")
        return raw.decode("utf-8", errors="replace")


def _loads(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _repair(text: str) -> str:
    """Control characters are at best white space: as blanks they break no string."""
    without_controls = _CONTROL.sub(" ", text.removeprefix("\ufeff"))
    paired = _LONE_SURROGATE.sub(lambda match: match[1] or "\\ufffd", without_controls)
    return paired.encode("utf-8", errors="replace").decode("utf-8")


def _filled(match: re.Match[str]) -> str:
    return match[0] if match[0].startswith('"') else ":null"


def _has_duplicate_keys(text: str, dumped: bytes) -> bool:
    """Last wins in the parser; fewer keys come out than went in (Q23)."""
    if len(dumped) == len(text):
        return False
    sent = text.encode("utf-8", errors="replace")
    return len(_KEY.findall(sent)) > len(_KEY.findall(dumped))


def _without_nul(value: Any) -> Any:
    """PostgreSQL stores no NUL, neither in text nor in JSON."""
    if isinstance(value, str):
        return value.replace("\x00", REPLACEMENT)
    if isinstance(value, list):
        return [_without_nul(item) for item in value]
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(item) for key, item in value.items()}
    return value


def _storable(text: str) -> str:
    """The raw frame as any database takes it."""
    if text.isascii() and "\x00" not in text:
        return text
    clean = text.replace("\x00", REPLACEMENT)
    return clean.encode("utf-8", errors="replace").decode("utf-8")
