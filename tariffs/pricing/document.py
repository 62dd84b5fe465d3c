"""The stored form of a tariff: a JSON document with the names of OCPI where OCPI has the thing.

Exact and canonical: equal terms give the same document, and a document read and written again
says the same. Decimals are texts, never floats; kWh, kW and A outside are Wh, W and mA inside.
What has its default is left out. The page is docs/tariffs.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from tariffs.pricing.fields import (
    BadTermsError,
    Document,
    Fields,
    Reader,
    choice,
    clock,
    day,
    items,
    month_day,
    number,
    plain,
    text,
    thousandths,
    truth,
    whole,
)
from tariffs.pricing.records import dump_charging, load_charging
from tariffs.pricing.terms import (
    Cap,
    CapPeriod,
    Component,
    Dimension,
    Element,
    PriceLimit,
    ReservationRule,
    Restrictions,
    Spot,
    Terms,
)

__all__ = [
    "RESTRICTION_KEYS",
    "WEEKDAYS",
    "BadTermsError",
    "Document",
    "dump_charging",
    "dump_terms",
    "load_charging",
    "load_terms",
]

WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A restriction: its key in the document, its attribute, and the way between them."""

    key: str
    attribute: str
    read: Reader[Any]
    write: Callable[[Any], Any]


def _clock_text(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _month_day_text(value: tuple[int, int]) -> str:
    return f"{value[0]:02}-{value[1]:02}"


def _thousand_text(value: int) -> str:
    return plain(Decimal(value).scaleb(-3))


def _days(value: object, field: str) -> frozenset[int]:
    names = items(value, field)
    for index, name in enumerate(names):
        if name not in WEEKDAYS:
            raise BadTermsError(f"{field}[{index}]", f"One of {', '.join(WEEKDAYS)} is expected.")
    return frozenset(WEEKDAYS.index(str(name)) for name in names)


def _day_names(days: frozenset[int]) -> list[str]:
    return [name for index, name in enumerate(WEEKDAYS) if index in days]


def _range(
    name: str, attribute: str, read: Reader[int], write: Callable[[int], Any]
) -> list[_Entry]:
    return [_Entry(f"{end}_{name}", f"{end}_{attribute}", read, write) for end in ("min", "max")]


_RESTRICTIONS = (
    _Entry("start_time", "start_minute", clock, _clock_text),
    _Entry("end_time", "end_minute", clock, _clock_text),
    _Entry("start_date", "start_date", day, str),
    _Entry("end_date", "end_date", day, str),
    _Entry("season_start", "season_start", month_day, _month_day_text),
    _Entry("season_end", "season_end", month_day, _month_day_text),
    _Entry("day_of_week", "days", _days, _day_names),
    *_range("kwh", "energy_wh", thousandths, _thousand_text),
    *_range("current", "current_ma", thousandths, _thousand_text),
    *_range("power", "power_w", thousandths, _thousand_text),
    *_range("duration", "duration_s", whole, int),
    *_range("idle", "idle_s", whole, int),
    *_range("peak_power", "peak_power_w", thousandths, _thousand_text),
    *_range("average_power", "average_power_w", thousandths, _thousand_text),
    _Entry("reservation", "reservation", choice(ReservationRule), str),
)
_RESTRICTION_KEYS = frozenset(entry.key for entry in _RESTRICTIONS)

# attribute of a restriction -> its key in the document
RESTRICTION_KEYS = {entry.attribute: entry.key for entry in _RESTRICTIONS}


def dump_terms(terms: Terms) -> Document:
    """The document of a tariff; equal terms give equal documents, key by key in the same order."""
    document: Document = {
        "currency": terms.currency,
        "tax_included": terms.tax_included,
        "elements": [_dump_element(element) for element in terms.elements],
    }
    if terms.min_price is not None:
        document["min_price"] = _dump_limit(terms.min_price)
    if terms.max_price is not None:
        document["max_price"] = _dump_limit(terms.max_price)
    if terms.caps:
        document["caps"] = [
            {"type": str(cap.dimension), "amount": plain(cap.amount), "per": str(cap.per)}
            for cap in terms.caps
        ]
    return document


def _dump_element(element: Element) -> Document:
    document: Document = {"price_components": [_dump_component(c) for c in element.components]}
    restrictions = _dump_restrictions(element.restrictions)
    if restrictions:
        document["restrictions"] = restrictions
    return document


def _dump_component(component: Component) -> Document:
    document: Document = {"type": str(component.dimension), "price": plain(component.price)}
    if component.vat is not None:
        document["vat"] = plain(component.vat)
    if component.step_size != 1:
        document["step_size"] = component.step_size
    if component.per_seconds != 3600:
        document["per_seconds"] = component.per_seconds
    if component.spot is not None:
        document["spot"] = _dump_spot(component.spot)
    return document


def _dump_spot(spot: Spot) -> Document:
    return {
        "area": spot.area,
        "slot_minutes": spot.slot_minutes,
        "factor": plain(spot.factor),
        "fallback": plain(spot.fallback),
        "floor": None if spot.floor is None else plain(spot.floor),
    }


def _dump_restrictions(restrictions: Restrictions) -> Document:
    values = ((entry, getattr(restrictions, entry.attribute)) for entry in _RESTRICTIONS)
    return {
        entry.key: entry.write(value)
        for entry, value in values
        if value is not None and value != frozenset()
    }


def _dump_limit(limit: PriceLimit) -> Document:
    figures = {"excl_vat": limit.net, "incl_vat": limit.gross}
    return {key: plain(figure) for key, figure in figures.items() if figure is not None}


def load_terms(document: object) -> Terms:
    """The tariff that a document says. Whether it makes sense is a question for `faults`.

    Numbers may be JSON numbers or texts. Absent fields have their defaults; unknown ones are
    refused, so is what is finer than 1 Wh, 1 W, 1 mA, or a millionth of the currency.

    Raises:
        BadTermsError: with the field concerned.
    """
    known = {"currency", "tax_included", "elements", "min_price", "max_price", "caps"}
    fields = Fields.of(document, "", known)
    fields.required("elements", items)
    return Terms(
        currency=fields.required("currency", currency),
        tax_included=fields.either("tax_included", truth, default=False),
        elements=fields.each("elements", _element),
        min_price=fields.optional("min_price", _limit),
        max_price=fields.optional("max_price", _limit),
        caps=fields.each("caps", _cap),
    )


def currency(value: object, field: str) -> str:
    """Three capital letters; whether the currency exists is a question for `faults`."""
    code = text(value, field)
    if len(code) != 3 or not (code.isascii() and code.isalpha() and code.isupper()):
        raise BadTermsError(field, "A currency has three capital letters, such as EUR.")
    return code


def _element(value: object, field: str) -> Element:
    fields = Fields.of(value, field, {"price_components", "restrictions"})
    fields.required("price_components", items)
    return Element(
        components=fields.each("price_components", _component),
        restrictions=fields.either("restrictions", _restrictions, Restrictions()),
    )


def _component(value: object, field: str) -> Component:
    known = {"type", "price", "vat", "step_size", "per_seconds", "spot"}
    fields = Fields.of(value, field, known)
    return Component(
        dimension=fields.required("type", choice(Dimension)),
        price=fields.required("price", number),
        vat=fields.optional("vat", number),
        step_size=fields.either("step_size", whole, 1),
        per_seconds=fields.either("per_seconds", whole, 3600),
        spot=fields.optional("spot", _spot),
    )


def _spot(value: object, field: str) -> Spot:
    fields = Fields.of(value, field, {"area", "slot_minutes", "factor", "fallback", "floor"})
    # null means that negative prices are passed on, which is not the default
    is_open = "floor" in fields.values and fields.values["floor"] is None
    return Spot(
        area=fields.required("area", partial(text, longest=20)),
        slot_minutes=fields.either("slot_minutes", whole, 60),
        factor=fields.either("factor", number, Decimal(1)),
        fallback=fields.either("fallback", number, Decimal(0)),
        floor=None if is_open else fields.either("floor", number, Decimal(0)),
    )


def _restrictions(value: object, field: str) -> Restrictions:
    fields = Fields.of(value, field, _RESTRICTION_KEYS)
    found = {e.attribute: fields.optional(e.key, e.read) for e in _RESTRICTIONS}
    return Restrictions(**{name: given for name, given in found.items() if given is not None})


def _limit(value: object, field: str) -> PriceLimit:
    fields = Fields.of(value, field, {"excl_vat", "incl_vat"})
    return PriceLimit(
        net=fields.optional("excl_vat", number), gross=fields.optional("incl_vat", number)
    )


def _cap(value: object, field: str) -> Cap:
    fields = Fields.of(value, field, {"type", "amount", "per"})
    return Cap(
        dimension=fields.required("type", choice(Dimension)),
        amount=fields.required("amount", number),
        per=fields.either("per", choice(CapPeriod), CapPeriod.SESSION),
    )
