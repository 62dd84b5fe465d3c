"""The forms of the editor that save: cards or a document, of a new tariff or a new version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Operator
from accounts.services.audit import Actor
from common.errors import UnableTo
from common.money import CURRENCIES, decimals_of, major_units
from common.widgets import PlainSelect
from tariffs.forms.fields import Exact, Scaled, instant
from tariffs.forms.remarks import field_names
from tariffs.forms.tariff import TariffForm
from tariffs.models import Tariff, TariffVersion
from tariffs.pricing.cards import Kind, say_the_same, terms_of
from tariffs.pricing.document import BadTermsError, dump_terms, load_terms
from tariffs.pricing.terms import Terms
from tariffs.services.versions import Limits, add_version
from tariffs.services.writing import write_tariff


class NewTariffFields(forms.Form):
    """What only a new tariff says."""

    name = forms.CharField(label=_("Name"), max_length=120)
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=[(code, code) for code in sorted(CURRENCIES)],
        widget=PlainSelect,
    )
    description = forms.CharField(
        label=_("Description"),
        max_length=500,
        required=False,
        help_text=_("What drivers read about it. Empty: words made from the prices."),
    )


class EndingFields(forms.Form):
    """What every version says beside its prices.

    Attributes:
        money: currency, where the form does not ask for it.
    """

    money: str

    limit_kwh = Scaled(_("Stop after kWh"), factor=1000)
    limit_minutes = Scaled(_("Stop after minutes"), factor=60)
    limit_amount = Exact(_("Stop at an amount, with VAT"), min_value=0)
    valid_from = instant(_("Valid from"), _("Empty: as soon as it is saved."))
    note = forms.CharField(
        label=_("Note"),
        max_length=200,
        required=False,
        help_text=_("Why it changes, for colleagues."),
    )

    def clean_limit_amount(self) -> Decimal | None:
        amount: Decimal | None = self.cleaned_data["limit_amount"]
        currency = self.data.get("currency", "") if "currency" in self.fields else self.money
        digits = decimals_of(currency)
        if amount is not None and amount.scaleb(digits) % 1:
            words = ngettext(
                "An amount of %(currency)s has at most %(digits)s digit after the point.",
                "An amount of %(currency)s has at most %(digits)s digits after the point.",
                digits,
            )
            raise forms.ValidationError(words % {"currency": currency, "digits": digits})
        return amount

    def limits(self, currency: str) -> Limits:
        amount: Decimal | None = self.cleaned_data["limit_amount"]
        minor = None if amount is None else int(amount.scaleb(decimals_of(currency)))
        return Limits(
            max_energy_wh=self.cleaned_data["limit_kwh"],
            max_duration_s=self.cleaned_data["limit_minutes"],
            max_amount_minor=minor,
        )


def ending_of(version: TariffVersion, currency: str) -> dict[str, Any]:
    """The limits of a version, for the next one."""
    minor = version.max_amount_minor
    return {
        "limit_kwh": version.max_energy_wh,
        "limit_minutes": version.max_duration_s,
        "limit_amount": None if minor is None else major_units(minor, currency),
    }


class CardsForm(EndingFields, TariffForm):
    """Cards of a new version.

    Attributes:
        origin: the terms that the cards were opened with; kept to the letter when they still say
            the same, whatever elements they share.
    """

    origin: Terms | None = None

    def terms(self) -> Terms:
        made = terms_of(self.cards)
        return self.origin if self.origin is not None and say_the_same(made, self.origin) else made

    def take(self, error: UnableTo) -> None:
        """Show a service's refusal at the fields that it names."""
        names = field_names(error.errors, self)
        for name, message in error.errors.items():
            self.add_error(names[name] if names[name] in self.fields else None, message)
        if not error.errors:
            self.add_error(None, error.message)

    def change_rows(self, add_to: str) -> None:
        """Show the page again with a row more (one less by leaving it out): nothing is judged."""
        if add_to in list(Kind):
            self.add_row(Kind(add_to))
        self._errors = ErrorDict()


class NewCardsForm(NewTariffFields, CardsForm):
    pass


class DocumentForm(EndingFields):
    """A version as a document, for what the cards cannot say."""

    document = forms.CharField(
        label=_("Document"),
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 24, "class": "mono", "spellcheck": "false"}),
    )

    def __init__(self, data: Any = None, *, currency: str, **options: Any) -> None:
        super().__init__(data, **options)
        self.money = currency

    def clean_document(self) -> Mapping[str, Any]:
        try:
            found = json.loads(self.cleaned_data["document"], parse_float=Decimal)
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(_("This is no JSON: %(why)s") % {"why": error}) from None
        try:
            return dump_terms(load_terms(found))
        except BadTermsError as error:
            raise forms.ValidationError(str(error)) from None

    def terms(self) -> Terms:
        return load_terms(self.cleaned_data["document"])

    def take(self, error: UnableTo) -> None:
        """Faults of the document stand below it with their place."""
        for name, message in error.errors.items():
            if name.startswith("terms."):
                self.add_error("document", f"{name.removeprefix('terms.')}: {message}")
            else:
                self.add_error(name if name in self.fields else None, message)
        if not error.errors:
            self.add_error(None, error.message)


class NewDocumentForm(NewTariffFields, DocumentForm):
    pass


def document_text(terms: Terms | None, *, currency: str) -> str:
    """A tariff as a person may edit it; a price to begin with where there is none."""
    if terms is None:
        energy = {"type": "ENERGY", "price": "0.49", "vat": "19"}
        document: Any = {
            "currency": currency,
            "tax_included": True,
            "elements": [{"price_components": [energy]}],
        }
    else:
        document = dump_terms(terms)
    return json.dumps(document, indent=2, ensure_ascii=False)


class Savable(Protocol):
    """Either form."""

    cleaned_data: dict[str, Any]

    def terms(self) -> Terms: ...
    def limits(self, currency: str) -> Limits: ...


def save_new(form: Savable, *, operator: Operator, actor: Actor, now: datetime) -> Tariff:
    """Raises UnableToSaveTariff, UnableToSaveVersion."""
    values = form.cleaned_data
    return write_tariff(
        operator=operator,
        name=values["name"],
        description=values["description"],
        terms=dump_terms(form.terms()),
        valid_from=values["valid_from"],
        limits=form.limits(values["currency"]),
        note=values["note"],
        actor=actor,
        now=now,
    )


def save_version(form: Savable, *, tariff: Tariff, actor: Actor, now: datetime) -> Tariff:
    """Raises UnableToSaveVersion."""
    values = form.cleaned_data
    add_version(
        tariff=tariff,
        terms=dump_terms(form.terms()),
        valid_from=values["valid_from"],
        limits=form.limits(tariff.currency),
        note=values["note"],
        actor=actor,
        now=now,
    )
    return tariff
