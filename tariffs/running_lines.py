"""Lines of a running price: as they are stored, and in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from common.formats import money
from common.money import major_units
from tariffs.pricing import Line, LineKind, RoundedPrice, Terms
from tariffs.words import quantity, title

_NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningLine:
    """A line as a person reads it; the amount in the tariff's basis of VAT."""

    title: str
    quantity: str
    amount: str


def line_documents(cost: RoundedPrice) -> list[dict[str, Any]]:
    """Lines as they are stored; quantities in whole Wh or seconds, rounded down."""
    return [
        {
            "kind": str(one.line.kind),
            "of": None if one.line.of is None else str(one.line.of),
            "element": one.line.element,
            "is_reservation": one.line.is_reservation,
            "quantity": int(one.line.quantity),
            "unit_price": str(one.line.unit_price),
            "per": one.line.per,
            "vat": None if one.line.vat is None else str(one.line.vat),
            "amount_minor": one.amount_minor,
            "net_minor": one.net_minor,
        }
        for one in cost.lines
    ]


def running_lines(documents: Iterable[Mapping[str, Any]], terms: Terms) -> list[RunningLine]:
    """Stored lines in words."""
    return [_words(document, terms) for document in documents]


def _words(document: Mapping[str, Any], terms: Terms) -> RunningLine:
    line = Line(
        kind=LineKind(document["kind"]),
        of=None if document["of"] is None else LineKind(document["of"]),
        element=document["element"],
        is_reservation=document["is_reservation"],
        quantity=document["quantity"],
        added=0,
        unit_price=Decimal(document["unit_price"]),
        per=document["per"],
        vat=None,
        net=_NOTHING,
        tax=_NOTHING,
        start=0,
        end=0,
    )
    return RunningLine(
        title=title(line, terms),
        quantity=quantity(line, terms.currency),
        amount=money(major_units(document["amount_minor"], terms.currency), terms.currency),
    )
