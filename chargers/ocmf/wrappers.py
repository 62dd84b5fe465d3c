"""Signed values out of the texts in which they travel.

Stations send them bare, in Base64 or hexadecimal, as the JSON of a SignedMeterValueType inside of
a 1.6 value (OCA application note), or in the XML of the transparency software.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from dataclasses import dataclass
from typing import Any

import orjson

from chargers.ocmf.document import HEADER, MAX_LENGTH

_DEPTH = 4
_MAX_VALUES = 200
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")
_VALUE = re.compile(r"<value\b[^>]{0,500}>(.*?)</value>", re.DOTALL)
_DATA = re.compile(r"<(signedData|encodedData)\b[^>]{0,500}>(.*?)</\1>", re.DOTALL)
_KEY = re.compile(r"<publicKey\b[^>]{0,500}>(.*?)</publicKey>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwrapped:
    """A value without its wrappings.

    Attributes:
        format: "ocmf", "edl" (EDL40 and its kin) or "other".
        text: what was inside; for other formats the text as it came.
        public_key: that travelled with it, as given; empty without one.
        signing_method: as a SignedMeterValueType named it, empty without one.
    """

    format: str
    text: str
    public_key: str = ""
    signing_method: str = ""


def unwrap(raw: str, *, encoding_method: str = "") -> tuple[Unwrapped, ...]:
    """The value or values (a file of the transparency software holds several) in a text.

    Args:
        encoding_method: what the station called the format, as a help where nothing is found.
    """
    found = _unwrap(raw[:MAX_LENGTH].strip(), _DEPTH)
    if found:
        return found
    edl = "EDL" in encoding_method.upper() or "edl" in raw[:2_000].casefold()
    return (Unwrapped(format="edl" if edl else "other", text=raw),)


def _unwrap(text: str, depth: int) -> tuple[Unwrapped, ...]:
    if text.startswith(HEADER):
        return (Unwrapped(format="ocmf", text=text),)
    if depth == 0:
        return ()
    if text.startswith("{"):
        return _from_json(text, depth)
    if text.startswith("<"):
        return _from_xml(text, depth)
    inner = _decoded(text)
    return _unwrap(inner, depth - 1) if inner else ()


def _from_json(text: str, depth: int) -> tuple[Unwrapped, ...]:
    try:
        told = orjson.loads(text)
    except ValueError:
        return ()
    data = told.get("signedMeterData") if isinstance(told, dict) else None
    if not isinstance(data, str):
        return ()
    return _with_key(
        _unwrap(data.strip(), depth - 1), _string(told, "publicKey"), _string(told, "signingMethod")
    )


def _string(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""


def _from_xml(text: str, depth: int) -> tuple[Unwrapped, ...]:
    """By patterns: a parser would also obey what else XML can say."""
    found: list[Unwrapped] = []
    for part in (_VALUE.findall(text) or [text])[:_MAX_VALUES]:
        data, key = _DATA.search(part), _KEY.search(part)
        if data is not None:
            inner = _unwrap(html.unescape(data[2]).strip(), depth - 1)
            found.extend(_with_key(inner, html.unescape(key[1]).strip() if key else ""))
    return tuple(found)


def _with_key(
    values: tuple[Unwrapped, ...], public_key: str, signing_method: str = ""
) -> tuple[Unwrapped, ...]:
    return tuple(
        Unwrapped(
            format=one.format,
            text=one.text,
            public_key=one.public_key or public_key,
            signing_method=one.signing_method or signing_method,
        )
        for one in values
    )


def _decoded(text: str) -> str:
    """The text inside of hexadecimal or Base64; empty when there is none."""
    plain = "".join(text.split())
    try:
        if _HEX.fullmatch(plain):
            return bytes.fromhex(plain).decode().strip()
        padded = plain.rstrip("=").translate(str.maketrans("-_", "+/"))
        data = base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True)
        return data.decode().strip()
    except (ValueError, binascii.Error):
        return ""
