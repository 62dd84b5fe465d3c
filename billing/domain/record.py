"""From what is known of a session to what its record says, and to the same again years later."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from billing.domain.digests import canonical, digest
from billing.domain.facts import Facts, spot_prices
from billing.domain.flags import CdrFlag, any_needs_person
from billing.domain.lines import line_documents, tax_documents
from tariffs.pricing import BadChargingError, Price, Terms, price, rounded
from tariffs.pricing.document import load_terms
from tariffs.pricing.records import load_charging

# A day of a large network is priced by some hundred tariffs.
_KEPT_TERMS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """What a record says of the price of its facts; the amounts are None where there is none.

    Attributes:
        lines, taxes: documents of `billing.domain.lines`.
        net_exact, gross_exact: rational numbers as text.
        flags: sorted.
        digest: of the facts and of all that stands here.
    """

    currency: str
    lines: list[dict[str, Any]]
    taxes: list[dict[str, Any]]
    net_minor: int | None
    tax_minor: int | None
    gross_minor: int | None
    net_exact: str
    gross_exact: str
    flags: tuple[str, ...]
    needs_review: bool
    digest: str


def priced(facts: Facts) -> Priced:
    """The price of a session by its stored facts alone. The same facts give the same digest.

    A session without a tariff, or whose periods contradict each other, has no amounts: that is
    not a price of zero.

    Raises:
        BadTermsError: the stored tariff cannot be read.
    """
    flags = {*facts.findings}
    if facts.is_provisional:
        flags.add(CdrFlag.PROVISIONAL)
    if facts.in_review:
        flags.add(CdrFlag.SESSION_IN_REVIEW)
    if facts.terms is None:
        return _record(facts, {**_no_price(), "flags": _sorted({*flags, CdrFlag.NO_TARIFF})})
    try:
        exact = _price(facts, facts.terms)
    except BadChargingError:
        flags.add(CdrFlag.CANNOT_BE_PRICED)
        return _record(facts, {**_no_price(), "flags": _sorted(flags)})
    return _record(facts, {**_amounts(exact), "flags": _sorted({*flags, *exact.flags})})


def _price(facts: Facts, terms: Mapping[str, Any]) -> Price:
    return price(
        _terms(canonical(terms)),
        load_charging(facts.charging),
        ZoneInfo(facts.time_zone),
        spot_prices(facts.spot_prices),
    )


@lru_cache(maxsize=_KEPT_TERMS)
def _terms(text: bytes) -> Terms:
    """Equal documents give the very same terms, which are then compiled once."""
    return load_terms(json.loads(text))


def _no_price() -> dict[str, Any]:
    return {
        "currency": "",
        "lines": [],
        "taxes": [],
        **dict.fromkeys(("net_minor", "tax_minor", "gross_minor")),
        **dict.fromkeys(("net_exact", "gross_exact"), ""),
    }


def _amounts(exact: Price) -> dict[str, Any]:
    shown = rounded(exact)
    net, tax = shown.net_minor, shown.tax_minor
    return {
        "currency": exact.currency,
        "lines": line_documents(shown),
        "taxes": tax_documents(shown),
        "net_minor": net,
        "tax_minor": tax,
        "gross_minor": net + tax,
        "net_exact": str(exact.net),
        "gross_exact": str(exact.gross),
    }


def _sorted(flags: set[str]) -> tuple[str, ...]:
    return tuple(sorted(str(flag) for flag in flags))


def _record(facts: Facts, values: Mapping[str, Any]) -> Priced:
    needs_review = any_needs_person(values["flags"])
    content = {
        "facts": {name: getattr(facts, name) for name in Facts.__slots__},
        "price": {**values, "needs_review": needs_review},
    }
    return Priced(**values, needs_review=needs_review, digest=digest(content))
