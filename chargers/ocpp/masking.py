"""Secrets in raw frames, taken out before a frame is stored; the rest stays byte for byte.

Masked are the values of secret configuration keys and variables (see `chargers.ocpp.secrets`) in
any frame that carries them: ChangeConfiguration, GetConfiguration answers, SetVariables,
GetVariables answers, NotifyReport, NotifyEvent; and properties which are secret themselves (SetNetworkProfile);
user name and password of addresses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from chargers.ocpp.secrets import MASK, SECRET_ENDINGS, is_secret, without_userinfo

Span = tuple[int, int]

# every secret has one of these words beside it, so nearly all frames are done after one look
_HINTS = (
    *SECRET_ENDINGS,
    '"vpn"',
    *(f"\\u00{digit}" for digit in "4567"),  # an escaped ASCII letter may hide a name
)
_INSIDE = re.compile("|".join(SECRET_ENDINGS), re.IGNORECASE)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*(?:"|$)|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)

_NAMES = frozenset({"key", "name"})
_VALUES = frozenset({"value", "attributeValue", "actualValue"})
_EMPTY = frozenset({'""', "null"})
# objects whose `key` is a secret, not a name (VPNType)
_SECRET_PARENTS = frozenset({"vpn"})


def mask_secrets(raw: str) -> str:
    """`raw` with every secret value replaced by "***". Works on broken JSON too."""
    folded = raw.lower()
    if "@" in folded:
        raw = without_userinfo(raw)
    if not any(hint in folded for hint in _HINTS):
        return raw
    spans = sorted(_Scan(raw).spans())
    parts: list[str] = []
    end = 0
    for start, stop in spans:
        parts.extend((raw[end:start], f'"{MASK}"'))
        end = stop
    return "".join((*parts, raw[end:]))


@dataclass(slots=True)
class _Level:
    """An open object or array: the key read last, and the values found inside so far."""

    is_object: bool
    parent_key: str
    key: str = ""
    expects_key: bool = True
    is_secret: bool = False
    values: list[Span] = field(default_factory=list)


class _Scan:
    def __init__(self, raw: str) -> None:
        self._raw = raw
        self._levels = [_Level(is_object=False, parent_key="", expects_key=False)]
        self._found: set[Span] = set()

    def spans(self) -> set[Span]:
        for match in _TOKEN.finditer(self._raw):
            self._take(match.group(), match.span())
        while len(self._levels) > 1:  # cut JSON: judge by what was there
            self._close()
        return self._found

    def _take(self, piece: str, span: Span) -> None:
        level = self._levels[-1]
        if piece in {"{", "["}:
            key = level.key if level.is_object else level.parent_key
            self._levels.append(_Level(is_object=piece == "{", parent_key=key))
        elif piece in {"}", "]"}:
            if len(self._levels) > 1:
                self._close()
        elif piece == ":":
            level.expects_key = False
        elif piece == ",":
            level.expects_key = True
        elif level.is_object and level.expects_key:
            level.key = _plain(piece)
        elif level.is_object:
            self._scalar(level, piece, span)

    def _scalar(self, level: _Level, piece: str, span: Span) -> None:
        if piece in _EMPTY:
            return
        if self._is_secret_place(level) or _hides_json(piece):
            self._found.add(span)
        elif level.key in _VALUES:
            level.values.append(span)
        elif level.key in _NAMES and is_secret(_plain(piece)):
            level.is_secret = True

    def _is_secret_place(self, level: _Level) -> bool:
        if level.parent_key in _SECRET_PARENTS and level.key == "key":
            return True
        return is_secret(level.key)

    def _close(self) -> None:
        """Values belong to the object of the name, to its parent (`variable`) or to its children."""
        level = self._levels.pop()
        parent = self._levels[-1]
        if level.is_secret:
            self._found.update(level.values)
            if level.parent_key == "variable":
                parent.is_secret = True
        elif len(level.values) > len(parent.values):
            level.values.extend(parent.values)
            parent.values = level.values
        else:
            parent.values.extend(level.values)


def _hides_json(piece: str) -> bool:
    """A string that is JSON in itself (DataTransfer's data) and speaks of a secret."""
    return '\\"' in piece and _INSIDE.search(piece) is not None


def _plain(piece: str) -> str:
    """A string token without quotes, its unicode escapes read."""
    text = piece.strip('"')
    if "\\u" not in text:
        return text
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text)
