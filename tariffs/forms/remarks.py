"""What is wrong with a tariff that is being written, in the words of the editor's cards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from tariffs.forms.places import field_at, place_at
from tariffs.forms.tariff import TariffForm
from tariffs.pricing.cards import terms_of
from tariffs.pricing.document import load_terms
from tariffs.pricing.faults import Fault, Severity, faults
from tariffs.pricing.terms import Terms

_OWN_WORDS: Final[Mapping[str, Any]] = {
    "no_elements": _("Nothing has a price yet. For a free tariff, enter 0 as the session fee."),
    "component_unreachable": _("This is never charged: a price above it always applies first."),
    "element_unreachable": _("This is never charged: a price above it always applies first."),
    "overlap": _("This price and one above it both hold %(when)s; the upper one counts."),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence about a tariff; `field` "" is the tariff as a whole."""

    field: str
    text: str
    is_error: bool


def remarks_on(form: TariffForm) -> list[Remark]:
    """Of the form as far as it is filled in, errors first; what is merely missing is left out."""
    form.is_valid()
    typed = [Remark(name, text, is_error=True) for name, text in _typed_errors(form)]
    found = faults(terms_of(form.cards))
    return typed + [remark for fault in found for remark in _remark(fault, form)]


def _typed_errors(form: TariffForm) -> Iterator[tuple[str, str]]:
    for name, errors in form.errors.as_data().items():
        for error in errors:
            if error.code != "required":
                yield name, str(error.messages[0])


def _remark(fault: Fault, form: TariffForm) -> Iterable[Remark]:
    if _is_wanted(fault, form):
        return []
    field = field_at(fault.field, form.cards, form.priced_rows) or ""
    return [Remark(field, words_of(fault), is_error=fault.severity is Severity.ERROR)]


def _is_wanted(fault: Fault, form: TariffForm) -> bool:
    """A free amount comes before all prices, by its own nature."""
    if fault.code != "overlap":
        return False
    earlier = place_at(f"elements[{int(fault.params['other']) - 1}]", form.cards)
    return earlier is not None and earlier.row == -1


def words_of(fault: Fault) -> str:
    """The sentence for somebody who sees cards, and no numbers of elements."""
    own = _OWN_WORDS.get(fault.code)
    return str(own) % fault.params if own else fault.message


def field_names(errors: Mapping[str, str], form: TariffForm) -> dict[str, str]:
    """A service's errors by document field (`terms.…`) -> the editor's field."""
    limits = {"max_energy_wh": "limit_kwh", "max_duration_s": "limit_minutes", "max_amount_minor": "limit_amount"}  # fmt: skip
    return {
        name: limits.get(name)
        or field_at(name.removeprefix("terms."), form.cards, form.priced_rows)
        or name
        for name in errors
    }


def remarks_of(terms: Terms) -> list[Remark]:
    """Of a tariff as a whole, each with its place in the document."""
    return [
        Remark("", f"{fault.field}: {fault.message}", is_error=fault.severity is Severity.ERROR)
        for fault in faults(terms)
    ]


def document_remarks(form: forms.Form) -> tuple[Terms | None, list[Remark]]:
    """What a document says, and what is wrong with it, named by its fields."""
    form.is_valid()
    document = form.cleaned_data.get("document")
    if document is None:
        return None, [
            Remark("document", str(text), is_error=True) for text in form.errors.get("document", [])
        ]
    terms = load_terms(document)
    return terms, [
        Remark(
            "document",
            f"{fault.field}: {fault.message}",
            is_error=fault.severity is Severity.ERROR,
        )
        for fault in faults(terms)
    ]
