"""Vehicles that identify themselves by the MAC address of their charge controller (Autocharge).

The same address arrives in several dialects: as an IdToken of type MacAddress, as an idTag such as
`VID:AABBCCDDEEFF`, with colons, dashes or dots, in any case of letters, or padded to eight bytes
(DIN SPEC 70121 EVCCID). All are one number: twelve hexadecimal digits.
"""

from __future__ import annotations

import re
from typing import Final

from accounts.models import IdTokenType

MAC_DIGITS: Final = 12

_PREFIX = re.compile(r"^\s*(?:VID|EVCCID|MAC)\s*[:=\-]?\s*", re.IGNORECASE)
_SEPARATED = re.compile(r"[0-9A-F]{2}(?:([:\-.])[0-9A-F]{2})(?:\1[0-9A-F]{2}){4,6}", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s:\-.]")
_HEX = re.compile(r"[0-9A-F]+")
_PADDING = "0000"


def mac_address(text: str) -> str | None:
    """Twelve upper-case digits of an address in any dialect; None when it is none."""
    digits = _SEPARATORS.sub("", _PREFIX.sub("", text, count=1)).upper()
    if len(digits) == MAC_DIGITS + len(_PADDING):
        if digits.endswith(_PADDING):
            digits = digits[:MAC_DIGITS]
        elif digits.startswith(_PADDING):
            digits = digits[len(_PADDING) :]
    if len(digits) != MAC_DIGITS or not _HEX.fullmatch(digits):
        return None
    # all zeros or all ones name nobody
    return None if len(set(digits)) == 1 and digits[0] in "0F" else digits


def vehicle_of(uid: str, token_type: str) -> str | None:
    """The address that a station read, when what it read says that it is one.

    Twelve bare digits without such a sign may be a card and are looked up as they are.
    """
    marked = bool(_PREFIX.match(uid)) or token_type == IdTokenType.MAC_ADDRESS
    if marked or _SEPARATED.fullmatch(uid.strip()):
        return mac_address(uid)
    return None
