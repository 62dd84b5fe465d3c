"""A document of terms, looked at before it is kept: what is wrong, and what is odd."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tariffs.pricing.document import BadTermsError, load_terms
from tariffs.pricing.faults import Fault, Severity, faults
from tariffs.pricing.terms import Terms


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What was found in a document.

    Attributes:
        terms: None where the document cannot be read.
        errors: field of the document -> why it cannot be kept.
        warnings: what a person should look at; it can be kept like this.
    """

    terms: Terms | None
    errors: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[Fault, ...] = ()


def check_terms(document: Mapping[str, Any], *, currency: str = "") -> Checked:
    """Read a document and look for faults; nothing is stored.

    Args:
        document: as `tariffs.pricing.document` writes it.
        currency: of the tariff that it is for; "": whatever it says.
    """
    try:
        terms = load_terms(document)
    except BadTermsError as error:
        return Checked(terms=None, errors={error.field: error.message})
    found = faults(terms)
    errors: dict[str, str] = {}
    for fault in found:
        if fault.severity is Severity.ERROR:
            errors.setdefault(fault.field, fault.message)
    if currency and terms.currency != currency:
        errors["currency"] = f"This tariff is in {currency}."
    warnings = tuple(fault for fault in found if fault.severity is not Severity.ERROR)
    return Checked(terms=terms, errors=errors, warnings=warnings)
