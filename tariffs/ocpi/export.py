"""Terms as a Tariff object of OCPI, and what of them OCPI cannot say.

Nothing is approximated: an element that needs what OCPI does not have is left out and named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tariffs.ocpi.figures import decimals_of, is_exact, number, per_hour, without_vat
from tariffs.ocpi.identity import Identity, dump_identity
from tariffs.ocpi.verbatim import Patch, restored
from tariffs.ocpi.versions import COMPONENT, DECIMALS, LIMIT, RESTRICTIONS, Version
from tariffs.pricing.document import RESTRICTION_KEYS, dump_terms
from tariffs.pricing.fields import Document
from tariffs.pricing.terms import (
    Component,
    Element,
    PriceLimit,
    Restrictions,
    Terms,
)

_WHOLE_NUMBERS = frozenset({"min_duration", "max_duration"})
_WORDS = {
    "season_start": "OCPI knows no seasons that come every year",
    "min_idle": "OCPI does not count idle time, so it knows no grace period",
    "min_peak_power": "OCPI knows the power of the moment, not the highest one of a session",
    "min_average_power": "OCPI knows the power of the moment, not the average of a session",
    "min_current": "OCPI 2.1.1 has no restriction of current",
    "reservation": "OCPI 2.1.1 has no fees of reservations",
}
_WORDS |= {
    "season_end": _WORDS["season_start"],
    "max_idle": _WORDS["min_idle"],
    "max_peak_power": _WORDS["min_peak_power"],
    "max_average_power": _WORDS["min_average_power"],
    "max_current": _WORDS["min_current"],
}


@dataclass(frozen=True, kw_only=True)
class Unexpressed:
    """Something of the terms that the object does not say, by the field of our document."""

    field: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A Tariff object; None where nothing of the tariff can be said."""

    document: Document | None
    unexpressed: tuple[Unexpressed, ...]


@dataclass(frozen=True, slots=True)
class _Export:
    terms: Terms
    version: Version
    left: list[Unexpressed]

    @property
    def is_gross(self) -> bool:
        """Whether the object's prices include VAT, which only 2.3.0 can say."""
        return self.terms.tax_included and self.version is Version.V230

    def say(self, field: str, message: str) -> None:
        self.left.append(Unexpressed(field=field, message=message))


def export(
    terms: Terms,
    identity: Identity,
    version: Version = Version.V221,
    as_given: Sequence[Patch] = (),
) -> Exported:
    """The Tariff object of a version.

    `as_given` are the spellings of the object that the tariff was imported from, if it was of the
    same version: an unchanged tariff goes back word for word.
    """
    work = _Export(terms, version, [])
    elements = list(_elements(work))
    _say_identity(work, identity)
    document = dump_identity(identity, version) | {"currency": terms.currency}
    if version is Version.V230:
        document["tax_included"] = "YES" if terms.tax_included else "NO"
    for name, limit in (("min_price", terms.min_price), ("max_price", terms.max_price)):
        figures = None if limit is None else _limit(work, name, limit)
        if figures is not None:
            document[name] = figures
    for index in range(len(terms.caps)):
        work.say(f"caps[{index}]", "OCPI has no caps on what a dimension costs.")
    document["elements"] = elements
    return Exported(
        document=restored(document, as_given) if elements else None, unexpressed=tuple(work.left)
    )


def _say_identity(work: _Export, identity: Identity) -> None:
    if work.version is Version.V211:
        has = {"type": identity.type, "start": identity.start, "end": identity.end}
        for name in (name for name, value in has.items() if value is not None):
            work.say(name, f"OCPI 2.1.1 has no {name} of a tariff.")


def _elements(work: _Export) -> Iterator[Document]:
    plain = dump_terms(work.terms)["elements"]
    for index, element in enumerate(work.terms.elements):
        place = f"elements[{index}]"
        if not _can_restrict(work, place, element.restrictions):
            continue
        components = list(_components(work, place, element))
        if components:
            yield {"price_components": components} | _restrictions(
                plain[index], RESTRICTIONS[work.version]
            )


def _can_restrict(work: _Export, place: str, restrictions: Restrictions) -> bool:
    known = RESTRICTIONS[work.version]
    given = [
        key
        for attribute, key in RESTRICTION_KEYS.items()
        if key not in known and _restricts(key, getattr(restrictions, attribute))
    ]
    for words in dict.fromkeys(_WORDS[key] for key in given):
        key = next(key for key in given if _WORDS[key] == words)
        work.say(f"{place}.restrictions.{key}", f"{words}; this element is left out.")
    return not given


def _restricts(key: str, value: object) -> bool:
    """A minimum of 0 says nothing, a maximum of 0 does."""
    return value not in (None, frozenset()) and (value != 0 or key.startswith("max_"))


def _restrictions(plain: Document, known: Collection[str]) -> Document:
    found = {
        key: number(Decimal(value)) if _is_number(key) else value
        for key, value in plain.get("restrictions", {}).items()
        if key in known
    }
    return {"restrictions": found} if found else {}


def _is_number(key: str) -> bool:
    return key.startswith(("min_", "max_"))


def _components(work: _Export, place: str, element: Element) -> Iterator[Document]:
    for index, component in enumerate(element.components):
        field = f"{place}.price_components[{index}]"
        price = _price(work, field, component)
        if price is None:
            continue
        _say_fine(work, f"{field}.price", price)
        document: Document = {"type": str(component.dimension), "price": number(price)}
        if component.vat is not None:
            _vat(work, field, component.vat, document)
        yield document | {"step_size": component.step_size}


def _say_fine(work: _Export, field: str, value: Decimal) -> None:
    if decimals_of(value) > DECIMALS or not is_exact(value):
        work.say(field, "It has more digits than OCPI's four decimals; a receiver may cut them.")


def _vat(work: _Export, field: str, vat: Decimal, document: Document) -> None:
    if "vat" in COMPONENT[work.version]:
        document["vat"] = number(vat)
    else:
        work.say(f"{field}.vat", "OCPI 2.1.1 has no VAT; the price is the one without it.")


def _price(work: _Export, field: str, component: Component) -> Decimal | None:
    if component.spot is not None:
        work.say(f"{field}.spot", "OCPI has no spot prices; this price is left out.")
        return None
    hourly = per_hour(component.price, component.per_seconds)
    if hourly is None:
        work.say(f"{field}.per_seconds", "Its price per hour is no finite decimal; it is left out.")
        return None
    if not work.terms.tax_included or work.is_gross:
        return hourly
    net = without_vat(hourly, component.vat, DECIMALS)
    if net is None:
        work.say(
            f"{field}.price",
            f"OCPI {work.version} has prices without VAT only, and this one is none of "
            "four decimals; it is left out.",
        )
    return net


def _limit(work: _Export, name: str, limit: PriceLimit) -> Document | None:
    keys = LIMIT[work.version]
    if keys is None:
        work.say(name, "OCPI 2.1.1 has no limits of the total.")
        return None
    net = limit.net if limit.net is not None else _net_limit(work.terms, limit.gross)
    if net is None:
        work.say(
            name,
            "OCPI needs the figure without VAT, which does not follow exactly from the one "
            "with VAT; it is left out.",
        )
        return None
    figures = {keys[0]: net} if limit.gross is None else {keys[0]: net, keys[1]: limit.gross}
    for figure in figures.values():
        _say_fine(work, name, figure)
    return {key: number(figure) for key, figure in figures.items()}


def _net_limit(terms: Terms, gross: Decimal | None) -> Decimal | None:
    """Exact when all components have one rate of VAT: then both figures are reached at once."""
    rates = {c.vat or Decimal(0) for element in terms.elements for c in element.components}
    return None if gross is None or len(rates) != 1 else without_vat(gross, rates.pop(), DECIMALS)
