"""From the warnings of a frame to countable kinds of faults that were forgiven.

Warnings name path and keyword; stations could invent any number of them, so what is counted is
the keyword's kind, and the path is kept as the latest example only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum


class Kind(StrEnum):
    """What was odd. The values are stored."""

    WRONG_TYPE = "wrong_type"
    UNKNOWN_WORD = "unknown_word"
    MISSING = "missing"
    UNKNOWN_FIELD = "unknown_field"
    LENGTH = "length"
    RANGE = "range"
    FORMAT = "format"
    UNREADABLE_TIME = "unreadable_time"
    UNUSABLE_NUMBER = "unusable_number"
    BROKEN_JSON = "broken_json"
    REPAIRED_TEXT = "repaired_text"
    DUPLICATE_KEYS = "duplicate_keys"
    NOT_A_MESSAGE = "not_a_message"
    UNKNOWN_MESSAGE_TYPE = "unknown_message_type"
    UNASKED_ANSWER = "unasked_answer"
    REFUSED = "refused"
    ANSWER_REFUSED = "answer_refused"
    RESCALED = "rescaled"
    OTHER = "other"


_BY_KEYWORD = {
    "type": Kind.WRONG_TYPE,
    "null": Kind.MISSING,
    "enum": Kind.UNKNOWN_WORD,
    "guessed": Kind.UNKNOWN_WORD,
    "required": Kind.MISSING,
    "additionalProperties": Kind.UNKNOWN_FIELD,
    "minLength": Kind.LENGTH,
    "maxLength": Kind.LENGTH,
    "minItems": Kind.LENGTH,
    "maxItems": Kind.LENGTH,
    "minimum": Kind.RANGE,
    "maximum": Kind.RANGE,
    "negative": Kind.RANGE,
    "format": Kind.FORMAT,
    "unreadable time": Kind.UNREADABLE_TIME,
    "unreadable number": Kind.UNUSABLE_NUMBER,
    "not a usable integer": Kind.UNUSABLE_NUMBER,
    "rescaled": Kind.RESCALED,
}
_BY_FLAG = {
    "malformed": Kind.BROKEN_JSON,
    "too_deep": Kind.BROKEN_JSON,
    "empty_values": Kind.BROKEN_JSON,
    "repaired": Kind.REPAIRED_TEXT,
    "not_utf8": Kind.REPAIRED_TEXT,
    "nul": Kind.REPAIRED_TEXT,
    "duplicate_keys": Kind.DUPLICATE_KEYS,
    "no_frame": Kind.NOT_A_MESSAGE,
    "no_action": Kind.NOT_A_MESSAGE,
    "unusable_id": Kind.NOT_A_MESSAGE,
    "unknown_message_type": Kind.UNKNOWN_MESSAGE_TYPE,
    "unsolicited_answer": Kind.UNASKED_ANSWER,
}
_INDEX = re.compile(r"\.\d+(?=\.|$)")
_MAX_DETAIL = 200


def kind_of(warning: str) -> Kind:
    """The kind of one warning (`path: keyword`, or the name of a flag)."""
    flag = _BY_FLAG.get(warning)
    if flag is not None:
        return flag
    if warning.startswith("answer refused: "):
        return Kind.ANSWER_REFUSED
    _, colon, keyword = warning.rpartition(": ")
    if not colon:
        return Kind.OTHER if warning.startswith("and ") else Kind.REFUSED
    if keyword.startswith("unusable "):
        return Kind.UNUSABLE_NUMBER
    return _BY_KEYWORD.get(keyword, Kind.OTHER)


def counted(warnings: Iterable[str]) -> dict[Kind, str]:
    """Each kind once per frame, with the place of its first occurrence, positions left out."""
    found: dict[Kind, str] = {}
    for warning in warnings:
        found.setdefault(kind_of(warning), _INDEX.sub("", warning)[:_MAX_DETAIL])
    return found
