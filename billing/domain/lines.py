"""The lines of a price as they are stored: exact amounts as rational numbers, beside rounded ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tariffs.pricing import Line, LineKind, RoundedLine, RoundedPrice


def line_documents(price: RoundedPrice) -> list[dict[str, Any]]:
    """Lines in their order."""
    return [_line_document(line) for line in price.lines]


def tax_documents(price: RoundedPrice) -> list[dict[str, Any]]:
    """What the lines of each rate of VAT add up to."""
    return [
        {"vat": _text(tax.vat), "net_minor": tax.net_minor, "tax_minor": tax.tax_minor}
        for tax in price.taxes
    ]


def _line_document(rounded: RoundedLine) -> dict[str, Any]:
    line = rounded.line
    return {
        "kind": line.kind.value,
        "of": line.of.value if line.of is not None else None,
        "element": line.element,
        "is_reservation": line.is_reservation,
        "quantity": str(line.quantity),
        "added": str(line.added),
        "unit_price": _text(line.unit_price),
        "per": line.per,
        "vat": _text(line.vat),
        "net": str(line.net),
        "tax": str(line.tax),
        "start": str(line.start),
        "end": str(line.end),
        "amount_minor": rounded.amount_minor,
        "net_minor": rounded.net_minor,
    }


def _text(value: Decimal | None) -> str | None:
    """The shortest text: equal numbers are written alike."""
    return None if value is None else f"{value.normalize() + 0:f}"


def stored_lines(documents: Sequence[Mapping[str, Any]]) -> list[RoundedLine]:
    """Lines as `line_documents` wrote them."""
    return [_stored_line(document) for document in documents]


def _stored_line(document: Mapping[str, Any]) -> RoundedLine:
    vat, of = document["vat"], document["of"]
    line = Line(
        kind=LineKind(document["kind"]),
        of=None if of is None else LineKind(of),
        element=document["element"],
        is_reservation=document["is_reservation"],
        quantity=Fraction(document["quantity"]),
        added=Fraction(document["added"]),
        unit_price=Decimal(document["unit_price"]),
        per=document["per"],
        vat=None if vat is None else Decimal(vat),
        net=Fraction(document["net"]),
        tax=Fraction(document["tax"]),
        start=Fraction(document["start"]),
        end=Fraction(document["end"]),
    )
    return RoundedLine(
        line=line, amount_minor=document["amount_minor"], net_minor=document["net_minor"]
    )
