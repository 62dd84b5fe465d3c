"""A Tariff object of OCPI as our terms, and all else of it for the way back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from tariffs.ocpi.export import export
from tariffs.ocpi.identity import Identity, any_json, read_identity
from tariffs.ocpi.verbatim import Patch, patches, storable
from tariffs.ocpi.versions import COMPONENT, LIMIT, RESTRICTIONS, Version
from tariffs.pricing.document import load_terms
from tariffs.pricing.fields import (
    BadTermsError,
    Document,
    Fields,
    choice,
    items,
    mapping,
    number,
    plain,
)
from tariffs.pricing.terms import Terms


class TaxIncluded(StrEnum):
    YES = "YES"
    NO = "NO"
    NOT_APPLICABLE = "N/A"


@dataclass(frozen=True, kw_only=True)
class Imported:
    """A tariff from elsewhere.

    Attributes:
        as_given: how the object spelt what we spell otherwise, its own further fields included.
    """

    version: Version
    terms: Terms
    identity: Identity
    as_given: tuple[Patch, ...]


def read_tariff(document: object, version: Version) -> Imported:
    """The tariff that a Tariff object says; `export` of the result gives the object again.

    Fields beyond the standard are kept at the top and refused where they could change the price.

    Raises:
        BadTermsError: with the field concerned.
    """
    fields = Fields(mapping(document, ""))
    any_json(document, "")
    identity = read_identity(fields, version)
    terms = load_terms(_our_document(fields, version))
    ours = export(terms, identity, version).document or {}
    return Imported(
        version=version,
        terms=terms,
        identity=identity,
        as_given=tuple(patches(storable(ours), storable(fields.values))),
    )


def guess_version(document: object) -> Version:
    """The version of an object that does not say it: 2.3.0 has tax_included, 2.1.1 no owner."""
    values = mapping(document, "")
    if "tax_included" in values:
        return Version.V230
    return Version.V221 if "country_code" in values or "party_id" in values else Version.V211


def _our_document(fields: Fields, version: Version) -> Document:
    """The same in the names of `tariffs.pricing.document`, whose fields are those of OCPI."""
    elements = fields.required("elements", items)
    document: Document = {
        "currency": fields.values.get("currency"),
        "elements": [
            _element(element, f"elements[{index}]", version)
            for index, element in enumerate(elements)
        ],
    }
    if not elements:
        raise BadTermsError("elements", "At least one element is needed.")
    if version is Version.V230:
        included = fields.required("tax_included", choice(TaxIncluded))
        document["tax_included"] = included is TaxIncluded.YES
    for name in ("min_price", "max_price"):
        _put_limit(document, fields, name, version)
    return document


def _put_limit(document: Document, fields: Fields, name: str, version: Version) -> None:
    keys = LIMIT[version]
    value = fields.values.get(name)
    if keys is None or value is None:
        return
    figures = Fields.of(value, name, keys)
    document[name] = {"excl_vat": plain(figures.required(keys[0], number))}
    gross = figures.optional(keys[1], number)
    if gross is not None:
        document[name]["incl_vat"] = plain(gross)


def _element(value: object, field: str, version: Version) -> Document:
    fields = Fields.of(value, field, {"price_components", "restrictions"})
    components = fields.required("price_components", items)
    if not components:
        raise BadTermsError(fields.at("price_components"), "At least one price is needed.")
    for index, component in enumerate(components):
        Fields.of(component, f"{fields.at('price_components')}[{index}]", COMPONENT[version])
    document: Document = {"price_components": components}
    restrictions = fields.values.get("restrictions")
    if restrictions is not None:
        place = fields.at("restrictions")
        document["restrictions"] = _restrictions(restrictions, place, RESTRICTIONS[version])
    return document


def _restrictions(value: object, field: str, known: Collection[str]) -> Document:
    found = dict(Fields.of(value, field, known).values)
    if found.get("end_time") == "24:00":
        found["end_time"] = "00:00"  # not in the standard's pattern, but in use
    return found
