"""`OCMF|{payload}|{signature}`: cut into its sections, the payload's characters untouched."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from chargers.ocmf.payload import Payload, read_payload

HEADER = "OCMF|"
MAX_LENGTH = 1_048_576


class OcmfError(ValueError):
    """The text is no OCMF document; the message says why in plain words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """The signature section (table 8); empty where the default counts.

    Attributes:
        algorithm: SA. encoding: SE. mime_type: SM. data: SD.
    """

    algorithm: str = ""
    encoding: str = ""
    mime_type: str = ""
    data: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One signed document.

    Attributes:
        signed_text: the payload section exactly as it was sent; what the signature is over.
    """

    signed_text: str
    payload: Payload
    signature: Signature


def parse(text: str) -> Document:
    """Read a document; blanks around the whole are forgiven.

    Raises:
        OcmfError: a section is missing or is not JSON.
    """
    text = text.strip()
    if len(text) > MAX_LENGTH:
        raise OcmfError("The text is longer than any signed meter value.")
    if not text.startswith(HEADER):
        raise OcmfError("The text does not begin with “OCMF|”.")
    told, end = _object(text, len(HEADER), "payload")
    bar = text.find("|", end)
    if bar < 0 or text[end:bar].strip():
        raise OcmfError("The signature section is missing: the text seems to be cut off.")
    signed, end = _object(text, bar + 1, "signature")
    if text[end:].strip():
        raise OcmfError("Something follows the signature section.")
    return Document(
        signed_text=text[len(HEADER) : bar],
        payload=read_payload(told),
        signature=_signature(signed),
    )


def _signature(told: dict[str, Any]) -> Signature:
    fields = {name: told.get(key) for name, key in _SIGNATURE.items()}
    return Signature(**{name: v.strip() for name, v in fields.items() if isinstance(v, str)})


_SIGNATURE = {"algorithm": "SA", "encoding": "SE", "mime_type": "SM", "data": "SD"}


def _object(text: str, start: int, name: str) -> tuple[dict[str, Any], int]:
    """The JSON object at a place, and where it ends."""
    while start < len(text) and text[start].isspace():
        start += 1
    try:
        found, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError, ArithmeticError):
        message = f"The {name} section is not readable: the text is cut off or was changed."
        raise OcmfError(message) from None
    if not isinstance(found, dict):
        raise OcmfError(f"The {name} section is no JSON object.")
    return found, end


def _no_constant(name: str) -> Any:
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_constant)
