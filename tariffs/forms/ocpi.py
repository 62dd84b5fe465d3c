"""Import of a tariff from an OCPI object."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.errors import UnableTo
from tariffs.ocpi import Imported, Version, guess_version, read_tariff
from tariffs.pricing.document import BadTermsError

_LARGEST = 500_000


class ImportForm(forms.Form):
    """The object as text or file, its version, and a name.

    Attributes:
        text: the object as it came.
        given: the JSON value, once it is valid.
        imported: what it says, once it is valid.
    """

    document = forms.CharField(
        label=_("OCPI tariff"),
        required=False,
        max_length=_LARGEST,
        widget=forms.Textarea(attrs={"rows": 16, "class": "mono", "spellcheck": "false"}),
        help_text=_("One Tariff object, as a JSON text."),
    )
    file = forms.FileField(label=_("Or a file"), required=False, max_length=200)
    version = forms.ChoiceField(
        label=_("OCPI version"),
        required=False,
        choices=[("", _("as its fields tell")), *((str(v), str(v)) for v in Version)],
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        required=False,
        help_text=_("Empty: made from its owner and identifier."),
    )

    text: str = ""
    given: Mapping[str, Any]
    imported: Imported

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("file") is not None:
            values["document"] = self._text_of(values["file"])
        if self.errors:
            return values
        if not values["document"]:
            self.add_error("document", _("Paste a tariff, or choose a file."))
            return values
        self._read(values["document"])
        return values

    def _text_of(self, file: Any) -> str:
        if file.size > _LARGEST:
            self.add_error("file", _("This file is too large."))
            return ""
        text: str = file.read().decode("utf-8", errors="replace")
        return text

    def _read(self, text: str) -> None:
        self.text = text
        told = self.cleaned_data.get("version")
        try:
            self.given = json.loads(text, parse_float=Decimal)
            self.imported = read_tariff(
                self.given, Version(told) if told else guess_version(self.given)
            )
        except BadTermsError as error:
            self.add_error("document", str(error))
        except (ValueError, RecursionError) as error:
            self.add_error("document", _("This is no JSON: %(why)s") % {"why": error})

    def take(self, error: UnableTo) -> None:
        """Faults of the object stand at it, with their place."""
        for name, message in error.errors.items():
            if name in self.fields:
                self.add_error(name, message)
            else:
                place = name.removeprefix("document.")
                self.add_error("document", f"{place}: {message}")
        if not error.errors:
            self.add_error(None, error.message)
