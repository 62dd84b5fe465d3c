"""Signed values as a file that the transparency software of the makers opens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

_FORMATS = {"ocmf": "OCMF", "edl": "EDL"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedValue:
    """One value of the file.

    Attributes:
        number: of the session, the same for its begin and its end.
        context: Transaction.Begin, Transaction.End or empty.
        format: "ocmf", "edl" or "other".
        text: the value as it was signed, without wrappings.
        public_key: as known, empty without one.
    """

    number: str
    context: str
    format: str
    text: str
    public_key: str


def transparency_xml(values: Iterable[ExportedValue]) -> str:
    """The `<values>` file (SAFE transparency software, XML container)."""
    body = "".join(map(_value, values))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<values>\n{body}</values>\n'


def _value(one: ExportedValue) -> str:
    context = f" context={quoteattr(one.context)}" if one.context else ""
    kind = _FORMATS.get(one.format, "")
    named = f" format={quoteattr(kind)}" if kind else ""
    key = (
        f'    <publicKey encoding="plain">{escape(one.public_key)}</publicKey>\n'
        if one.public_key
        else ""
    )
    return (
        f"  <value transactionId={quoteattr(one.number)}{context}>\n"
        f'    <signedData{named} encoding="plain">{escape(one.text)}</signedData>\n'
        f"{key}  </value>\n"
    )
